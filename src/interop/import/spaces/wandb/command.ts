// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of modules, and the macros of a sweep's command
import type { ArgumentStyle, ProgramCall } from '../draft.ts';
import type { SpaceFile } from '../space-file.ts';

type Word = ProgramCall['words'][number];

const macro = (name: string): string => `$\{${name}}`;

/** What W&B runs where a sweep names a program and no command. */
const usual = ['env', 'interpreter', 'program', 'args'].map(macro);

const styles: Readonly<Record<string, ArgumentStyle>> = {
  args: 'flags',
  args_no_hyphens: 'plain',
  args_no_boolean_flags: 'booleans',
  args_json: 'json',
};

/**
 * Returns what a sweep runs (null: it names neither program nor command).
 * @throws AssayError `space_invalid` for a command that is no list of words, and for words that have no counterpart
 */
export function wordsOf(program: unknown, command: unknown, file: SpaceFile): readonly Word[] | null {
  if (program === undefined && command === undefined) return null;
  if (program !== undefined && (typeof program !== 'string' || program === ''))
    throw file.wrong(['program'], 'this names no program', 'write program: train.py');
  const words = command ?? usual;
  if (!Array.isArray(words) || words.length === 0 || words.some((word) => typeof word !== 'string'))
    throw file.wrong(['command'], 'this is no list of words', `write a list: ${usual.join(', ')}`);
  const [first, ...others] = (words as readonly string[]).map((word, i) => wordOf(word, program, ['command', String(i)], file));
  if (typeof first !== 'string')
    throw file.wrong(
      ['command'],
      'the first word names no program',
      `begin with ${macro('env')}, ${macro('interpreter')} or the name of a program`,
    );
  if (!others.some((word) => typeof word === 'object' && 'args' in word))
    throw file.wrong(['command'], 'the program would not get the parameters', `add ${macro('args')}`);
  return [first, ...others];
}

function wordOf(word: string, program: string | undefined, keys: readonly string[], file: SpaceFile): Word {
  const [, name] = /^\$\{([\w:]+)\}$/.exec(word) ?? [];
  if (name === undefined && word.includes('${')) throw file.wrong(keys, `${word} mixes text with a macro`, 'make it a word of its own');
  if (name === undefined) return word;
  if (Object.hasOwn(styles, name)) return { args: styles[name]! };
  if (name.startsWith('envvar:')) return { variable: name.slice('envvar:'.length) };
  if (name === 'env') return '/usr/bin/env';
  if (name === 'interpreter') return 'python';
  if (name === 'program' && program !== undefined) return program;
  throw file.wrong(
    keys,
    name === 'program' ? 'the sweep names no program' : `there is no ${word} here`,
    name === 'program' ? 'write program: train.py' : `take ${Object.keys(styles).map(macro).join(', ')}`,
  );
}

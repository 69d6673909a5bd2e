import type { Command, Option } from 'commander';

/** A word that may come next. */
export interface Candidate {
  readonly word: string;
  /** What it is, in words (''; nothing is said). */
  readonly about: string;
}

/** What may stand at the end of a command line: these words, names out of the database, or anything that only the shell knows. */
export type Expected =
  | { readonly kind: 'words'; readonly candidates: readonly Candidate[] }
  | { readonly kind: 'names'; readonly of: NameKind }
  | { readonly kind: 'files' };

export type NameKind = 'study' | 'trial' | 'model';

/** Arguments, and values of options, that are names out of the database. */
const namesOf: Readonly<Record<string, NameKind>> = {
  study: 'study',
  trial: 'trial',
  trials: 'trial',
  model: 'model',
  'model@version': 'model',
  'model@alias': 'model',
};

const files: Expected = { kind: 'files' };

/** @param words behind the program's name; the last one is being written and may be empty */
export function expected(program: Command, words: readonly string[]): Expected {
  const current = words.at(-1) ?? '';
  const { command, positional, open, isLiteral } = walk(program, words.slice(0, -1));
  if (open !== null) return valuesFor(open, '', current);
  if (!isLiteral && current.startsWith('-')) {
    const [flag = '', value] = current.split('=');
    const option = value === undefined ? undefined : optionOf(command, flag);
    if (option !== undefined) return valuesFor(option, `${flag}=`, current);
    return matching(
      current,
      optionsOf(command).map(({ long, short, description }) => ({ word: long ?? short ?? '', about: description })),
    );
  }
  if (positional === 0 && command.commands.length > 0) {
    const found = matching(current, subcommandsOf(command));
    if (found.candidates.length > 0 || command.registeredArguments.length === 0) return found;
  }
  const list = command.registeredArguments;
  const argument = list[positional] ?? (list.at(-1)?.variadic === true ? list.at(-1) : undefined);
  if (argument === undefined) return { kind: 'words', candidates: [] };
  if (argument.argChoices !== undefined)
    return matching(
      current,
      argument.argChoices.map((word) => ({ word, about: '' })),
    );
  return named(argument.name());
}

interface Walked {
  readonly command: Command;
  /** Number of arguments of the command so far. */
  readonly positional: number;
  /** The option whose value comes next. */
  readonly open: Option | null;
  /** True behind `--`: what follows is no option. */
  readonly isLiteral: boolean;
}

function walk(program: Command, words: readonly string[]): Walked {
  let at: Walked = { command: program, positional: 0, open: null, isLiteral: false };
  for (const word of words) at = step(at, word);
  return at;
}

function step(at: Walked, word: string): Walked {
  if (at.open !== null) return { ...at, open: null };
  if (at.isLiteral) return { ...at, positional: at.positional + 1 };
  if (word === '--') return { ...at, isLiteral: true };
  if (word.startsWith('-')) {
    const option = word.includes('=') ? undefined : optionOf(at.command, word);
    return { ...at, open: option?.required === true ? option : null };
  }
  const next =
    at.positional === 0 ? at.command.commands.find((command) => command.name() === word || command.aliases().includes(word)) : undefined;
  return next === undefined ? { ...at, positional: at.positional + 1 } : { ...at, command: next };
}

/** Options of a command and of those above it, which it takes as well. */
function optionsOf(command: Command): readonly Option[] {
  const own = command.options.filter((option) => !option.hidden);
  const above = command.parent === null ? [] : optionsOf(command.parent).filter(({ long }) => own.every((option) => option.long !== long));
  return [...own, ...above];
}

function optionOf(command: Command, flag: string): Option | undefined {
  return optionsOf(command).find((option) => option.long === flag || option.short === flag);
}

function subcommandsOf(command: Command): readonly Candidate[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((sub) => sub.name() !== 'help')
    .map((sub) => ({ word: sub.name(), about: sub.description() }));
}

/** @param before what is written of the word before the value */
function valuesFor(option: Option, before: string, current: string): Expected {
  if (option.argChoices !== undefined)
    return matching(
      current,
      option.argChoices.map((choice) => ({ word: `${before}${choice}`, about: '' })),
    );
  // A name behind `=` would have to be told apart from the flag by the shell.
  return before === '' ? named(option.attributeName()) : files;
}

function named(name: string): Expected {
  const of = Object.hasOwn(namesOf, name) ? namesOf[name] : undefined;
  return of === undefined ? files : { kind: 'names', of };
}

function matching(current: string, candidates: readonly Candidate[]): Extract<Expected, { kind: 'words' }> {
  return { kind: 'words', candidates: candidates.filter(({ word }) => word.startsWith(current)) };
}

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { loadStudy } from '../../src/runner/study-files/load-study.ts';

/** What documents and shipped configurations name is there: paths, links, npm scripts, commands with their options. */
const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
const documents = tracked.filter((path) => (path.endsWith('.md') || path.startsWith('configs/')) && existsSync(join(root, path)));

/** Command words that take a second word: `study ls`. */
const nouns = new Set(['study', 'trial', 'model', 'data', 'db', 'live', 'tensorflow', 'vault']);

/** Commands of their own that also have these second words. */
const verbs: Readonly<Record<string, readonly string[]>> = { freeze: ['lift', 'ls', 'show', 'judge'], import: ['optuna'] };

/** The paths of our own that a text names; patterns and placeholders (`<name>`, `*`) are no paths. */
function pathsIn(text: string): readonly string[] {
  const found = text.matchAll(/(?<![\w./@-])((?:src|studies|configs|docs|tests|examples|migrations)\/[\w./-]*[\w/])(?![\w*<{…])/g);
  return [...new Set([...found].map(([, path]) => path!))];
}

/** Links of a Markdown page that lead to files here, with their anchors. */
function linksIn(text: string): readonly string[] {
  return [...text.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(([, target]) => target!);
}

/** GitHub's anchor of a heading. */
function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}

/** The command lines of ours in a page: in fenced blocks line by line, and in inline code. */
function commandsIn(text: string): readonly (readonly string[])[] {
  const fenced = [...text.matchAll(/```(?:sh|bash)?\n([\s\S]*?)```/g)].flatMap(([, block]) => block!.replaceAll('\\\n', ' ').split('\n'));
  const inline = [...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!);
  return [...fenced, ...inline].flatMap((line) => {
    const [, rest] = /^(?:[A-Z_]+=\S*\s+)*(?:npx )?assay (.*)$/.exec(line.trim()) ?? [];
    if (rest === undefined) return [];
    const words = [...rest.split(/\s#|\s[|>&]|;/)[0]!.matchAll(/'[^']*'|"[^"]*"|\S+/g)].map(([word]) => word.replace(/^['"]|['"]$/g, ''));
    return [words];
  });
}

interface Help {
  /** 2 for a command that does not exist. */
  readonly code: number;
  readonly help: string;
}

const helps = new Map<string, Promise<Help>>();

/** The help of a command line's command, made once. */
function helpOf(words: readonly string[]): Promise<Help> {
  const path = words
    .slice(0, nouns.has(words[0]!) || verbs[words[0]!]?.includes(words[1] ?? '') ? 2 : 1)
    .filter((word) => /^[a-z-]+$/.test(word) && !word.startsWith('--'));
  const key = path.join(' ');
  const help = helps.get(key) ?? makeHelp(path);
  helps.set(key, help);
  return help;
}

async function makeHelp(path: readonly string[]): Promise<Help> {
  let help = '';
  const sink = { isTerminal: false, columns: 200, write: (text: string) => (help += text) };
  const code = await main([...path, '--help'], { out: sink, err: sink } as never);
  if (path.length === 0) return { code, help };
  const globals = await helpOf([]);
  // Of an unknown second word commander prints the help of the first, with success.
  const exists = new RegExp(`^Usage: assay ${path.join(' ')}( |$)`, 'm').test(help);
  return { code: exists ? code : 2, help: help + globals.help };
}

/** Studies of the checkout with their parameters; those of a page's own code blocks come beside them. */
const studies = new Map<string, ReadonlySet<string>>();
beforeAll(async () => {
  for (const path of tracked.filter((file) => /^(studies|examples)\/[\w/-]+\.ts$/.test(file) && !file.includes('/shared/'))) {
    if (!read(path).includes('defineStudy(')) continue;
    const { definition } = await loadStudy(join(root, path));
    studies.set(definition.name, new Set(definition.space.params.map(({ name }) => name)));
  }
});

/** Commands whose first argument names a study, or a trial of it; of `trial` and `study` the second word is the command. */
const ofStudies = new Set(['best', 'compare', 'importance', 'validate', 'ablate', 'gate', 'promote', 'plan', 'study', 'trial', 'vault']);

/** Names of studies in a command line: `assay trial show 'phoenix#3'`. Placeholders (`<study>`, `…`) are none. */
function studiesNamed(words: readonly string[]): readonly string[] {
  const [command = '', ...rest] = words;
  if (!ofStudies.has(command)) return [];
  const plain = rest.filter((word, i) => !word.startsWith('-') && !takesValue.test(rest[i - 1] ?? ''));
  const named =
    command === 'study' || command === 'trial' || command === 'vault' ? plain.slice(1, 2) : plain.slice(0, command === 'compare' ? 9 : 1);
  return named.filter((word) => /^[a-z0-9][a-z0-9._-]*(#\d+)?$/.test(word)).map((word) => word.split('#')[0]!);
}
const takesValue = /^--(?!paired|failed|same-seed|strict|brief|yes|all|json|jsonl|csv|raise-budget)/;

/** Names in `name: '…'` of the page's own code: studies that it defines. */
const definedIn = (text: string): ReadonlySet<string> => new Set([...text.matchAll(/name: '([a-z0-9._-]+)'/g)].map(([, name]) => name!));

/** Names that pages use for a study of the reader's own. */
const ofTheReader = new Set(['study']);

describe.each(documents)('%s', (document) => {
  const text = read(document);

  test('names paths that exist', () => {
    expect(pathsIn(text).filter((path) => !existsSync(join(root, path)) && !existsSync(join(root, `${path}.ts`)))).toEqual([]);
  });

  test('links to pages and headings that exist', () => {
    const broken = (document.endsWith('.md') ? linksIn(text) : []).filter((link) => {
      const [target = '', anchor] = link.split('#');
      const path = target === '' ? document : normalize(join(dirname(document), target));
      if (!existsSync(join(root, path))) return true;
      if (anchor === undefined) return false;
      const headings = [...read(path).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading!));
      return !headings.includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  test('names npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> };
    const named = [...text.matchAll(/npm run ([a-z][\w:-]*)/g)].map(([, name]) => name!).filter((name) => !name.endsWith(':'));
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  test('gives commands and options that exist', async () => {
    const wrong: string[] = [];
    for (const words of commandsIn(text)) {
      if (!/^[a-z-]+$/.test(words[0] ?? '')) continue;
      const { code, help } = await helpOf(words);
      const unknown = words.filter((word) => /^--[a-z]/.test(word)).filter((word) => !help.includes(word.split('=')[0]!));
      if (code !== 0 || unknown.length > 0) wrong.push(`assay ${words.join(' ')}: ${code !== 0 ? 'no such command' : unknown.join(' ')}`);
    }
    expect(wrong).toEqual([]);
  });

  test('names studies that exist, and parameters that they have', () => {
    const own = definedIn(text);
    const wrong = commandsIn(text).flatMap((words) => {
      const named = studiesNamed(words);
      const unknown = named.filter((name) => !studies.has(name) && !own.has(name) && !ofTheReader.has(name));
      // The parameters that an order sets, where the study is one of ours.
      const params = studies.get(named[0] ?? '') ?? studies.get(/(?:studies|examples)\/([\w-]+)\.ts/.exec(words.join(' '))?.[1] ?? '');
      const set = words.flatMap((word, i) => (words[i - 1] === '--set' ? [word.split('=')[0]!] : []));
      return [...unknown, ...(params === undefined ? [] : set.filter((name) => !params.has(name)))].map(
        (name) => `assay ${words.join(' ')}: ${name}`,
      );
    });
    expect(wrong).toEqual([]);
  });
});

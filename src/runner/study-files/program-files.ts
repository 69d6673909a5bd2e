import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { AssayError } from '../../core/errors.ts';

/** Folders that hold what programs make or install, never their source. */
const skipped = new Set(['__pycache__', 'node_modules', 'venv', 'site-packages']);
const mostFiles = 10_000;

/**
 * Finds the files of programs that a study starts: those that a module which mentions `externalTrainer` names in `sources: ['train.py', 'lib/**']`,
 * beside it. Only literals are found, as `externalTrainer` demands.
 * @param modules text by path.
 * @returns the bytes of each file as latin1 text, by path, so that different bytes are different texts.
 */
export function programFilesOf(modules: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [path, text] of modules) {
    if (!text.includes('externalTrainer')) continue;
    for (const file of filesOf(dirname(path), sourcesNamedIn(text))) found.set(file, readFileSync(file, 'latin1'));
  }
  return found;
}

/** The literals of every `sources: [...]` in the text of a module. */
export function sourcesNamedIn(text: string): readonly string[] {
  return [...text.matchAll(/\bsources\s*:\s*\[([^\]]*)\]/g)].flatMap(([, list]) =>
    [...list!.matchAll(/'([^'\n]*)'|"([^"\n]*)"/g)].map(([, single, double]) => single ?? double!),
  );
}

/**
 * Returns the files that patterns name, relative to a folder: absolute paths, sorted, each once. `*` stands for any part of a name, `**` for any
 * folders; names that begin with a dot, and folders of installed packages, are found only where the pattern says them.
 * @throws AssayError `study_invalid` for more than 10,000 files.
 */
export function filesOf(folder: string, patterns: readonly string[]): readonly string[] {
  const files = new Set<string>();
  for (const pattern of patterns) {
    const fixed = pattern.split('*')[0]!;
    const start = pattern.includes('*') ? resolve(folder, fixed.slice(0, fixed.lastIndexOf('/') + 1)) : resolve(folder, pattern);
    const matches = matcherOf(resolve(folder), pattern);
    collect(start, (path) => {
      if (path === start || matches(path)) files.add(path);
      if (files.size > mostFiles)
        throw new AssayError('study_invalid', `${pattern} names more than ${mostFiles} files`, {
          place: 'sources',
          hint: 'name the files of the program alone',
        });
    });
  }
  return [...files].sort();
}

function matcherOf(folder: string, pattern: string): (path: string) => boolean {
  const plain = pattern.replace(/^\.\//, '');
  const expression = plain
    .replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('**/', '\u0001')
    .replaceAll('**', '\u0002')
    .replaceAll('*', '[^/]*')
    .replaceAll('\u0001', '(?:.*/)?')
    .replaceAll('\u0002', '.*');
  const whole = new RegExp(`^${expression}$`);
  return (path) => whole.test(relative(folder, path).split(sep).join('/'));
}

/** Calls `onFile` for the file, or for each file below the folder. */
function collect(path: string, onFile: (path: string) => void): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile()) onFile(path);
  if (!found?.isDirectory()) return;
  for (const { name } of readdirSync(path, { withFileTypes: true })) {
    if (!name.startsWith('.') && !skipped.has(name)) collect(join(path, name), onFile);
  }
}

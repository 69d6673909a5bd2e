import { existsSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { makeDataDir } from '../../core/data-dir.ts';
import { AssayError } from '../../core/errors.ts';
import { writeFault } from '../../core/free-space.ts';
import { extendedPackage, newPackage } from './package-json.ts';
import { starterFiles } from './starter.ts';

export interface PlannedFile {
  /** Below the folder. */
  readonly file: string;
  /** `add`: to a package.json that is there. */
  readonly what: 'make' | 'add' | 'keep';
  /** What is added, or why a file is kept. */
  readonly note: string;
  /** The whole file (null: it is kept). */
  readonly text: string | null;
}

/**
 * What {@link startProject} would do in a folder, which need not exist; changes nothing.
 * @throws AssayError `usage` where something else has the name of a folder, `config_invalid` for a wrong package.json
 */
export function planProject(folder: string): readonly PlannedFile[] {
  const files = Object.entries(starterFiles).map(([file, text]): PlannedFile => {
    requireFolders(dirname(join(folder, file)));
    return existsSync(join(folder, file)) ? kept(file, 'is there') : { file, what: 'make', note: '', text };
  });
  return [packageIn(folder), ...files];
}

function packageIn(folder: string): PlannedFile {
  const [file, place] = ['package.json', join(folder, 'package.json')];
  if (!existsSync(place)) return { file, what: 'make', note: '', text: newPackage(basename(folder)) };
  const { text, added, taken } = extendedPackage(readFileSync(place, 'utf8'), place);
  const scripts = taken.map((name) => `its script ${name} stays as it is`);
  if (added.length === 0) return kept(file, ['nothing is missing', ...scripts].join('; '));
  return { file, what: 'add', note: [added.join(', '), ...scripts].join('; '), text };
}

const kept = (file: string, note: string): PlannedFile => ({ file, what: 'keep', note, text: null });

/** Of a folder and those above it, what is there must be a folder. */
function requireFolders(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined) {
    if (dirname(folder) !== folder) requireFolders(dirname(folder));
  } else if (!found.isDirectory())
    throw new AssayError('usage', 'this is a file, where a folder is needed', {
      place: folder,
      hint: 'name another folder, or move the file away',
    });
}

/**
 * Does what was planned. No file is overwritten, whatever happened since; after a fault what was made is gone.
 * @throws AssayError `conflict` for a file that appeared meanwhile, `disk_full`, `unavailable` where nothing can be written
 */
export function startProject(folder: string, plan: readonly PlannedFile[]): void {
  const made: string[] = [];
  try {
    makeFolder(folder, made);
    for (const { file, what, text } of plan.toReversed()) {
      if (text === null) continue;
      const path = join(folder, file);
      makeFolder(dirname(path), made);
      if (what === 'add') replaceWhole(path, text);
      else {
        writeFileSync(path, text, { flag: 'wx' });
        made.push(path);
      }
    }
  } catch (cause) {
    undo(made);
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw writeFault(cause, folder);
    throw new AssayError('conflict', 'a file has appeared meanwhile; nothing was changed', { place: folder, hint: 'run again', cause });
  }
}

/** Removes what was made, the last first; a folder that somebody else has put something into stays. */
function undo(made: readonly string[]): void {
  for (const path of made.toReversed()) {
    try {
      if (statSync(path).isDirectory()) rmdirSync(path);
      else rmSync(path);
    } catch {
      // Gone already, or in use.
    }
  }
}

/** Makes a folder and those above it; the ones that were made are added to `made`. */
function makeFolder(folder: string, made: string[]): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder), made);
  if (basename(folder) === 'data') makeDataDir(folder);
  else mkdirSync(folder);
  made.push(folder);
}

/** A reader sees the old file or the new one. */
function replaceWhole(path: string, text: string): void {
  const draft = `${path}.${process.pid}.draft`;
  try {
    writeFileSync(draft, text, { flag: 'wx', mode: statSync(path).mode });
    renameSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** `cd` to the folder, as a person would write it from where the command ran; empty where it is the current one. */
export const changeTo = (folder: string, from: string): string => {
  const path = relative(from, folder);
  return path === '' ? '' : `cd ${/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`}`;
};

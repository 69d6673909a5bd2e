import { closeSync, constants, copyFileSync, existsSync, mkdtempSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AssayError } from '../../../../core/errors.ts';

/** How long a file is tried that is always being written to. */
const patienceMs = 20_000;
const pauseMs = 50;

/** A clock of a file system stands still for a few milliseconds: a younger file may be written to without a newer time. */
const settledMs = 25;

/** First bytes of a journal that is to be rolled back. */
const journalMagic = 'd9d505f920a163d7';

export interface SqliteCopy {
  readonly path: string;
  readonly remove: () => void;
}

/** What changes with each write to a database. */
export function signatureOf(path: string): string {
  return ['', '-wal', '-journal']
    .map((ending) => {
      const stat = statSync(path + ending, { bigint: true, throwIfNoEntry: false });
      return stat === undefined ? '-' : `${stat.ino} ${stat.size} ${stat.mtimeNs}`;
    })
    .join();
}

/**
 * Copies a database of SQLite as of one moment, while other programs may write to it, and without a lock that they would wait for.
 * @throws AssayError `unavailable` if it is written to all the time, or a killed program left it in the middle of a write
 */
export async function copySqlite(path: string): Promise<SqliteCopy & { readonly signature: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-sqlite-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const copy = join(folder, 'copy.db');
  const until = Date.now() + patienceMs;
  try {
    for (;;) {
      const before = signatureOf(path);
      if (isSettled(path) && !hasHotJournal(path)) {
        for (const ending of ['', '-wal']) {
          rmSync(copy + ending, { force: true });
          if (existsSync(path + ending)) copyFileSync(path + ending, copy + ending, constants.COPYFILE_FICLONE);
        }
        if (signatureOf(path) === before) return { path: copy, signature: before, remove };
      }
      if (Date.now() > until) throw busy(path);
      await sleep(pauseMs);
    }
  } catch (error) {
    remove();
    throw error;
  }
}

function busy(path: string): AssayError {
  const left = hasHotJournal(path);
  return new AssayError('unavailable', left ? `${path}-journal is that of an unfinished write` : 'it is written to all the time', {
    place: path,
    hint: left ? 'open the database once with the program that writes it, which takes the write back, and try again' : 'try again',
  });
}

function isSettled(path: string): boolean {
  return ['', '-wal'].every((ending) => {
    const stat = statSync(path + ending, { throwIfNoEntry: false });
    return stat === undefined || Math.abs(Date.now() - stat.mtimeMs) > settledMs;
  });
}

function hasHotJournal(path: string): boolean {
  let file: number;
  try {
    file = openSync(`${path}-journal`, 'r');
  } catch {
    return false;
  }
  try {
    const head = Buffer.alloc(8);
    readSync(file, head, 0, head.length, 0);
    return head.toString('hex') === journalMagic;
  } finally {
    closeSync(file);
  }
}

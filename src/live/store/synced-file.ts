import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LatchCopy } from '../risk/latch.ts';

/** Writes a file whole: what was there stays until the new content is on disk, and the file is then that content. */
export function writeSynced(path: string, text: string): void {
  const beside = `${path}.new`;
  const file = openSync(beside, 'w', 0o600);
  try {
    // Writes all of it, or throws: one call of the system may take a part.
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** A file's text, as a copy of a latch. */
export function readCopy(path: string): LatchCopy {
  try {
    return { found: 'text', text: readFileSync(path, 'utf8') };
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? { found: 'missing' } : { found: 'unreadable' };
  }
}

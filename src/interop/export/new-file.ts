import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { AssayError } from '../../core/errors.ts';
import { writeFault } from '../../core/free-space.ts';

/** A file that is written under another name, and has its own once it is whole. */
export interface NewFile {
  /** Where to write. */
  readonly draft: string;
  /** Flushes it and gives it its name. @throws AssayError `usage` if there is such a file by now */
  readonly keep: () => void;
  readonly drop: () => void;
}

/** @throws AssayError `usage` if there is such a file: nothing is overwritten */
export function newFile(path: string): NewFile {
  const refuse = (): void => {
    if (existsSync(path))
      throw new AssayError('usage', 'this is there, and nothing is overwritten', {
        place: path,
        hint: 'name another file, or move it away',
      });
  };
  refuse();
  const draft = `${path}.${randomBytes(4).toString('hex')}.part`;
  return {
    draft,
    keep: () => {
      const file = openSync(draft, 'r+');
      fsyncSync(file);
      closeSync(file);
      refuse();
      renameSync(draft, path);
    },
    drop: () => rmSync(draft, { force: true }),
  };
}

/** The error of a file that cannot be written. */
export function cannotWrite(path: string, cause: unknown): unknown {
  if (!(cause instanceof Error && cause.name === 'SQLite3Error'))
    return cause instanceof AssayError ? cause : writeFault(cause, dirname(path));
  // SQLite does not say why the system refused.
  return new AssayError('unavailable', `cannot write to ${dirname(path)}: ${cause.message}`, {
    place: path,
    hint: 'is the disk full?',
    cause,
  });
}

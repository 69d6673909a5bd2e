import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { AssayError } from '../../../core/errors.ts';
import { writeFault } from '../../../core/free-space.ts';

/**
 * Writes a file that is not there yet, and the folders above it.
 * @throws AssayError `usage` where something is there, `disk_full`, `unavailable` where nothing can be written
 */
export function writeNew(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: 'wx' });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw writeFault(cause, dirname(path));
    throw new AssayError('usage', 'this is there, and nothing is overwritten', {
      place: path,
      hint: 'name another file with --out',
      cause,
    });
  }
}

import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { AssayError } from '../../../core/errors.ts';

/** `require` of this file: the packages are CommonJS and optional. */
export const requireHere = createRequire(import.meta.url);

/** Returns the folder of an optional package. @throws `unavailable` if it is not installed. */
export function packageFolderOf(name: string): string {
  try {
    return dirname(requireHere.resolve(`${name}/package.json`));
  } catch (cause) {
    throw new AssayError('unavailable', `the optional package ${name} is not installed`, {
      cause,
      hint: 'run `npm ci` without --omit=optional',
    });
  }
}

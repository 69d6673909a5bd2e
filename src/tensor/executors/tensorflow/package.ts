import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { AssayError } from '../../../core/errors.ts';

/** Resolves as this file would; the packages here are CommonJS and optional. */
export const requireHere = createRequire(import.meta.url);

/** The folder of an optional package; throws `unavailable` where npm left it out. */
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

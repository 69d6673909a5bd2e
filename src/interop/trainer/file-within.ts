import { realpathSync, statSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { invalid } from './messages.ts';

/**
 * Returns the real path of a file that a trainer named, absolute or from its folder.
 * @throws AssayError `trainer_invalid` for one that is not there, or lies elsewhere.
 */
export function fileWithin(folder: string, named: string): string {
  const root = realpathSync(folder);
  const path = resolve(root, named);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile() !== true) throw invalid(`named ${named}, which is no file`, 'write the file before its name is sent');
  const real = realpathSync(path);
  const within = relative(root, real);
  if (within.startsWith(`..${sep}`)) throw invalid(`named ${named}, which is not in its folder`, `write files below ${root}`);
  return real;
}

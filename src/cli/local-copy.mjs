// A project that has Assay among its packages runs that copy, whichever one the command came from: its studies were written for it.
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * The copy of Assay that the project above `folder` has installed; null where there is none, or where it is the one at `root`, if that is given.
 * @returns `version`, `folder`, and `url` of its command line
 */
export function localCopy(folder, root) {
  for (let above = folder; ; above = dirname(above)) {
    const copy = join(above, 'node_modules/assay');
    const found = readCopy(copy);
    if (found !== null) return root !== undefined && realpathSync(copy) === realpathSync(root) ? null : found;
    if (dirname(above) === above) return null;
  }
}

/** Null where nothing is installed, and for another package of that name. */
function readCopy(folder) {
  try {
    const { name, version, bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const program = bin?.assay;
    if (name !== 'assay' || typeof program !== 'string' || !existsSync(join(folder, program))) return null;
    return { version, folder, url: pathToFileURL(join(folder, program)).href };
  } catch {
    return null;
  }
}

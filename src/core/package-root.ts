import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** True if this code runs from the TypeScript sources, false in a build. */
export const runsFromSources = import.meta.filename.endsWith('.ts');

/** The folder of this package (no slash at the end), for the sources in src and for a build in dist alike. */
export const packageRoot = rootAbove(import.meta.dirname);

/** True if the package is a checkout, with its sources; false where it was installed. */
export const isCheckout = existsSync(join(packageRoot, 'src/index.ts'));

/** The package-lock.json that pins what runs: of the checkout, or the one that an installed build was made by. */
export const ownLockfile = join(isCheckout ? packageRoot : import.meta.dirname, 'package-lock.json');

function rootAbove(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error(`no package.json above ${import.meta.filename}`);
  return rootAbove(parent);
}

import { join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const checkout = fileURLToPath(new URL('../../../', import.meta.url));
const scheme = 'assay:';

/**
 * How a study names its file for every machine: `assay:studies/x.ts` below the checkout, wherever that lies there;
 * a file: URL for a file elsewhere, which must then lie at the same place on every machine.
 */
export function moduleUrlOf(path: string): string {
  const { href } = pathToFileURL(path);
  const root = pathToFileURL(checkout).href;
  return href.startsWith(root) ? scheme + relative(checkout, path).split(sep).map(encodeURIComponent).join('/') : href;
}

/** The file on this machine, there or not. */
export function moduleFileOf(url: string): string {
  if (!url.startsWith(scheme)) return fileURLToPath(url);
  return join(checkout, ...url.slice(scheme.length).split('/').map(decodeURIComponent));
}

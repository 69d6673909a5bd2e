import { join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { AssayError } from '../../core/errors.ts';
import { packageRoot } from '../../core/package-root.ts';

const scheme = 'assay:';

/**
 * Returns the name of a study file that is valid on every machine: `assay:studies/x.ts` for a file below the checkout,
 * else a file: URL, for which the file must have the same path on every machine.
 */
export function moduleUrlOf(path: string): string {
  const { href } = pathToFileURL(path);
  const root = pathToFileURL(packageRoot + sep).href;
  return href.startsWith(root) ? scheme + relative(packageRoot, path).split(sep).map(encodeURIComponent).join('/') : href;
}

/**
 * Returns the path of the file on this machine; it need not exist.
 * @throws AssayError `unavailable` for a URL that names no file here: a study driven by `ask-tell` has none, a Windows share is none.
 */
export function moduleFileOf(url: string): string {
  try {
    if (!url.startsWith(scheme)) return fileURLToPath(url);
    return join(packageRoot, ...url.slice(scheme.length).split('/').map(decodeURIComponent));
  } catch (cause) {
    throw new AssayError('unavailable', `${url} names no file of this machine`, {
      hint: 'run the study on the machine that has its file; continue an ask-tell study with `assay ask-tell --study`',
      cause,
    });
  }
}

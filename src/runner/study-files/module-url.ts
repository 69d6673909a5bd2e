import { join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { AssayError } from '../../core/errors.ts';
import { packageRoot } from '../../core/package-root.ts';

const scheme = 'assay:';

/**
 * How a study names its file for every machine: `assay:studies/x.ts` below the checkout, wherever that lies there;
 * a file: URL for a file elsewhere, which must then lie at the same place on every machine.
 */
export function moduleUrlOf(path: string): string {
  const { href } = pathToFileURL(path);
  const root = pathToFileURL(packageRoot + sep).href;
  return href.startsWith(root) ? scheme + relative(packageRoot, path).split(sep).map(encodeURIComponent).join('/') : href;
}

/**
 * The file on this machine, there or not.
 * @throws AssayError `unavailable` for what names no file here: a study that `ask-tell` drives has none, another system's may lie on a share.
 */
export function moduleFileOf(url: string): string {
  try {
    if (!url.startsWith(scheme)) return fileURLToPath(url);
    return join(packageRoot, ...url.slice(scheme.length).split('/').map(decodeURIComponent));
  } catch (cause) {
    throw new AssayError('unavailable', `${url} names no file of this machine`, {
      hint: 'run the study where its file is; one of `assay ask-tell` goes on with `assay ask-tell --study`',
      cause,
    });
  }
}

import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const packageRoot = fileURLToPath(new URL('../../', import.meta.url));

/** Where data sets, artifacts and the embedded server's files live: the argument, else ASSAY_DATA_DIR, else `data` of the checkout. */
export function dataDirOf(dataDir?: string): string {
  return resolve(dataDir ?? (process.env['ASSAY_DATA_DIR'] || join(packageRoot, 'data')));
}

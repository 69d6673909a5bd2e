import { join, resolve } from 'node:path';
import { packageRoot } from './package-root.ts';

/** Where data sets, artifacts and the embedded server's files live: the argument, else ASSAY_DATA_DIR, else `data` of the checkout. */
export function dataDirOf(dataDir?: string): string {
  return resolve(dataDir ?? (process.env['ASSAY_DATA_DIR'] || join(packageRoot, 'data')));
}

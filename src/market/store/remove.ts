import { renameSync, rmSync } from 'node:fs';
import { AssayError, messageOf } from '../../core/errors.ts';
import { datasetFolder, removedFolder, replacedFolder } from './layout.ts';
import { readManifest } from './read.ts';

/**
 * The content of a data set by its manifest; null where that cannot be read any more, as such a data set can be removed, too.
 * @throws AssayError `not_found`; `usage` for a name that none can have.
 */
export function contentHash(dataDir: string, name: string): string | null {
  try {
    return readManifest(dataDir, name).hash;
  } catch (error) {
    if (error instanceof AssayError && error.code === 'data_invalid') return null;
    throw error;
  }
}

/**
 * Removes a data set from the disk, at once and as a whole: it is renamed before its files go, so that nobody reads half of it.
 * @throws AssayError `not_found`; `forbidden` where the user may not remove it.
 */
export function removeDataset(dataDir: string, name: string): void {
  contentHash(dataDir, name);
  const going = removedFolder(dataDir, name);
  try {
    rmSync(going, { recursive: true, force: true });
    rmSync(replacedFolder(dataDir, name), { recursive: true, force: true });
    renameSync(datasetFolder(dataDir, name), going);
    rmSync(going, { recursive: true, force: true });
  } catch (cause) {
    throw new AssayError('forbidden', `the data set ${name} cannot be removed: ${messageOf(cause)}`, {
      place: datasetFolder(dataDir, name),
      hint: 'the data directory must be yours to write',
      cause,
    });
  }
}

import { renameSync, rmSync } from 'node:fs';
import { AssayError, messageOf } from '../../core/errors.ts';
import { datasetFolder, removedFolder, replacedFolder } from './layout.ts';
import { readManifest } from './read.ts';

/**
 * Hash of a data set's columns by its manifest (null if the manifest is damaged, as such a data set can be removed, too).
 * @throws AssayError `not_found`; `usage` for an invalid name.
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
 * Removes a data set atomically: its folder is renamed before its files are deleted, so that no reader sees part of it.
 * @throws AssayError `not_found`; `forbidden` if the user may not remove it.
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
      hint: 'you need write access to the data directory',
      cause,
    });
  }
}

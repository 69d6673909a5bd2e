import { existsSync, readdirSync, renameSync } from 'node:fs';
import { endianness } from 'node:os';
import { join } from 'node:path';
import { AssayError } from '../../core/errors.ts';

/** All columns of a data set of format 1, one after the other. */
export const columnsFile = 'columns.f64';
export const manifestFile = 'manifest.json';

export function datasetsFolder(dataDir: string): string {
  return join(dataDir, 'datasets');
}

/** The folder of a data set. @throws AssayError `usage` for a name that is not a valid folder name on every system. */
export function datasetFolder(dataDir: string, name: string): string {
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/i.test(name))
    throw new AssayError('usage', `${JSON.stringify(name)} cannot name a data set`, {
      hint: 'use up to 64 letters, digits, dots, dashes and underscores, beginning with a letter or digit',
    });
  return join(datasetsFolder(dataDir), name);
}

/** Folder of a data set that is being replaced, see {@link restoreReplaced}. */
export function replacedFolder(dataDir: string, name: string): string {
  return join(datasetsFolder(dataDir), `.replaced-${name}`);
}

/** Folder of a data set whose files are being removed. */
export function removedFolder(dataDir: string, name: string): string {
  return join(datasetsFolder(dataDir), `.removed-${name}`);
}

/** Restores a data set whose replacement was interrupted between its two renames. */
export function restoreReplaced(dataDir: string, name: string): void {
  const [replaced, target] = [replacedFolder(dataDir, name), datasetFolder(dataDir, name)];
  if (existsSync(replaced) && !existsSync(target)) renameSync(replaced, target);
}

/** Sorted names of all data sets. Folders that are being written begin with a dot and are not listed. */
export function datasetNames(dataDir: string): string[] {
  try {
    return readdirSync(datasetsFolder(dataDir), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Name of a symbol's column in a data set: `NVDA.open`. */
export function columnName(symbol: string, column: string): string {
  return `${symbol}.${column}`;
}

/** File of a column in format 2. The number keeps names apart that differ only in case. */
export function columnFile(index: number, name: string): string {
  return `${String(index).padStart(3, '0')}-${name}.f64`;
}

/** Columns are used without conversion, so they need a little-endian processor. */
export function assertLittleEndian(): void {
  if (endianness() !== 'LE') throw new AssayError('unavailable', 'data sets need a little-endian processor');
}

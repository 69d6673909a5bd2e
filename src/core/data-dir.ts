import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isCheckout, packageRoot } from './package-root.ts';

/**
 * Directory of data sets, artifacts and the embedded server's files: the argument, else ASSAY_DATA_DIR, else `data` of the checkout. Where Assay
 * is installed, `data` of the project: of the nearest folder from the current one upwards that has a package.json, else of the current one.
 */
export function dataDirOf(dataDir?: string): string {
  return resolve(dataDir ?? (process.env['ASSAY_DATA_DIR'] || join(isCheckout ? packageRoot : projectOf(process.cwd()), 'data')));
}

/** The nearest folder from `folder` upwards that has a package.json, else `folder`. */
export function projectOf(folder: string): string {
  for (let above = folder; ; above = dirname(above)) {
    if (existsSync(join(above, 'package.json'))) return above;
    if (dirname(above) === above) return folder;
  }
}

/**
 * Creates the data directory, accessible to its owner only; root's may also be entered (not listed) by others, because its embedded server
 * runs as another user. An existing directory keeps its permissions.
 */
export function makeDataDir(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
}

/** Creates a folder of the data directory, and the folders above it, accessible to their owner only. */
export function makePrivateFolder(dataDir: string, folder: string): void {
  makeDataDir(dataDir);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}

/** Returns the folders with policies and market data that other users of the machine can read. */
export function openFolders(dataDir: string): readonly string[] {
  const modeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  if ((modeOf(dataDir) & 0o011) === 0) return [];
  return ['artifacts', 'datasets'].map((name) => join(dataDir, name)).filter((path) => (modeOf(path) & 0o055) !== 0);
}

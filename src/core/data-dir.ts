import { mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { packageRoot } from './package-root.ts';

/** Where data sets, artifacts and the embedded server's files live: the argument, else ASSAY_DATA_DIR, else `data` of the checkout. */
export function dataDirOf(dataDir?: string): string {
  return resolve(dataDir ?? (process.env['ASSAY_DATA_DIR'] || join(packageRoot, 'data')));
}

/**
 * Makes the data directory where there is none, for its owner alone. Root's is passable for others, who cannot list it: its embedded
 * server runs as another user. A directory that exists keeps its rights.
 */
export function makeDataDir(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
}

/** Makes a folder of the data directory, and the folders above it, for their owner alone. */
export function makePrivateFolder(dataDir: string, folder: string): void {
  makeDataDir(dataDir);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}

/** The folders of the data directory that hold policies and market data and that other users of the machine can read. */
export function openFolders(dataDir: string): readonly string[] {
  const modeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  if ((modeOf(dataDir) & 0o011) === 0) return [];
  return ['artifacts', 'datasets'].map((name) => join(dataDir, name)).filter((path) => (modeOf(path) & 0o055) !== 0);
}

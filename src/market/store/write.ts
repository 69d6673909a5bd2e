import { chmodSync, closeSync, existsSync, fsyncSync, mkdtempSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makePrivateFolder } from '../../core/data-dir.ts';
import { AssayError } from '../../core/errors.ts';
import { requireSpaceSync, writeFault } from '../../core/free-space.ts';
import { sha256 } from '../../core/json.ts';
import type { AlignedBars } from '../bars.ts';
import type { CalendarId } from '../calendars/index.ts';
import type { QualityReport } from '../quality.ts';
import {
  columnNames,
  columnsFile,
  datasetFolder,
  datasetsFolder,
  encodeColumns,
  manifestFile,
  replacedFolder,
  restoreReplaced,
} from './layout.ts';
import type { DatasetOrigin, Manifest } from './manifest.ts';
import { readManifest } from './read.ts';

export interface NewDataset {
  readonly dataDir: string;
  readonly name: string;
  readonly bars: AlignedBars;
  readonly calendar: CalendarId;
  readonly origin: DatasetOrigin;
  readonly quality: readonly QualityReport[];
  /** Replaces a data set of this name with other content. */
  readonly replace?: boolean;
}

export interface WrittenDataset {
  readonly manifest: Manifest;
  readonly outcome: 'created' | 'unchanged' | 'replaced';
}

/**
 * Writes a data set, read-only and atomically: to a temporary folder that is then renamed. Writing the same content under the same name
 * again changes nothing.
 * @throws AssayError `conflict` if the name has other content and `replace` is not set; `disk_full` if less than the disk's reserve would
 * remain; `unavailable` if the folder cannot be written. Nothing is left behind then.
 */
export function writeDataset(dataset: NewDataset): WrittenDataset {
  const { dataDir, name, bars } = dataset;
  const target = datasetFolder(dataDir, name);
  const bytes = encodeColumns(bars);
  const manifest: Manifest = {
    format: 1,
    name,
    symbols: [...bars.symbols],
    rows: bars.time.length,
    columns: columnNames(bars.symbols),
    barMs: bars.barMs,
    calendar: dataset.calendar,
    sessions: (bars.session.at(-1) ?? -1) + 1,
    first: new Date(bars.time[0]!).toISOString(),
    last: new Date(bars.time.at(-1)!).toISOString(),
    origin: dataset.origin,
    hash: sha256(bytes),
    quality: [...dataset.quality],
  };

  const folder = datasetsFolder(dataDir);
  try {
    restoreReplaced(dataDir, name);
    if (existsSync(target) && dataset.replace !== true) return { manifest: sameOrConflict(dataDir, manifest), outcome: 'unchanged' };
    const text = `${JSON.stringify(manifest, null, 2)}\n`;
    requireSpaceSync(folder, bytes.byteLength + Buffer.byteLength(text));
    return { manifest, outcome: put(dataDir, manifest, bytes, text) };
  } catch (cause) {
    throw writeFault(cause, folder);
  }
}

function put(dataDir: string, manifest: Manifest, bytes: Uint8Array, text: string): 'created' | 'replaced' {
  const { name } = manifest;
  const target = datasetFolder(dataDir, name);
  makePrivateFolder(dataDir, datasetsFolder(dataDir));
  const draft = mkdtempSync(join(datasetsFolder(dataDir), `.writing-${name}-`));
  try {
    writeReadOnly(join(draft, columnsFile), bytes);
    writeReadOnly(join(draft, manifestFile), text);
    const isThere = existsSync(target);
    chmodSync(draft, 0o755); // mkdtemp makes it private
    const replaced = replacedFolder(dataDir, name);
    rmSync(replaced, { recursive: true, force: true });
    if (isThere) renameSync(target, replaced);
    renameIntoPlace(draft, target, dataDir, manifest);
    rmSync(replaced, { recursive: true, force: true });
    return isThere ? 'replaced' : 'created';
  } finally {
    restoreReplaced(dataDir, name);
    rmSync(draft, { recursive: true, force: true });
  }
}

function sameOrConflict(dataDir: string, manifest: Manifest): Manifest {
  const stored = readManifest(dataDir, manifest.name);
  if (stored.hash === manifest.hash && stored.columns.join() === manifest.columns.join()) return stored;
  throw new AssayError('conflict', `the data set ${manifest.name} exists with other content`, {
    hint: 'choose another name, or replace it with --replace',
  });
}

/** Renames the folder into place. If another process was first, its content must be the same. */
function renameIntoPlace(draft: string, target: string, dataDir: string, manifest: Manifest): void {
  try {
    renameSync(draft, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    sameOrConflict(dataDir, manifest);
  }
}

/** Writes and syncs a read-only file, so that it is durable before the rename makes it visible. */
function writeReadOnly(path: string, content: string | Uint8Array): void {
  const file = openSync(path, 'wx', 0o444);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

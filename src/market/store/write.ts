import { createHash } from 'node:crypto';
import { chmodSync, closeSync, existsSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makePrivateFolder } from '../../core/data-dir.ts';
import { AssayError } from '../../core/errors.ts';
import { requireSpaceSync, writeFault } from '../../core/free-space.ts';
import { hashOf } from '../../core/json.ts';
import type { AlignedBlock } from '../align.ts';
import { type AlignedBars, barFields } from '../bars.ts';
import type { SessionCalendar } from '../calendars/calendar.ts';
import type { CalendarId } from '../calendars/index.ts';
import type { Instrument } from '../instruments.ts';
import type { QualityReport } from '../quality.ts';
import { sessionCounter } from '../sessions.ts';
import { createColumnFiles, type StoredColumn } from './column-files.ts';
import { columnName, datasetFolder, datasetsFolder, manifestFile, replacedFolder, restoreReplaced } from './layout.ts';
import type { DatasetOrigin, LeftOut, Manifest, Manifest2 } from './manifest.ts';
import { readManifest } from './read.ts';
import { makeWorkFolder } from './work-folder.ts';

export interface NewDataset {
  readonly dataDir: string;
  readonly name: string;
  readonly symbols: readonly string[];
  /** Names of each symbol's columns beside the five; parallel to `symbols`. */
  readonly extra: readonly (readonly string[])[];
  /** The bars in time order: read once, and never held in memory as a whole. */
  readonly blocks: Iterable<AlignedBlock>;
  /** Number of bars, to know beforehand whether they fit on the disk. */
  readonly rows: number;
  readonly barMs: number;
  readonly calendar: SessionCalendar;
  readonly closingAuction: boolean;
  /** Parallel to `symbols`. */
  readonly instruments?: readonly (Instrument | null)[];
  /** Parallel to `symbols`: what the columns `contract` and `previousOpen` of a future's bars mean. */
  readonly contracts?: Manifest2['contracts'];
  readonly origin: DatasetOrigin;
  readonly quality: readonly QualityReport[];
  readonly leftOut?: readonly LeftOut[];
  /** Replaces a data set of this name with other content. */
  readonly replace?: boolean;
}

export interface WrittenDataset {
  readonly manifest: Manifest;
  readonly outcome: 'created' | 'unchanged' | 'replaced';
}

/**
 * Writes a data set, read-only and atomically: to a temporary folder that is then renamed. Writing the same content under the same name
 * again changes nothing. Memory is constant.
 * @throws AssayError `conflict` if the name has other content and `replace` is not set; `disk_full` if less than the disk's reserve would
 * remain; `unavailable` if the folder cannot be written; `data_invalid` without a bar. Nothing is left behind then.
 */
export function writeDataset(dataset: NewDataset): WrittenDataset {
  const { dataDir, name, symbols, extra } = dataset;
  const folder = datasetsFolder(dataDir);
  const target = datasetFolder(dataDir, name);
  const names = [
    'time',
    'session',
    ...symbols.flatMap((symbol, k) => [...barFields, ...extra[k]!].map((column) => columnName(symbol, column))),
  ];
  let draft: string | undefined;
  try {
    restoreReplaced(dataDir, name);
    requireSpaceSync(folder, names.length * dataset.rows * Float64Array.BYTES_PER_ELEMENT);
    makePrivateFolder(dataDir, folder);
    draft = makeWorkFolder(dataDir, 'writing', name);
    const manifest = writeDraft(dataset, names, draft);
    if (existsSync(target) && dataset.replace !== true) return { manifest: sameOrConflict(dataDir, manifest, draft), outcome: 'unchanged' };
    return { manifest, outcome: put(dataDir, manifest, draft) };
  } catch (cause) {
    throw writeFault(cause, folder);
  } finally {
    restoreReplaced(dataDir, name);
    if (draft !== undefined) rmSync(draft, { recursive: true, force: true });
  }
}

/** The parts of {@link NewDataset} that aligned bars in memory give. */
export function partsOf(
  bars: AlignedBars,
): Pick<NewDataset, 'symbols' | 'extra' | 'blocks' | 'rows' | 'barMs' | 'calendar' | 'closingAuction' | 'instruments'> {
  const { symbols, time, columns } = bars;
  return {
    symbols,
    extra: columns.map((own) => Object.keys(own)),
    blocks: [{ time, series: bars.bars.map((own, k) => ({ time, ...own, extra: columns[k]! })) }],
    rows: time.length,
    barMs: bars.barMs,
    calendar: bars.calendar,
    closingAuction: bars.closingAuction,
    instruments: bars.instruments,
  };
}

function writeDraft(dataset: NewDataset, names: readonly string[], draft: string): Manifest2 {
  const files = createColumnFiles(draft, names);
  try {
    const sessionOf = sessionCounter(dataset.calendar);
    let [rows, sessions, first, last] = [0, 0, Number.NaN, Number.NaN];
    for (const { time, series } of dataset.blocks) {
      const session = sessionOf(time);
      files.append([
        time,
        session,
        ...series.flatMap((own, k) => [...barFields.map((field) => own[field]), ...dataset.extra[k]!.map((column) => own.extra[column]!)]),
      ]);
      if (rows === 0) first = time[0]!;
      rows += time.length;
      last = time.at(-1)!;
      sessions = session.at(-1)! + 1;
    }
    if (rows === 0) throw new AssayError('data_invalid', 'a data set needs at least one bar');
    const manifest = manifestOf(dataset, files.finish(), { rows, sessions, first, last });
    writeReadOnly(join(draft, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`);
    return manifest;
  } finally {
    files.close();
  }
}

function manifestOf(
  dataset: NewDataset,
  columns: StoredColumn[],
  { rows, sessions, first, last }: { rows: number; sessions: number; first: number; last: number },
): Manifest2 {
  const { symbols, barMs, closingAuction, calendar } = dataset;
  const meaning = {
    symbols: [...symbols],
    barMs,
    calendar: { id: calendar.id as CalendarId, version: calendar.version, source: calendar.source },
    closingAuction,
    instruments: [...(dataset.instruments ?? symbols.map(() => null))],
    contracts: dataset.contracts ?? symbols.map(() => null),
  };
  return {
    format: 2,
    name: dataset.name,
    rows,
    sessions,
    first: new Date(first).toISOString(),
    last: new Date(last).toISOString(),
    ...meaning,
    columns,
    hash: contentHash(meaning, columns),
    origin: dataset.origin,
    leftOut: [...(dataset.leftOut ?? [])],
    quality: [...dataset.quality],
  };
}

/** SHA-256 of the columns, by their own hashes, and of what the bars mean. The calendar counts by id and version. */
function contentHash(meaning: Pick<Manifest2, 'calendar'> & object, columns: readonly StoredColumn[]): string {
  const { id, version } = meaning.calendar;
  return hashOf({ ...meaning, calendar: { id, version }, columns: columns.map((column) => [column.name, column.sha256]) });
}

function put(dataDir: string, manifest: Manifest2, draft: string): 'created' | 'replaced' {
  const { name } = manifest;
  const target = datasetFolder(dataDir, name);
  const isThere = existsSync(target);
  chmodSync(draft, 0o755); // mkdtemp makes it private
  const replaced = replacedFolder(dataDir, name);
  rmSync(replaced, { recursive: true, force: true });
  if (isThere) renameSync(target, replaced);
  renameIntoPlace(draft, target, dataDir, manifest);
  rmSync(replaced, { recursive: true, force: true });
  return isThere ? 'replaced' : 'created';
}

function sameOrConflict(dataDir: string, manifest: Manifest2, draft: string): Manifest {
  const stored = readManifest(dataDir, manifest.name);
  if (stored.format === 2 ? stored.hash === manifest.hash : stored.hash === format1Hash(draft, manifest.columns)) return stored;
  throw new AssayError('conflict', `the data set ${manifest.name} exists with other content`, {
    hint: 'choose another name, or replace it with --replace',
  });
}

/** The hash that format 1 would have: of all columns, one after the other. */
function format1Hash(draft: string, columns: readonly StoredColumn[]): string {
  const hash = createHash('sha256');
  const piece = Buffer.alloc(1 << 20);
  for (const column of columns) {
    const file = openSync(join(draft, column.file), 'r');
    try {
      for (let n = readSync(file, piece); n > 0; n = readSync(file, piece)) hash.update(piece.subarray(0, n));
    } finally {
      closeSync(file);
    }
  }
  return hash.digest('hex');
}

/** Renames the folder into place. If another process was first, its content must be the same. */
function renameIntoPlace(draft: string, target: string, dataDir: string, manifest: Manifest2): void {
  try {
    renameSync(draft, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    sameOrConflict(dataDir, manifest, draft);
  }
}

/** Writes and syncs a read-only file, so that it is durable before the rename makes it visible. */
function writeReadOnly(path: string, content: string): void {
  const file = openSync(path, 'wx', 0o444);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

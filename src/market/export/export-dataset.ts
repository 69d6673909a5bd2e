import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { AssayError } from '../../core/errors.ts';
import { requireSpaceSync, writeFault } from '../../core/free-space.ts';
import { barsFromTable, loadDataset } from '../store/read.ts';
import { writeCsv } from './csv.ts';
import { factsOf, metadataOf } from './exported-facts.ts';
import { writeParquet } from './parquet.ts';
import { exportTable } from './table.ts';

export interface ExportRequest {
  readonly dataDir: string;
  readonly name: string;
  /** Ends with `.parquet` or `.csv`. */
  readonly out: string;
  /** Replaces a file of this name. */
  readonly replace?: boolean;
}

export interface ExportedDataset {
  readonly dataset: string;
  /** SHA-256 of the data set's columns; in Parquet also in the file, under `assay.hash`. */
  readonly hash: string;
  readonly file: string;
  readonly rows: number;
  readonly bytes: number;
}

/** Upper bounds of the bytes of one value. */
const bytesPerValue = { '.parquet': 9, '.csv': 26 } as const;

/**
 * Writes a data set's bars to one file, all symbols below one another: `time`, `symbol`, open, high, low, close, volume, and the contract
 * and named columns where there are any. Importing the file gives the same bars, bit for bit, and of Parquet, which says what they mean as well,
 * the same data set. The file appears whole or not at all.
 * @throws AssayError `usage` for a file of another kind; `conflict` if the file exists and `replace` is not set; `disk_full`,
 * `unavailable` if it cannot be written; as {@link loadDataset}
 */
export function exportDataset({ dataDir, name, out, replace = false }: ExportRequest): ExportedDataset {
  const file = resolve(out);
  const kind = extname(file).toLowerCase();
  if (kind !== '.parquet' && kind !== '.csv')
    throw new AssayError('usage', `cannot tell from the name ${JSON.stringify(out)} how to write it`, {
      place: '--out',
      hint: 'end it with .parquet or .csv',
    });
  if (existsSync(file) && !replace)
    throw new AssayError('conflict', 'the file exists', { place: file, hint: 'choose another name, or replace it with --replace' });
  const stored = loadDataset(dataDir, name);
  const bars = barsFromTable(stored);
  const table = exportTable(bars);
  const rows = table.rowsPerSymbol * table.symbols.length;
  const facts = metadataOf(factsOf(bars, stored));
  requireSpaceSync(dirname(file), rows * table.columns.length * bytesPerValue[kind]);
  const bytes = writeWhole(file, (write) => (kind === '.csv' ? writeCsv(table, write) : writeParquet(table, facts, write)));
  return { dataset: name, hash: stored.hash, file, rows, bytes };
}

/** Writes a draft beside the file, syncs it and renames it. Returns its length. */
function writeWhole(file: string, writeAll: (write: (piece: Uint8Array) => void) => void): number {
  const draft = `${file}.writing-${process.pid}`;
  let bytes = 0;
  try {
    const descriptor = openSync(draft, 'w');
    try {
      writeAll((piece) => {
        for (let done = 0; done < piece.length; ) done += writeSync(descriptor, piece, done);
        bytes += piece.length;
      });
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(draft, file);
    return bytes;
  } catch (cause) {
    rmSync(draft, { force: true });
    throw writeFault(cause, dirname(file));
  }
}

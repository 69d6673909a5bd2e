import { closeSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { requireSpaceSync, writeFault } from '../../core/free-space.ts';
import { readAll, writeAll } from '../store/spool.ts';
import type { BarBlock } from '../stream.ts';
import { createLabelTable, type LabelTable } from './extra-fields.ts';

/** Bars in one block. */
const blockBars = 16_384;
/** Columns of a block before the named ones: time, open, high, low, close, volume. */
const nFixed = 6;
const firstBars = 512;
/** Bytes of blocks that are kept in memory; later ones are written to a file. */
const mostMemory = 64 * 2 ** 20;

/** Bars of one file and symbol, in the order in which they were pushed. */
export interface StoredBars {
  readonly n: number;
  /** The bars in blocks; reversed: from the last to the first. */
  readonly blocks: (reversed: boolean) => Iterable<BarBlock>;
}

export interface StoredBarsBuilder {
  /** `extra`: values of the named columns; they are copied. */
  readonly push: (time: number, open: number, high: number, low: number, close: number, volume: number, extra: Float64Array) => void;
  readonly done: () => StoredBars;
}

/** Bars on their way from files to a data set, in constant memory however many they are. */
export interface BarStore {
  /** @param extra names of the columns beside the five */
  readonly builder: (extra: readonly string[]) => StoredBarsBuilder;
  /** Of columns that hold texts. */
  readonly labels: LabelTable;
  /** Removes what was written. */
  readonly remove: () => void;
}

/** A block in memory, or where it begins in the file. */
interface BlockRef {
  readonly n: number;
  readonly held: Float64Array | null;
  readonly position: number;
}

/**
 * A store that writes to a folder once it holds more than 64 MB.
 * @param folderOf makes the folder when it is needed.
 * @throws AssayError `disk_full` or `unavailable` from a push if the folder cannot be written.
 */
export function createBarStore(folderOf: () => string): BarStore {
  let file: { readonly descriptor: number; readonly path: string; readonly folder: string } | null = null;
  let [held, written] = [0, 0];

  const openFile = () => {
    const folder = folderOf();
    const path = join(folder, 'bars.blocks');
    return { descriptor: openSync(path, 'w+', 0o600), path, folder };
  };
  const put = (columns: Float64Array, n: number): BlockRef => {
    if (held + columns.byteLength <= mostMemory) {
      held += columns.byteLength;
      return { n, held: columns, position: 0 };
    }
    const bytes = new Uint8Array(columns.buffer, columns.byteOffset, columns.byteLength);
    const position = written;
    try {
      file ??= openFile();
      requireSpaceSync(file.folder, bytes.length);
      writeAll(file.descriptor, bytes, position);
    } catch (cause) {
      throw writeFault(cause, file?.folder ?? '');
    }
    written += bytes.length;
    return { n, held: null, position };
  };
  const get = ({ n, held: columns, position }: BlockRef, nColumns: number): Float64Array => {
    if (columns !== null) return columns;
    const values = new Float64Array(n * nColumns);
    readAll(file!.descriptor, new Uint8Array(values.buffer), position);
    return values;
  };
  return {
    builder: (extra) => createBuilder(put, get, extra),
    labels: createLabelTable(),
    remove: () => {
      if (file === null) return;
      closeSync(file.descriptor);
      rmSync(file.path, { force: true });
      file = null;
    },
  };
}

function createBuilder(
  put: (columns: Float64Array, n: number) => BlockRef,
  get: (ref: BlockRef, nColumns: number) => Float64Array,
  names: readonly string[],
): StoredBarsBuilder {
  const nColumns = nFixed + names.length;
  const refs: BlockRef[] = [];
  let capacity = firstBars;
  let columns = new Float64Array(nColumns * capacity);
  let filled = 0;
  let total = 0;

  const grow = (): void => {
    if (capacity < blockBars) {
      columns = repacked(columns, nColumns, capacity, filled, 2 * capacity);
      capacity *= 2;
      return;
    }
    refs.push(put(columns, filled));
    columns = new Float64Array(nColumns * capacity);
    filled = 0;
  };
  function* blocks(reversed: boolean): Generator<BarBlock> {
    for (const ref of reversed ? refs.toReversed() : refs) yield blockOf(get(ref, nColumns), ref.n, reversed, names);
  }
  return {
    push: (time, open, high, low, close, volume, extra) => {
      if (filled === capacity) grow();
      columns[filled] = time;
      columns[capacity + filled] = open;
      columns[2 * capacity + filled] = high;
      columns[3 * capacity + filled] = low;
      columns[4 * capacity + filled] = close;
      columns[5 * capacity + filled] = volume;
      for (let k = 0; k < extra.length; k++) columns[(nFixed + k) * capacity + filled] = extra[k]!;
      filled++;
      total++;
    },
    done: () => {
      if (filled > 0) refs.push(put(repacked(columns, nColumns, capacity, filled, filled), filled));
      return { n: total, blocks };
    },
  };
}

/** The filled parts of columns of one capacity as columns of another. */
function repacked(
  columns: Float64Array,
  nColumns: number,
  capacity: number,
  filled: number,
  newCapacity: number,
): Float64Array<ArrayBuffer> {
  const packed = new Float64Array(nColumns * newCapacity);
  for (let k = 0; k < nColumns; k++) packed.set(columns.subarray(k * capacity, k * capacity + filled), k * newCapacity);
  return packed;
}

function blockOf(columns: Float64Array, n: number, reversed: boolean, names: readonly string[]): BarBlock {
  const column = (k: number): Float64Array => {
    const values = columns.subarray(k * n, (k + 1) * n);
    return reversed ? values.toReversed() : values;
  };
  return {
    time: column(0),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
    extra: Object.fromEntries(names.map((name, k) => [name, column(nFixed + k)])),
  };
}

import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AssayError, messageOf } from '../../core/errors.ts';
import { megabytes } from '../../core/free-space.ts';
import { sha256 } from '../../core/json.ts';
import { columnFile } from './layout.ts';
import { readAll, writeAll } from './spool.ts';

/** A column on disk. */
export interface StoredColumn {
  readonly name: string;
  readonly file: string;
  readonly sha256: string;
}

/** Writes columns to one file each, block by block. */
export interface ColumnFilesWriter {
  /** Appends rows; parallel to the names. */
  readonly append: (columns: readonly Float64Array[]) => void;
  /** Makes the files durable and read-only, and returns them. */
  readonly finish: () => StoredColumn[];
  /** Closes the files; harmless after `finish`. */
  readonly close: () => void;
}

export function createColumnFiles(folder: string, names: readonly string[]): ColumnFilesWriter {
  const columns = names.map((name, index) => {
    const file = columnFile(index, name);
    return { name, file, descriptor: openSync(join(folder, file), 'wx', 0o444), hash: createHash('sha256') };
  });
  let rows = 0;
  let isOpen = true;
  const close = (): void => {
    if (isOpen) for (const { descriptor } of columns) closeSync(descriptor);
    isOpen = false;
  };
  return {
    append: (values) => {
      for (const [k, { descriptor, hash }] of columns.entries()) {
        const { buffer, byteOffset, byteLength } = values[k]!;
        const bytes = new Uint8Array(buffer, byteOffset, byteLength);
        writeAll(descriptor, bytes, rows * Float64Array.BYTES_PER_ELEMENT);
        hash.update(bytes);
      }
      rows += values[0]!.length;
    },
    finish: () => {
      for (const { descriptor } of columns) fsyncSync(descriptor);
      close();
      return columns.map(({ name, file, hash }) => ({ name, file, sha256: hash.digest('hex') }));
    },
    close,
  };
}

/** A file of columns, and what its manifest says of it. */
interface ColumnPlace {
  readonly dataset: string;
  readonly path: string;
  readonly rows: number;
  readonly sha256: string;
  readonly hint: string;
}

/** Checks that a file is there and has its length. @throws AssayError `data_invalid` */
export function checkLength({ dataset, path, rows, hint }: Omit<ColumnPlace, 'sha256'>): void {
  const expected = rows * Float64Array.BYTES_PER_ELEMENT;
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === expected) return;
  const is = size === undefined ? 'is missing' : `holds ${size} bytes`;
  throw new AssayError('data_invalid', `the columns file of ${dataset} ${is}; its manifest states ${expected}`, { place: path, hint });
}

/**
 * Reads a file of float64 values into shared memory, checked against its hash.
 * @throws AssayError `data_invalid` for a file that was changed, truncated or removed; `unavailable` without the memory for it.
 */
export function readColumns(place: ColumnPlace): Float64Array {
  const { dataset, path, rows, sha256: expected, hint } = place;
  const fault = (message: string, cause?: unknown): AssayError =>
    new AssayError('data_invalid', message, { place: path, hint, ...(cause === undefined ? {} : { cause }) });
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (cause) {
    throw fault(`the columns of the data set ${dataset} cannot be read: ${messageOf(cause)}`, cause);
  }
  try {
    checkLength(place);
    const bytes = sharedBytes(rows * Float64Array.BYTES_PER_ELEMENT, path);
    readAll(file, bytes, 0);
    if (sha256(bytes) !== expected) throw fault(`the columns of the data set ${dataset} have changed since they were written`);
    return new Float64Array(bytes.buffer);
  } catch (cause) {
    if (cause instanceof RangeError) throw fault(`the columns file of ${dataset} was truncated while it was read`, cause);
    throw cause;
  } finally {
    closeSync(file);
  }
}

function sharedBytes(length: number, path: string): Uint8Array<SharedArrayBuffer> {
  try {
    return new Uint8Array(new SharedArrayBuffer(length));
  } catch (cause) {
    throw new AssayError('unavailable', `there is no memory for a column of ${megabytes(length)}: ${messageOf(cause)}`, {
      place: path,
      hint: 'import fewer bars or symbols, or use a machine with more memory',
      cause,
    });
  }
}

import { AssayError } from '../../core/errors.ts';
import type { Field, Layout } from './layout.ts';
import { type DbnFile, layoutOfRun } from './reader.ts';
import { type DbnRun, pieceBytes } from './runs.ts';

/**
 * Values of one field, a row a record. Prices are whole numbers of 1e-9 as float64, NaN where undefined; other 64-bit numbers stay 64-bit
 * numbers; characters are their codes; text is its bytes, one row after the other.
 */
export type DbnColumn =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float64Array;

/** Records of one type as columns. The arrays are used again for the next batch. */
export interface DbnBatch {
  readonly layout: Layout;
  readonly count: number;
  readonly columns: Readonly<Record<string, DbnColumn>>;
}

/**
 * Reads a file as columns, one batch a run of equal records, so that memory stays flat whatever its length. Records of unknown types are
 * left out.
 * @param fields the names of the columns, where not all are needed.
 * @throws AssayError `data_invalid` for a damaged file, and for a price of 2^53 units of 1e-9 (nine million) or more, which is not exact
 * as float64: {@link recordsOf} reads it.
 */
export async function* columnsOf(file: DbnFile, fields?: readonly string[]): AsyncGenerator<DbnBatch> {
  const decoders = new Map<Layout, ColumnDecoder>();
  for await (const run of file.runs()) {
    const layout = layoutOfRun(run, file.place);
    if (layout === null) continue;
    let decoder = decoders.get(layout);
    if (decoder === undefined) {
      decoder = columnDecoder(layout, Math.floor(pieceBytes / layout.bytes), fields);
      decoders.set(layout, decoder);
    }
    decoder.decode(run, file.place);
    yield { layout, count: run.count, columns: decoder.columns };
  }
}

export interface ColumnDecoder {
  readonly columns: Readonly<Record<string, DbnColumn>>;
  /** Writes the rows of a run from row 0 on. */
  readonly decode: (run: DbnRun, place: string) => void;
}

/** Copies the same field of consecutive records: from `at` in its own units, every `step`. */
type Copy = (run: DbnRun, from: number, count: number, row: number, place: string) => void;

/** Records copied field by field at once: few enough that they stay in the first cache, enough that each loop is long. */
const blockBytes = 2 ** 15;

/** @param rows most records of a run. */
export function columnDecoder(layout: Layout, rows: number, fields?: readonly string[]): ColumnDecoder {
  const chosen = layout.fields.filter((field) => fields === undefined || fields.includes(field.name));
  const columns: Record<string, DbnColumn> = {};
  const copies = chosen.map((field) => {
    const { column, copy } = copierOf(field, rows);
    columns[field.name] = column;
    return copy;
  });
  return {
    columns,
    decode: (run, place) => {
      const block = Math.max(1, Math.floor(blockBytes / run.stride));
      for (let row = 0; row < run.count; row += block) {
        const count = Math.min(block, run.count - row);
        const from = run.start + row * run.stride;
        for (const copy of copies) copy(run, from, count, row, place);
      }
    },
  };
}

function copierOf({ kind, offset, bytes, name }: Field, rows: number): { readonly column: DbnColumn; readonly copy: Copy } {
  switch (kind) {
    case 'u8':
    case 'char': {
      const column = new Uint8Array(rows);
      return { column, copy: (run, from, count, row) => copyBytes(column, row, run.bytes, from + offset, run.stride, count) };
    }
    case 'i8': {
      const column = new Int8Array(rows);
      const raw = new Uint8Array(column.buffer);
      return { column, copy: (run, from, count, row) => copyBytes(raw, row, run.bytes, from + offset, run.stride, count) };
    }
    case 'u16': {
      const column = new Uint16Array(rows);
      return { column, copy: (run, from, count, row) => copyHalves(column, row, run.words, from + offset, run.stride, count) };
    }
    case 'i16': {
      const column = new Int16Array(rows);
      const raw = new Uint16Array(column.buffer);
      return { column, copy: (run, from, count, row) => copyHalves(raw, row, run.words, from + offset, run.stride, count) };
    }
    case 'u32': {
      const column = new Uint32Array(rows);
      return { column, copy: (run, from, count, row) => copyWords(column, row, run.words, from + offset, run.stride, count) };
    }
    case 'i32': {
      const column = new Int32Array(rows);
      const raw = new Uint32Array(column.buffer);
      return { column, copy: (run, from, count, row) => copyWords(raw, row, run.words, from + offset, run.stride, count) };
    }
    case 'u64':
    case 'time':
    case 'i64': {
      const column = kind === 'i64' ? new BigInt64Array(rows) : new BigUint64Array(rows);
      const raw = new Uint32Array(column.buffer);
      return { column, copy: (run, from, count, row) => copyPairs(raw, row, run.words, from + offset, run.stride, count) };
    }
    case 'price': {
      const column = new Float64Array(rows);
      return {
        column,
        copy: (run, from, count, row, place) => {
          if (!copyPrices(column, row, run, from + offset, count))
            throw new AssayError(
              'data_invalid',
              `a value of ${name} after byte ${run.offset + from - run.start} is too large for a column`,
              {
                place,
                hint: 'prices are exact below 9,007,199; read this file record by record',
              },
            );
        },
      };
    }
    case 'text': {
      const column = new Uint8Array(rows * bytes);
      return {
        column,
        copy: (run, from, count, row) => {
          for (let i = 0; i < count; i++) {
            const start = from + i * run.stride + offset;
            column.set(run.bytes.subarray(start, start + bytes), (row + i) * bytes);
          }
        },
      };
    }
  }
}

function copyBytes(target: Uint8Array, row: number, bytes: Uint8Array, from: number, stride: number, count: number): void {
  for (let i = 0, at = from; i < count; i++, at += stride) target[row + i] = bytes[at]!;
}

function copyHalves(target: Uint16Array, row: number, words: Uint32Array, from: number, stride: number, count: number): void {
  const shift = (from & 2) * 8;
  const step = stride >> 2;
  for (let i = 0, at = from >> 2; i < count; i++, at += step) target[row + i] = words[at]! >>> shift;
}

function copyWords(target: Uint32Array, row: number, words: Uint32Array, from: number, stride: number, count: number): void {
  const step = stride >> 2;
  for (let i = 0, at = from >> 2; i < count; i++, at += step) target[row + i] = words[at]!;
}

/** Copies 64-bit numbers as their two words: through float64 some would change. */
function copyPairs(target: Uint32Array, row: number, words: Uint32Array, from: number, stride: number, count: number): void {
  const step = stride >> 2;
  for (let i = 0, at = from >> 2, to = 2 * row; i < count; i++, at += step, to += 2) {
    target[to] = words[at]!;
    target[to + 1] = words[at + 1]!;
  }
}

/** Copies prices; false if one is neither exact as float64 nor undefined. */
function copyPrices(target: Float64Array, row: number, { words, ints, stride }: DbnRun, from: number, count: number): boolean {
  const step = stride >> 2;
  for (let i = 0, at = from >> 2; i < count; i++, at += step) {
    const high = ints[at + 1]!;
    const low = words[at]!;
    if (high < 0x200000 && high >= -0x200000) target[row + i] = high * 4294967296 + low;
    else if (high === 0x7fffffff && low === 0xffffffff) target[row + i] = Number.NaN;
    else return false;
  }
  return true;
}

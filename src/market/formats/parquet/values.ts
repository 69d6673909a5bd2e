import { ByteCursor } from './cursor.ts';
import { decodeDelta, decodeDeltaBytes, decodeDeltaLengths } from './delta.ts';
import { ParquetFault } from './fault.ts';
import { bitsFor, decodeHybrid } from './hybrid.ts';
import type { ParquetColumn } from './metadata.ts';
import type { Encoding, Page } from './pages.ts';

/** Values as stored: a typed array of numbers, or the bytes of each value. */
export type StoredValues = Int32Array | BigInt64Array | Float32Array | Float64Array | Uint8Array | readonly Uint8Array[];

/**
 * Decodes the values of a page that are not null.
 * @param count number of them
 * @throws ParquetFault for an encoding that the type does not have, and for bytes that end before `count` values
 */
export function decodeValues(column: ParquetColumn, encoding: Encoding, cursor: ByteCursor, count: number): StoredValues {
  const { type, typeLength } = column;
  if (encoding === 'PLAIN') return plain(column, cursor, count);
  if (encoding === 'BYTE_STREAM_SPLIT') return streamSplit(column, cursor, count);
  if (encoding === 'RLE' && type === 'BOOLEAN') return Uint8Array.from(decodeHybrid(prefixed(cursor), 1, count));
  if (encoding === 'DELTA_BINARY_PACKED' && type === 'INT64') return decodeDelta(cursor, count);
  if (encoding === 'DELTA_BINARY_PACKED' && type === 'INT32')
    return Int32Array.from(decodeDelta(cursor, count), (value) => Number(BigInt.asIntN(32, value)));
  if (encoding === 'DELTA_LENGTH_BYTE_ARRAY' && type === 'BYTE_ARRAY') return decodeDeltaLengths(cursor, count);
  if (encoding === 'DELTA_BYTE_ARRAY' && (type === 'BYTE_ARRAY' || typeLength > 0)) return decodeDeltaBytes(cursor, count);
  throw new ParquetFault(`its column ${JSON.stringify(column.name)} has values of type ${type} in the encoding ${encoding}`);
}

/** Decodes the places of a page's values in the dictionary. @throws ParquetFault for a place beyond it */
export function decodePlaces(cursor: ByteCursor, count: number, dictionarySize: number): Uint32Array {
  const places = count === 0 ? new Uint32Array(0) : decodeHybrid(cursor, cursor.byte(), count);
  for (const place of places) if (place >= dictionarySize) throw new ParquetFault('a page refers to a value that its dictionary lacks');
  return places;
}

/** Which rows of a page have a value, 1 or 0 (null: all), and the cursor behind these levels. */
export function decodeLevels(column: ParquetColumn, page: Page): { readonly present: Uint32Array | null; readonly cursor: ByteCursor } {
  const cursor = new ByteCursor(page.values);
  if (!column.isOptional) return { present: null, cursor };
  const levels = page.levels === null ? prefixed(cursor) : new ByteCursor(page.levels);
  return { present: decodeHybrid(levels, bitsFor(1), page.count), cursor };
}

/** The bytes behind a length of four bytes. */
function prefixed(cursor: ByteCursor): ByteCursor {
  return new ByteCursor(cursor.take(cursor.uint32()));
}

const widths = { INT32: 4, FLOAT: 4, INT64: 8, DOUBLE: 8 } as const;

function plain({ type, typeLength }: ParquetColumn, cursor: ByteCursor, count: number): StoredValues {
  switch (type) {
    case 'BOOLEAN': {
      const bits = cursor.take(Math.ceil(count / 8));
      return Uint8Array.from({ length: count }, (_, i) => (bits[i >> 3]! >> (i & 7)) & 1);
    }
    case 'BYTE_ARRAY':
      // Each value takes at least the four bytes of its length.
      if (count * 4 > cursor.left) throw new ParquetFault('a page ends too early');
      return Array.from({ length: count }, () => cursor.take(cursor.uint32()));
    case 'FIXED_LEN_BYTE_ARRAY':
      return pieces(cursor.take(count * typeLength), typeLength, count);
    case 'INT96':
      return pieces(cursor.take(count * 12), 12, count);
    case 'INT32':
    case 'INT64':
    case 'FLOAT':
    case 'DOUBLE':
      return numbers(type, cursor.take(count * widths[type]).slice());
  }
}

/** Decodes BYTE_STREAM_SPLIT: the first bytes of all values, then all second bytes, and so on. */
function streamSplit({ name, type, typeLength }: ParquetColumn, cursor: ByteCursor, count: number): StoredValues {
  const width = type === 'FIXED_LEN_BYTE_ARRAY' ? typeLength : type in widths ? widths[type as keyof typeof widths] : 0;
  if (width === 0)
    throw new ParquetFault(`its column ${JSON.stringify(name)} has values of type ${type} in the encoding BYTE_STREAM_SPLIT`);
  const split = cursor.take(count * width);
  const bytes = new Uint8Array(count * width);
  for (let byte = 0; byte < width; byte++) for (let i = 0; i < count; i++) bytes[i * width + byte] = split[byte * count + i]!;
  return type === 'FIXED_LEN_BYTE_ARRAY' ? pieces(bytes, width, count) : numbers(type as keyof typeof widths, bytes);
}

function pieces(bytes: Uint8Array, width: number, count: number): readonly Uint8Array[] {
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * width, (i + 1) * width));
}

/** Little-endian numbers. @param bytes a copy with an offset of 0, as typed arrays need it */
function numbers(type: keyof typeof widths, { buffer }: Uint8Array): StoredValues {
  if (type === 'INT32') return new Int32Array(buffer);
  if (type === 'INT64') return new BigInt64Array(buffer);
  if (type === 'FLOAT') return new Float32Array(buffer);
  return new Float64Array(buffer);
}

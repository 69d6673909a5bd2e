import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { decompress } from './decompress.ts';
import { ParquetFault } from './fault.ts';
import type { ColumnChunk } from './metadata.ts';
import { numberOf, structOf, ThriftReader, type ThriftStruct } from './thrift.ts';

/** Encodings of values by their number in the format (parquet.thrift). */
const encodings = [
  'PLAIN',
  'GROUP_VAR_INT',
  'PLAIN_DICTIONARY',
  'RLE',
  'BIT_PACKED',
  'DELTA_BINARY_PACKED',
  'DELTA_LENGTH_BYTE_ARRAY',
  'DELTA_BYTE_ARRAY',
  'RLE_DICTIONARY',
  'BYTE_STREAM_SPLIT',
] as const;
export type Encoding = (typeof encodings)[number];

/** An unpacked page. */
export interface Page {
  readonly isDictionary: boolean;
  /** Number of values, nulls included. */
  readonly count: number;
  readonly encoding: Encoding;
  /** Definition levels that lie apart from the values (format 2), or null: in front of them, with their length. */
  readonly levels: Uint8Array | null;
  readonly values: Uint8Array;
}

/** Bytes that are left of what a file may unpack to. */
export interface Budget {
  left: number;
}

const windowBytes = 2 ** 18;
const mostPageBytes = 2 ** 28;
const mostPageValues = 2 ** 26;
const pageTypes = { data: 0, dictionary: 2, data2: 3 } as const;

/**
 * Reads the pages of one column of one row group, one at a time.
 * @throws ParquetFault for a header, checksum or compression that does not fit, for pages beyond 256 MB or 64 M values, and for more bytes
 * than the budget has
 */
export async function* readPages(file: FileHandle, chunk: ColumnChunk, budget: Budget): AsyncGenerator<Page> {
  const window = createWindow(file, chunk);
  while (window.left() > 0) {
    await window.fill(windowBytes);
    const reader = new ThriftReader(window.bytes());
    const header = reader.struct();
    window.skip(reader.offset);
    const [packedBytes, bytes] = [numberOf(header, 3), numberOf(header, 2)];
    if (packedBytes < 0 || packedBytes > window.left() || bytes < 0) throw new ParquetFault('a page lies beyond its column');
    if (bytes > mostPageBytes) throw new ParquetFault(`a page of ${bytes} bytes is too large`, 'write it with smaller pages');
    await window.fill(packedBytes);
    const packed = window.bytes().subarray(0, packedBytes);
    if (header.has(4) && crc32(packed) !== numberOf(header, 4) >>> 0) throw new ParquetFault('the checksum of a page is wrong');
    const page = pageOf(header, packed, bytes, chunk);
    window.skip(packedBytes);
    if (page === null) continue;
    if (page.count < 0 || page.count > mostPageValues) throw new ParquetFault(`a page of ${page.count} values is too large`);
    budget.left -= Math.max(bytes, page.count);
    if (budget.left < 0) throw new ParquetFault('it unpacks to more bytes than allowed', 'allow more with --max-bytes');
    yield page;
  }
}

/** The page behind a header (null: a kind without values). */
function pageOf(header: ThriftStruct, packed: Uint8Array, bytes: number, { codec }: ColumnChunk): Page | null {
  const type = numberOf(header, 1);
  if (type === pageTypes.data2) {
    const data = structOf(header, 8);
    const [definition, repetition] = [numberOf(data, 5), numberOf(data, 6)];
    const levelBytes = definition + repetition;
    if (definition < 0 || repetition < 0 || levelBytes > packed.length || levelBytes > bytes)
      throw new ParquetFault('the levels of a page lie beyond it');
    const rest = packed.subarray(levelBytes);
    return {
      isDictionary: false,
      count: numberOf(data, 1),
      encoding: encodingOf(data, 4),
      levels: new Uint8Array(packed.subarray(repetition, levelBytes)),
      values: new Uint8Array(decompress(data.get(7) === false ? 'UNCOMPRESSED' : codec, rest, bytes - levelBytes)),
    };
  }
  if (type !== pageTypes.data && type !== pageTypes.dictionary) return null;
  const data = structOf(header, type === pageTypes.data ? 5 : 7);
  return {
    isDictionary: type === pageTypes.dictionary,
    count: numberOf(data, 1),
    encoding: encodingOf(data, 2),
    levels: null,
    values: new Uint8Array(decompress(codec, packed, bytes)),
  };
}

function encodingOf(data: ThriftStruct, id: number): Encoding {
  const encoding = encodings[numberOf(data, id)];
  if (encoding === undefined) throw new ParquetFault('a page has an unknown encoding');
  return encoding;
}

/** A part of the file that moves from the beginning of a chunk to its end. */
function createWindow(file: FileHandle, { offset, bytes: size }: ColumnChunk) {
  let held = Buffer.alloc(0);
  let at = offset;
  const end = offset + size;
  return {
    /** Bytes of the chunk that were not skipped. */
    left: () => end - at,
    bytes: () => held,
    skip(length: number) {
      held = held.subarray(length);
      at += length;
    },
    /** Reads until `wanted` bytes are held, or all of the chunk. */
    async fill(wanted: number) {
      const missing = Math.min(wanted, end - at) - held.length;
      if (missing <= 0) return;
      const more = Buffer.alloc(Math.min(Math.max(missing, windowBytes), end - at - held.length));
      for (let got = 0; got < more.length; ) {
        const { bytesRead } = await file.read(more, got, more.length - got, at + held.length + got);
        if (bytesRead === 0) throw new ParquetFault('it was shortened while it was read');
        got += bytesRead;
      }
      held = Buffer.concat([held, more]);
    },
  };
}

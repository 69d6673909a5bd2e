import { createHash } from 'node:crypto';
import { createReadStream, type ReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AssayError, messageOf } from '../../core/errors.ts';
import { unpackZstd } from '../dbn/zstd.ts';
import { parquetAsText } from './parquet/as-text.ts';
import { type ZipEntry, zipEntries } from './zip.ts';

/** Default limit of unpacked bytes of one file. */
export const defaultMaxBytes = 64 * 2 ** 30;
/** Largest compression ratio. Prices and times shrink 4 to 30 times; a larger ratio indicates a decompression bomb. */
const mostUnpackedPerPacked = 100;
/** Unpacked bytes below which the ratio is not checked. */
const alwaysUnpacked = 16 * 2 ** 20;
const pieceBytes = 2 ** 18;
/** Packed bytes are read in smaller pieces: those that wait to be unpacked count as read. */
const packedPieceBytes = 2 ** 16;

export interface TextDigest {
  /** Length of the unpacked text; `sha256` is its hash. */
  readonly bytes: number;
  readonly sha256: string;
}

/** A text that can be read from its beginning. */
export interface TextSource {
  /** For the place of errors: the file, or `archive.zip/entry.csv`. */
  readonly path: string;
  /** Name of the file without its folder. */
  readonly name: string;
  /** Files of the same archive that are no tables, with the first table of it. */
  readonly otherEntries?: readonly string[];
  /**
   * The text in pieces, unpacked, and at its end the digest of all.
   * @throws AssayError `not_found` for a file that cannot be read; `data_invalid` for a damaged archive, an archive that unpacks to more
   * than 100 times its size, and more than `maxBytes`.
   */
  readonly open: (maxBytes: number) => AsyncGenerator<Buffer, TextDigest>;
}

/** Beginnings of files that are no text, and what to do with them. */
const otherFormats: readonly { readonly starts: readonly number[]; readonly what: string; readonly hint: string }[] = [
  { starts: [0x42, 0x5a, 0x68], what: 'packed with bzip2', hint: 'unpack it (bunzip2), or pack it with gzip or zip' },
  { starts: [0xfd, 0x37, 0x7a, 0x58, 0x5a], what: 'packed with xz', hint: 'unpack it (unxz), or pack it with gzip or zip' },
  { starts: [0x52, 0x61, 0x72, 0x21], what: 'a rar archive', hint: 'unpack it' },
  { starts: [0x37, 0x7a, 0xbc, 0xaf], what: 'a 7z archive', hint: 'unpack it' },
  { starts: [0xd0, 0xcf, 0x11, 0xe0], what: 'an old spreadsheet (xls)', hint: 'save it as CSV' },
];
const zipMark = [0x50, 0x4b, 3, 4];
const gzipMark = [0x1f, 0x8b];
const zstdMark = [0x28, 0xb5, 0x2f, 0xfd];
const parquetMark = [0x50, 0x41, 0x52, 0x31];

/**
 * The texts in a file: the file itself, plain or packed by gzip (with one member or several) or zstd, the rows of a Parquet file, or each file of a zip
 * archive.
 * @throws AssayError `not_found` for a file that cannot be read; `data_invalid` for one that is no text.
 */
export async function textsOf(path: string): Promise<readonly TextSource[]> {
  const head = await headOf(path);
  const startsWith = (bytes: readonly number[]): boolean => bytes.every((byte, at) => head[at] === byte);
  if (startsWith(zipMark)) return zipTexts(path);
  const other = otherFormats.find(({ starts }) => startsWith(starts));
  if (other !== undefined) throw new AssayError('data_invalid', `the file is ${other.what}`, { place: path, hint: other.hint });
  if (startsWith(parquetMark)) return [{ path, name: basename(path), open: (maxBytes) => parquetAsText(path, maxBytes) }];
  const packing = startsWith(gzipMark) ? 'gzip' : startsWith(zstdMark) ? 'zstd' : null;
  return [{ path, name: basename(path), open: (maxBytes) => digested(path, maxBytes, () => fileBytes(path, packing)) }];
}

/** Names of tables in an archive, the surest first: beside .csv files lie reports and notes that end with .txt. */
const tableNames = [/\.(?:csv|tsv|json)$/i, /\.(?:txt|prn)$/i, /^/];
const packedNames = /\.(?:gz|zip|zst|bz2|xz|7z|rar|parquet|dbn)$/i;

async function zipTexts(path: string): Promise<readonly TextSource[]> {
  const entries = await zipEntries(path);
  if (entries.some(({ name }) => name.startsWith('xl/')))
    throw new AssayError('data_invalid', 'the file is a spreadsheet (xlsx)', {
      place: path,
      hint: 'save the sheet as CSV, with the times as text',
    });
  const packed = entries.filter(({ name }) => packedNames.test(name));
  if (packed.length > 0)
    throw new AssayError('data_invalid', `the archive holds packed files: ${packed.map(({ name }) => name).join(', ')}`, {
      place: path,
      hint: 'unpack the archive, and import the files in it',
    });
  const used = tableNames.map((names) => entries.filter(({ name }) => names.test(name))).find((found) => found.length > 0);
  if (used === undefined) throw new AssayError('data_invalid', 'the archive is empty', { place: path, hint: 'download it again' });
  const others = entries.filter((entry) => !used.includes(entry)).map(({ name }) => name);
  return used.map((entry, index) => ({
    path: `${path}/${entry.name}`,
    name: basename(entry.name),
    ...(index === 0 && others.length > 0 && { otherEntries: others }),
    open: (maxBytes) => digested(`${path}/${entry.name}`, maxBytes, () => entryBytes(entry)),
  }));
}

/** Bytes as they are unpacked, and how many packed ones have been read for them; null where nothing is packed. */
interface Unpacking {
  readonly pieces: AsyncIterable<Buffer>;
  readonly packedBytes: (() => number) | null;
}

async function* digested(path: string, maxBytes: number, start: () => Unpacking): AsyncGenerator<Buffer, TextDigest> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    const { pieces, packedBytes } = start();
    for await (const piece of pieces) {
      bytes += piece.length;
      if (bytes > maxBytes) throw tooLarge(path, maxBytes);
      if (packedBytes !== null && bytes > alwaysUnpacked && bytes > mostUnpackedPerPacked * packedBytes())
        throw bomb(path, bytes, packedBytes());
      hash.update(piece);
      yield piece;
    }
  } catch (cause) {
    throw cause instanceof AssayError ? cause : fileFault(path, cause);
  }
  return { bytes, sha256: hash.digest('hex') };
}

function fileBytes(path: string, packing: 'gzip' | 'zstd' | null): Unpacking {
  const file: ReadStream = createReadStream(path, { highWaterMark: packing === null ? pieceBytes : packedPieceBytes });
  if (packing === null) return { pieces: file, packedBytes: null };
  const packedBytes = (): number => file.bytesRead;
  if (packing === 'zstd') return { pieces: buffers(unpackZstd(file, path)), packedBytes };
  // Errors of the file and of the archive both reach the reader of the pipeline.
  return { pieces: pipeline(file, createGunzip({ chunkSize: pieceBytes }), () => undefined), packedBytes };
}

async function* buffers(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const { buffer, byteOffset, byteLength } of pieces) yield Buffer.from(buffer, byteOffset, byteLength);
}

function entryBytes(entry: ZipEntry): Unpacking {
  return { pieces: entry.open(), packedBytes: () => entry.packedBytes };
}

async function headOf(path: string): Promise<Buffer> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw fileFault(path, cause);
  }
}

function fileFault(path: string, cause: unknown): AssayError {
  if (cause instanceof Error && 'syscall' in cause)
    return new AssayError('not_found', `cannot read the file: ${messageOf(cause)}`, { place: path, hint: 'check the path', cause });
  return new AssayError('data_invalid', `cannot unpack the file: ${messageOf(cause)}`, {
    place: path,
    hint: 'the file is truncated or damaged: download it again',
    cause,
  });
}

function tooLarge(path: string, maxBytes: number): AssayError {
  return new AssayError('data_invalid', `the file holds more than ${maxBytes} bytes`, {
    place: path,
    hint: 'split it by time, or allow more with --max-bytes',
  });
}

function bomb(path: string, bytes: number, packedBytes: number): AssayError {
  return new AssayError(
    'data_invalid',
    `${packedBytes} packed bytes unpack to more than ${bytes}, over ${mostUnpackedPerPacked} times as many`,
    {
      place: path,
      hint: 'tables of prices do not compress this well; if the file is right, unpack it (gzip -d) and import the plain file',
    },
  );
}

import { createHash } from 'node:crypto';
import { createReadStream, type ReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AssayError, messageOf } from '../../core/errors.ts';
import { parquetAsText } from './parquet/as-text.ts';

/** Default limit of unpacked bytes of one file. */
export const defaultMaxBytes = 4 * 2 ** 30;
/** Largest compression ratio. Prices and times shrink 4 to 30 times; a larger ratio indicates a decompression bomb. */
const mostUnpackedPerPacked = 100;
/** Unpacked bytes below which the ratio is not checked. */
const alwaysUnpacked = 16 * 2 ** 20;

export interface TextDigest {
  /** Length of the unpacked text; `sha256` is its hash. */
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Reads a file in pieces of about 64 kB, unpacked if it is gzipped (with one member or several), as the text of its rows if it is Parquet.
 * @param maxBytes limit of the unpacked size.
 * @returns the digest of all pieces; of the file itself if it is Parquet.
 * @throws AssayError `not_found` for a file that cannot be read; `data_invalid` for a damaged archive, an archive that unpacks to more
 * than 100 times its size, and more than `maxBytes`.
 */
export async function* readText(path: string, maxBytes: number): AsyncGenerator<Buffer, TextDigest> {
  if (await beginsWith(path, parquetMark)) return yield* parquetAsText(path, maxBytes);
  const packed = (await beginsWith(path, gzipMark)) ? createReadStream(path) : null;
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const piece of packed === null ? createReadStream(path) : unpacked(packed)) {
      bytes += piece.length;
      if (bytes > maxBytes) throw tooLarge(path, maxBytes);
      if (packed !== null && bytes > alwaysUnpacked && bytes > mostUnpackedPerPacked * packed.bytesRead) throw bomb(path, bytes, packed);
      hash.update(piece);
      yield piece;
    }
  } catch (cause) {
    throw cause instanceof AssayError ? cause : fileFault(path, cause);
  }
  return { bytes, sha256: hash.digest('hex') };
}

const gzipMark = '\u001f\u008b';
const parquetMark = 'PAR1';

async function beginsWith(path: string, mark: string): Promise<boolean> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(mark.length), 0, mark.length, 0);
      return buffer.toString('latin1', 0, bytesRead) === mark;
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw fileFault(path, cause);
  }
}

/** The unpacked stream. Errors of the file and of the archive both reach its reader. */
function unpacked(packed: ReadStream): AsyncIterable<Buffer> {
  return pipeline(packed, createGunzip({ chunkSize: 2 ** 16 }), () => undefined);
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

function bomb(path: string, bytes: number, packed: ReadStream): AssayError {
  return new AssayError(
    'data_invalid',
    `${packed.bytesRead} packed bytes unpack to more than ${bytes}, over ${mostUnpackedPerPacked} times as many`,
    {
      place: path,
      hint: 'tables of prices do not compress this well; if the file is right, unpack it (gzip -d) and import the plain file',
    },
  );
}

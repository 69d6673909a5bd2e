import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { AssayError, messageOf } from '../../core/errors.ts';
import { parquetAsDbn } from './parquet-records.ts';
import { unpackZstd } from './zstd.ts';

/** Bytes of an unpacked file, in order. */
export interface ByteSource {
  /** Fills the beginning of `into` and returns the number of bytes, which is less than its length only at the end. */
  readonly read: (into: Uint8Array) => Promise<number>;
  readonly close: () => Promise<void>;
}

export interface SourceLimits {
  /** Most unpacked bytes; default {@link defaultMaxBytes}. */
  readonly maxBytes?: number;
  /** Sees all unpacked bytes in their order, such as a hash. */
  readonly onBytes?: (bytes: Uint8Array) => void;
}

/** 256 GB: a month of every order of a large future has some 50. */
export const defaultMaxBytes = 2 ** 38;
/** Largest compression ratio taken for real, and the unpacked bytes below which it is not checked. */
const mostUnpackedPerPacked = 500;
const alwaysUnpacked = 64 * 2 ** 20;
const zstdMagic = [0x28, 0xb5, 0x2f, 0xfd];
const parquetMagic = Buffer.from('PAR1');

/**
 * Opens a file, unpacking it if it is of Zstandard; a Parquet file of events is given as the DBN file that it stands for.
 * @throws AssayError `not_found` for a file that cannot be read.
 */
export async function openSource(path: string, limits: SourceLimits = {}): Promise<ByteSource> {
  const source = await openFile(path, limits);
  const { onBytes } = limits;
  if (onBytes === undefined) return source;
  return {
    ...source,
    read: async (into) => {
      const count = await source.read(into);
      onBytes(into.subarray(0, count));
      return count;
    },
  };
}

async function openFile(path: string, limits: SourceLimits): Promise<ByteSource> {
  const handle = await open(path, 'r').catch((cause: unknown) => {
    throw notReadable(path, cause);
  });
  const magic = Buffer.alloc(4);
  try {
    await handle.read(magic, 0, 4, 0);
    if (!zstdMagic.every((byte, i) => magic[i] === byte) && !magic.equals(parquetMagic)) return plainSource(handle, path, limits);
  } catch (cause) {
    await handle.close();
    throw notReadable(path, cause);
  }
  await handle.close();
  if (magic.equals(parquetMagic)) return piecesSource(parquetAsDbn(path, limits.maxBytes ?? defaultMaxBytes), path);
  const packed = createReadStream(path, { highWaterMark: 2 ** 18 });
  return piecesSource(
    guarded(unpackZstd(packed, path), () => packed.bytesRead, path, limits),
    path,
  );
}

/** A source of bytes that are in memory, unpacked if they are of Zstandard. */
export function memorySource(bytes: Uint8Array, place: string, limits: SourceLimits = {}): ByteSource {
  async function* once(): AsyncGenerator<Uint8Array> {
    yield bytes;
  }
  const isPacked = zstdMagic.every((byte, i) => bytes[i] === byte);
  const pieces = isPacked ? unpackZstd(once(), place) : once();
  return piecesSource(
    guarded(pieces, () => bytes.length, place, limits),
    place,
  );
}

function plainSource(handle: FileHandle, path: string, { maxBytes = defaultMaxBytes }: SourceLimits): ByteSource {
  let position = 0;
  return {
    read: async (into) => {
      let held = 0;
      try {
        while (held < into.length) {
          const { bytesRead } = await handle.read(into, held, into.length - held, position);
          if (bytesRead === 0) break;
          held += bytesRead;
          position += bytesRead;
        }
      } catch (cause) {
        throw notReadable(path, cause);
      }
      if (position > maxBytes) throw tooLarge(path, maxBytes);
      return held;
    },
    close: () => handle.close(),
  };
}

function piecesSource(pieces: AsyncGenerator<Uint8Array>, place: string): ByteSource {
  let rest: Uint8Array = new Uint8Array();
  return {
    read: async (into) => {
      let held = 0;
      while (held < into.length) {
        if (rest.length === 0) {
          const next = await pieces.next().catch((cause: unknown) => {
            throw unpackFault(place, cause);
          });
          if (next.done === true) break;
          rest = next.value;
          continue;
        }
        const count = Math.min(rest.length, into.length - held);
        into.set(rest.subarray(0, count), held);
        rest = rest.subarray(count);
        held += count;
      }
      return held;
    },
    close: async () => {
      await pieces.return(undefined);
    },
  };
}

/** Ends a stream that unpacks to more than is allowed, or to more than records can be packed from. */
async function* guarded(
  pieces: AsyncIterable<Uint8Array>,
  packedBytes: () => number,
  place: string,
  { maxBytes = defaultMaxBytes }: SourceLimits,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    if (bytes > maxBytes) throw tooLarge(place, maxBytes);
    if (bytes > alwaysUnpacked && bytes > mostUnpackedPerPacked * packedBytes())
      throw new AssayError('data_invalid', `the archive unpacks to more than ${mostUnpackedPerPacked} times its size`, {
        place,
        hint: 'market data do not compress this well; if the file is right, unpack it (zstd -d) and use the plain file',
      });
    yield piece;
  }
}

function tooLarge(place: string, maxBytes: number): AssayError {
  return new AssayError('data_invalid', `the file holds more than ${maxBytes} bytes`, {
    place,
    hint: 'split it by time, or allow more with --max-bytes',
  });
}

function notReadable(place: string, cause: unknown): AssayError {
  return new AssayError('not_found', `cannot read the file: ${messageOf(cause)}`, { place, hint: 'check the path', cause });
}

function unpackFault(place: string, cause: unknown): AssayError {
  if (cause instanceof AssayError) return cause;
  if (cause instanceof Error && 'syscall' in cause) return notReadable(place, cause);
  return new AssayError('data_invalid', `the archive cannot be unpacked: ${messageOf(cause)}`, {
    place,
    hint: 'the file is truncated or damaged: download it again',
    cause,
  });
}

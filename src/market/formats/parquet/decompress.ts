import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { compressors, decompressZstd } from 'hyparquet-compressors';
import { ParquetFault } from './fault.ts';
import type { Codec } from './metadata.ts';

type Decompressor = (packed: Uint8Array, length: number) => Uint8Array;

/** Node's own where it has them: they end at the length that is expected. */
const decompressors: Readonly<Record<Exclude<Codec, 'LZO'>, Decompressor>> = {
  UNCOMPRESSED: (packed) => packed,
  SNAPPY: (packed, length) => compressors.SNAPPY!(packed, length),
  GZIP: (packed, length) => gunzipSync(packed, { maxOutputLength: Math.max(1, length) }),
  BROTLI: (packed, length) => brotliDecompressSync(packed, { maxOutputLength: Math.max(1, length) }),
  ZSTD: (packed, length) => decompressZstd(packed, new Uint8Array(length)),
  LZ4: (packed, length) => compressors.LZ4!(packed, length),
  LZ4_RAW: (packed, length) => compressors.LZ4_RAW!(packed, length),
};

/**
 * Unpacks the bytes of a page.
 * @param length what the page states it unpacks to
 * @throws ParquetFault for bytes that cannot be unpacked, or unpack to another length
 */
export function decompress(codec: Codec, packed: Uint8Array, length: number): Uint8Array {
  if (codec === 'LZO') throw new ParquetFault('it is compressed with LZO', 'write it with snappy or zstd');
  let bytes: Uint8Array;
  try {
    bytes = length === 0 ? new Uint8Array(0) : decompressors[codec](packed, length);
  } catch (cause) {
    throw new ParquetFault(`a page cannot be unpacked (${codec}: ${cause instanceof Error ? cause.message : String(cause)})`);
  }
  if (bytes.length !== length) throw new ParquetFault(`a page unpacks to ${bytes.length} bytes where it states ${length}`);
  return bytes;
}

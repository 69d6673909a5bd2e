import type { ByteCursor } from './cursor.ts';
import { ParquetFault } from './fault.ts';

/**
 * Decodes DELTA_BINARY_PACKED integers (parquet-format, Encodings.md, "Delta Encoding"): a first value, then blocks of differences from the
 * block's smallest, packed in miniblocks of a bit width each. Sums wrap at 64 bits.
 * @throws ParquetFault unless the page holds exactly `count` values
 */
export function decodeDelta(cursor: ByteCursor, count: number): BigInt64Array {
  const [blockSize, miniblocks, stated] = [Number(cursor.varint()), Number(cursor.varint()), Number(cursor.varint())];
  if (stated !== count) throw new ParquetFault(`a page has ${stated} differences where it states ${count} values`);
  const perMiniblock = blockSize / miniblocks;
  if (!Number.isInteger(perMiniblock) || perMiniblock % 8 !== 0 || perMiniblock === 0 || blockSize > 2 ** 24)
    throw new ParquetFault(`a page has ${miniblocks} miniblocks in a block of ${blockSize}`);
  const values = new BigInt64Array(count);
  let value = cursor.zigzag();
  if (count > 0) values[0] = value;
  for (let n = 1; n < count; ) {
    const least = cursor.zigzag();
    const widths = cursor.take(miniblocks);
    for (let block = 0; block < miniblocks && n < count; block++) {
      const bits = widths[block]!;
      if (bits > 64) throw new ParquetFault(`a page packs differences into ${bits} bits`);
      const packed = cursor.take((perMiniblock * bits) / 8);
      const here = Math.min(perMiniblock, count - n);
      for (let i = 0; i < here; i++) {
        value = BigInt.asIntN(64, value + least + bitsAt(packed, i * bits, bits));
        values[n + i] = value;
      }
      n += here;
    }
  }
  return values;
}

/** The unsigned integer of `bits` bits that begins at bit `from`, the lowest bit first. */
function bitsAt(packed: Uint8Array, from: number, bits: number): bigint {
  let value = 0n;
  for (let got = 0, at = from; got < bits; ) {
    const [shift, width] = [at % 8, Math.min(8 - (at % 8), bits - got)];
    value |= BigInt((packed[(at - shift) / 8]! >> shift) & ((1 << width) - 1)) << BigInt(got);
    got += width;
    at += width;
  }
  return value;
}

/** Decodes DELTA_LENGTH_BYTE_ARRAY: all lengths, then all bytes. */
export function decodeDeltaLengths(cursor: ByteCursor, count: number): readonly Uint8Array[] {
  return Array.from(decodeDelta(cursor, count), (length) => cursor.take(Number(length)));
}

/** Decodes DELTA_BYTE_ARRAY: the length of the prefix shared with the value before, and the rest. */
export function decodeDeltaBytes(cursor: ByteCursor, count: number): readonly Uint8Array[] {
  const prefixes = decodeDelta(cursor, count);
  let before = new Uint8Array(0);
  return decodeDeltaLengths(cursor, count).map((rest, i) => {
    const shared = Number(prefixes[i]);
    if (shared < 0 || shared > before.length) throw new ParquetFault('a page repeats more of a text than there is');
    const value = new Uint8Array(shared + rest.length);
    value.set(before.subarray(0, shared));
    value.set(rest, shared);
    before = value;
    return value;
  });
}

import type { ByteCursor } from './cursor.ts';
import { ParquetFault } from './fault.ts';

/** Number of bits that values up to `most` take. */
export function bitsFor(most: number): number {
  return 32 - Math.clz32(most);
}

/**
 * Decodes `count` unsigned integers of the RLE / bit-packed hybrid (parquet-format, Encodings.md, "RLE"): runs of one value, and groups of
 * eight packed ones, whose last may go beyond `count`.
 * @throws ParquetFault for bytes that end before `count` values
 */
export function decodeHybrid(cursor: ByteCursor, bits: number, count: number): Uint32Array {
  if (bits > 32) throw new ParquetFault(`a page packs values into ${bits} bits`);
  const values = new Uint32Array(count);
  for (let n = 0; n < count; ) {
    const header = Number(cursor.varint());
    const length = header % 2 === 0 ? header / 2 : ((header - 1) / 2) * 8;
    if (length === 0) throw new ParquetFault('a page has a run of no values');
    const wanted = Math.min(length, count - n);
    if (header % 2 === 0) values.fill(littleEndian(cursor.take(Math.ceil(bits / 8))), n, n + wanted);
    else unpack(cursor.take(Math.min(cursor.left, (length / 8) * bits)), bits, values, n, wanted);
    n += wanted;
  }
  return values;
}

function littleEndian(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
}

/** Unpacks values of `bits` bits each, the lowest bit first. `window` holds the next bits as a number: up to 39, so no bitwise operators. */
function unpack(packed: Uint8Array, bits: number, values: Uint32Array, from: number, count: number): void {
  if (packed.length * 8 < count * bits) throw new ParquetFault('a page ends too early');
  const size = 2 ** bits;
  let [window, held, at] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    for (; held < bits; held += 8) window += packed[at++]! * 2 ** held;
    const rest = Math.floor(window / size);
    values[from + i] = window - rest * size;
    window = rest;
    held -= bits;
  }
}

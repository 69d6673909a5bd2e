import { ParquetFault } from './fault.ts';

/** Reads the bytes of a page from front to back. */
export class ByteCursor {
  readonly bytes: Uint8Array;
  offset = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get left(): number {
    return this.bytes.length - this.offset;
  }

  /** @throws ParquetFault if fewer bytes are left, as all methods */
  take(length: number): Uint8Array {
    if (length < 0 || length > this.left) throw new ParquetFault('a page ends too early');
    this.offset += length;
    return this.bytes.subarray(this.offset - length, this.offset);
  }

  byte(): number {
    return this.take(1)[0]!;
  }

  uint32(): number {
    const [a, b, c, d] = this.take(4);
    return (a! | (b! << 8) | (c! << 16) | (d! << 24)) >>> 0;
  }

  /** Unsigned LEB128 of at most 64 bits. */
  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asUintN(64, value);
    }
    throw new ParquetFault('a page has a number of more than ten bytes');
  }

  zigzag(): bigint {
    const value = this.varint();
    return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
  }
}

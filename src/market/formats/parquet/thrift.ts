import { ParquetFault } from './fault.ts';

/** A struct of Thrift's compact protocol: values by field id. */
export type ThriftStruct = ReadonlyMap<number, ThriftValue>;
export type ThriftValue = boolean | number | bigint | Uint8Array | readonly ThriftValue[] | ThriftStruct;

/** Wire types of fields and list elements (thrift-compact-protocol.md). */
const wire = { true: 1, false: 2, byte: 3, i16: 4, i32: 5, i64: 6, double: 7, binary: 8, list: 9, set: 10, struct: 12 } as const;
/** Deepest nesting; Parquet's own is 6. */
const mostNested = 32;
const mostVarintBytes = 10;

/** Reads one struct. `offset` is behind it afterwards. Counts and lengths are checked against the bytes that are left. */
export class ThriftReader {
  readonly bytes: Uint8Array;
  offset: number;

  constructor(bytes: Uint8Array, offset = 0) {
    this.bytes = bytes;
    this.offset = offset;
  }

  /** @throws ParquetFault for anything but a whole struct. */
  struct(depth = 0): ThriftStruct {
    if (depth > mostNested) throw new ParquetFault('its metadata is nested too deeply');
    const fields = new Map<number, ThriftValue>();
    for (let id = 0; ; ) {
      const header = this.#byte();
      if (header === 0) return fields;
      const delta = header >> 4;
      id = delta === 0 ? Number(this.#zigzag()) : id + delta;
      fields.set(id, this.#value(header & 15, depth));
    }
  }

  #value(type: number, depth: number): ThriftValue {
    switch (type) {
      case wire.true:
        return true;
      case wire.false:
        return false;
      case wire.byte:
        return (this.#byte() << 24) >> 24;
      case wire.i16:
      case wire.i32:
        return Number(BigInt.asIntN(32, this.#zigzag()));
      case wire.i64:
        return this.#zigzag();
      case wire.double:
        return this.#double();
      case wire.binary:
        return this.#take(this.#length());
      case wire.list:
      case wire.set:
        return this.#list(depth + 1);
      case wire.struct:
        return this.struct(depth + 1);
      default:
        throw new ParquetFault(`its metadata has a value of the unknown type ${type}`);
    }
  }

  #list(depth: number): readonly ThriftValue[] {
    if (depth > mostNested) throw new ParquetFault('its metadata is nested too deeply');
    const header = this.#byte();
    const [type, short] = [header & 15, header >> 4];
    const size = short === 15 ? this.#length() : short;
    if (size > this.bytes.length - this.offset) throw new ParquetFault(`its metadata has a list of ${size} members in fewer bytes`);
    const isBoolean = type === wire.true || type === wire.false;
    return Array.from({ length: size }, () => (isBoolean ? this.#byte() === 1 : this.#value(type, depth)));
  }

  #byte(): number {
    const byte = this.bytes[this.offset];
    if (byte === undefined) throw new ParquetFault('its metadata ends too early');
    this.offset += 1;
    return byte;
  }

  #take(length: number): Uint8Array {
    if (length > this.bytes.length - this.offset) throw new ParquetFault('its metadata ends too early');
    this.offset += length;
    return this.bytes.subarray(this.offset - length, this.offset);
  }

  #double(): number {
    const eight = this.#take(8);
    return new DataView(eight.buffer, eight.byteOffset, 8).getFloat64(0, true);
  }

  #length(): number {
    const length = Number(this.#varint());
    if (length > this.bytes.length) throw new ParquetFault(`its metadata has a length of ${length}`);
    return length;
  }

  #varint(): bigint {
    let value = 0n;
    for (let i = 0; i < mostVarintBytes; i++) {
      const byte = this.#byte();
      value |= BigInt(byte & 127) << BigInt(7 * i);
      if (byte < 128) return value;
    }
    throw new ParquetFault('its metadata has a number of more than ten bytes');
  }

  #zigzag(): bigint {
    const value = this.#varint();
    return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
  }
}

/** Members of a struct by type; each throws `ParquetFault` if the member has another type or, without a default, is missing. */
export function numberOf(struct: ThriftStruct, id: number, otherwise?: number): number {
  const value = struct.get(id) ?? otherwise;
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw unexpected(id);
  return number;
}

export function structOf(struct: ThriftStruct, id: number): ThriftStruct {
  const value = struct.get(id);
  if (!(value instanceof Map)) throw unexpected(id);
  return value as ThriftStruct;
}

export function structsOf(struct: ThriftStruct, id: number): readonly ThriftStruct[] {
  const value = struct.get(id);
  if (!Array.isArray(value)) throw unexpected(id);
  return value.map((member: ThriftValue) => {
    if (!(member instanceof Map)) throw unexpected(id);
    return member as ThriftStruct;
  });
}

export function textOf(struct: ThriftStruct, id: number): string {
  const value = struct.get(id);
  if (!(value instanceof Uint8Array)) throw unexpected(id);
  return utf8(value);
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws ParquetFault for bytes that are not UTF-8. */
export function utf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new ParquetFault('it holds text that is not UTF-8');
  }
}

function unexpected(id: number): ParquetFault {
  return new ParquetFault(`its metadata lacks field ${id}, or has another value there`);
}

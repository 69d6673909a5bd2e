import { putText, text } from './header.ts';
import { type Field, type FieldKind, type Layout, recordHeaderBytes } from './layout.ts';
import { sendTimeBytes } from './records.ts';

/** Value of a field: 64-bit numbers are BigInt, characters and text are strings ("" for NUL). */
export type FieldValue = number | bigint | string;

/**
 * A record as an object: `rtype`, `length`, then its fields; with `unused`, in hexadecimal, where bytes that should hold nothing do, and
 * `ts_out` where the record ends with its send time.
 */
export type DbnRecord = Readonly<Record<string, FieldValue>>;

/**
 * Decodes one record for people, in the order of its layout. Columns are faster, see columns.ts.
 * @param start the record's first byte in `bytes`.
 */
export function decodeRecord(layout: Layout, bytes: Uint8Array, start: number): DbnRecord {
  const length = bytes[start]! * 4;
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, length);
  const record: Record<string, FieldValue> = { rtype: bytes[start + 1]!, length };
  for (const field of layout.fields) record[field.name] = valueAt(field, bytes, start, view);
  const unused = Buffer.concat(layout.unused.map(({ offset, bytes: room }) => bytes.subarray(start + offset, start + offset + room)));
  if (unused.some((byte) => byte !== 0)) record['unused'] = unused.toString('hex');
  if (length > layout.bytes) record['ts_out'] = view.getBigUint64(layout.bytes, true);
  return record;
}

type Codec = {
  readonly get: (view: DataView, at: number) => number | bigint;
  readonly set: (view: DataView, at: number, value: FieldValue) => void;
};

const unsigned64: Codec = {
  get: (view, at) => view.getBigUint64(at, true),
  set: (view, at, value) => view.setBigUint64(at, value as bigint, true),
};
const signed64: Codec = {
  get: (view, at) => view.getBigInt64(at, true),
  set: (view, at, value) => view.setBigInt64(at, value as bigint, true),
};

const codecs: Readonly<Record<Exclude<FieldKind, 'char' | 'text'>, Codec>> = {
  u8: { get: (view, at) => view.getUint8(at), set: (view, at, value) => view.setUint8(at, value as number) },
  i8: { get: (view, at) => view.getInt8(at), set: (view, at, value) => view.setInt8(at, value as number) },
  u16: { get: (view, at) => view.getUint16(at, true), set: (view, at, value) => view.setUint16(at, value as number, true) },
  i16: { get: (view, at) => view.getInt16(at, true), set: (view, at, value) => view.setInt16(at, value as number, true) },
  u32: { get: (view, at) => view.getUint32(at, true), set: (view, at, value) => view.setUint32(at, value as number, true) },
  i32: { get: (view, at) => view.getInt32(at, true), set: (view, at, value) => view.setInt32(at, value as number, true) },
  u64: unsigned64,
  time: unsigned64,
  i64: signed64,
  price: signed64,
};

function valueAt({ kind, offset, bytes: length }: Field, bytes: Uint8Array, start: number, view: DataView): FieldValue {
  return kind === 'char' || kind === 'text' ? text(bytes, start + offset, length) : codecs[kind].get(view, offset);
}

/**
 * Encodes a record as decodeRecord gives it.
 * @throws AssayError `data_invalid` for text that does not fit its field; TypeError for a number where a BigInt belongs.
 */
export function encodeRecord(layout: Layout, record: DbnRecord): Uint8Array {
  const sent = record['ts_out'];
  const bytes = new Uint8Array(layout.bytes + (sent === undefined ? 0 : sendTimeBytes));
  const view = new DataView(bytes.buffer);
  bytes[0] = bytes.length / 4;
  bytes[1] = Number(record['rtype'] ?? layout.rtypes[0]);
  for (const field of layout.fields) putValue(field, record[field.name]!, bytes, view);
  let unused = Buffer.from(String(record['unused'] ?? ''), 'hex');
  for (const { offset, bytes: room } of layout.unused) {
    bytes.set(unused.subarray(0, room), offset);
    unused = unused.subarray(room);
  }
  if (sent !== undefined) view.setBigUint64(layout.bytes, sent as bigint, true);
  return bytes;
}

function putValue({ kind, offset, bytes: length }: Field, value: FieldValue, bytes: Uint8Array, view: DataView): void {
  if (kind === 'char' || kind === 'text') putText(bytes, value as string, offset, length);
  else codecs[kind].set(view, offset, value);
}

/** The part of a record that every type has, for a type that is not known. */
export function decodeUnknown(bytes: Uint8Array, start: number): DbnRecord {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, recordHeaderBytes);
  return {
    rtype: view.getUint8(1),
    length: view.getUint8(0) * 4,
    publisher_id: view.getUint16(2, true),
    instrument_id: view.getUint32(4, true),
    ts_event: view.getBigUint64(8, true),
  };
}

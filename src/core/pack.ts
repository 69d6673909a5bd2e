import { AssayError } from './errors.ts';
import { canonicalJson } from './json.ts';

/**
 * Plain data as canonical JSON beside the bytes of its typed arrays: every number comes back bit for bit, NaN, infinities and -0 included.
 * In the JSON an array stands as `{ "$array": ["float64", offset, length] }`, a number that JSON lacks as `{ "$number": "NaN" }`; a key
 * that begins with `$` has one more of them. Equal values give equal bytes.
 */
export interface Packed {
  readonly json: string;
  /** Typed arrays one behind the other, each from a multiple of 8, little-endian like every platform that Node runs on here. */
  readonly bytes: Uint8Array;
}

const kinds = {
  float64: Float64Array,
  float32: Float32Array,
  int32: Int32Array,
  int16: Int16Array,
  int8: Int8Array,
  uint32: Uint32Array,
  uint16: Uint16Array,
  uint8: Uint8Array,
} as const;

type Kind = keyof typeof kinds;

const oddNumbers: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['-0', -0],
]);

/** @throws AssayError `internal` for what is no plain data: functions, dates, maps, class instances. */
export function pack(value: unknown): Packed {
  const parts: Uint8Array[] = [];
  let size = 0;
  const keep = (array: InstanceType<(typeof kinds)[Kind]>, kind: Kind): unknown => {
    const offset = size;
    const padding = (8 - (array.byteLength % 8)) % 8;
    parts.push(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), new Uint8Array(padding));
    size += array.byteLength + padding;
    return { $array: [kind, offset, array.length] };
  };
  const encode = (given: unknown, place: string): unknown => {
    if (typeof given === 'number') return plain(given) ? given : { $number: Object.is(given, -0) ? '-0' : String(given) };
    if (given === null || typeof given === 'string' || typeof given === 'boolean' || given === undefined) return given;
    if (Array.isArray(given)) return given.map((item, i) => encode(item ?? null, `${place}[${i}]`));
    if (typeof given !== 'object') throw noData(given, place);
    const kind = kindOf(given);
    if (kind !== undefined) return keep(given as InstanceType<(typeof kinds)[Kind]>, kind);
    const prototype: unknown = Object.getPrototypeOf(given);
    if (prototype !== Object.prototype && prototype !== null) throw noData(given, place);
    // In the order of the text, so that equal values have their arrays in the same order.
    const members = Object.entries(given).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(members.map(([key, member]) => [key.startsWith('$') ? `$${key}` : key, encode(member, `${place}.${key}`)]));
  };
  const json = canonicalJson(encode(value, ''));
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { json, bytes };
}

/** @throws AssayError `data_invalid` for a text that is not JSON, unknown marks, and arrays beyond the bytes. */
export function unpack({ json, bytes }: Packed): unknown {
  const decode = (given: unknown): unknown => {
    if (Array.isArray(given)) return given.map(decode);
    if (given === null || typeof given !== 'object') return given;
    const members = Object.entries(given);
    const [first] = members;
    if (members.length === 1 && first?.[0] === '$number') return oddNumber(first[1]);
    if (members.length === 1 && first?.[0] === '$array') return arrayAt(bytes, first[1]);
    return Object.fromEntries(
      members.map(([key, member]) => {
        if (key.startsWith('$') && !key.startsWith('$$')) throw damaged(`it has the mark ${key}, which has no meaning here`);
        return [key.startsWith('$$') ? key.slice(1) : key, decode(member)];
      }),
    );
  };
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    throw damaged('its text is not JSON');
  }
  return decode(parsed);
}

function plain(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0);
}

function kindOf(value: object): Kind | undefined {
  // A Buffer is a Uint8Array.
  return (Object.keys(kinds) as Kind[]).find((kind) => value instanceof kinds[kind]);
}

function oddNumber(name: unknown): number {
  const value = typeof name === 'string' ? oddNumbers.get(name) : undefined;
  if (value === undefined) throw damaged('it has a number that is none');
  return value;
}

function arrayAt(bytes: Uint8Array, mark: unknown): unknown {
  const [kind, offset, length] = Array.isArray(mark) ? (mark as unknown[]) : [];
  if (typeof kind !== 'string' || !Object.hasOwn(kinds, kind)) throw damaged('it has an array of an unknown kind');
  const Typed = kinds[kind as Kind];
  const size = Number.isSafeInteger(length) ? Number(length) * Typed.BYTES_PER_ELEMENT : Number.NaN;
  if (!Number.isSafeInteger(offset) || !(Number(offset) >= 0) || !(size >= 0) || !(Number(offset) + size <= bytes.byteLength))
    throw damaged('it has an array beyond its end');
  // A copy: the bytes need not begin where the array may.
  return new Typed(Uint8Array.from(bytes.subarray(Number(offset), Number(offset) + size)).buffer);
}

function damaged(message: string): AssayError {
  return new AssayError('data_invalid', message);
}

function noData(value: unknown, place: string): AssayError {
  const what = typeof value === 'object' && value !== null ? (value.constructor?.name ?? 'object') : typeof value;
  return new AssayError('internal', `${place.slice(1)} is a ${what}, which is no plain data`);
}

import { AssayError } from '../../core/errors.ts';
import { mixedSchema, type Schema, schemas, symbolTypes, undefinedTime } from './kinds.ts';

/** Where a symbol of the request stood for which instrument. */
export interface SymbolInterval {
  /** Dates in UTC as yyyymmdd; the end is exclusive. */
  readonly start: number;
  readonly end: number;
  /** In the file's output kind of symbols; for instrument ids, the number as text. */
  readonly symbol: string;
}

/** The metadata of a DBN file. */
export interface DbnHeader {
  readonly version: 1 | 2 | 3;
  /** E.g. GLBX.MDP3. */
  readonly dataset: string;
  /** Null for a file of several schemas. */
  readonly schema: Schema | null;
  /** Nanoseconds since the epoch in UTC. */
  readonly start: bigint;
  /** Null where the request had no end. */
  readonly end: bigint | null;
  /** Most records that were asked for; 0: all. */
  readonly limit: bigint;
  /** Kinds of symbols in and out, as in {@link symbolTypes}; 255 for a mix. */
  readonly stypeIn: number;
  readonly stypeOut: number;
  /** Every record ends with the time at which it was sent. */
  readonly tsOut: boolean;
  /** Bytes of each symbol. */
  readonly symbolLength: number;
  readonly symbols: readonly string[];
  readonly partial: readonly string[];
  readonly notFound: readonly string[];
  readonly mappings: readonly { readonly symbol: string; readonly intervals: readonly SymbolInterval[] }[];
}

/** Bytes before the length's count begins: the magic, the version and the length. */
export const prefixBytes = 8;
/** Bytes of what every header has, and of the length of a schema definition behind it. */
const fixedBytes = 100;
const definitionBytes = 4;
/** Largest header taken for real: a file of every option of a day has some 200 MB. */
const mostHeaderBytes = 2 ** 29;
const shortSymbol = 22;

/**
 * The length of the header after its first eight bytes.
 * @throws AssayError `data_invalid` for a version above 3 or an absurd length.
 */
export function headerLength(prefix: Uint8Array, place: string): number {
  const version = prefix[3]!;
  if (version < 1 || version > 3)
    throw new AssayError('data_invalid', `the file is of DBN version ${version}; versions 1 to 3 can be read`, {
      place,
      hint: 'download it again as version 3, or convert it with the dbn command of its maker',
    });
  const length = new DataView(prefix.buffer, prefix.byteOffset).getUint32(4, true);
  if (length < fixedBytes + definitionBytes || length > mostHeaderBytes) throw damaged(`its header has ${length} bytes`, place);
  return length;
}

/**
 * Decodes a header.
 * @param bytes the whole header, with its first eight bytes.
 * @throws AssayError `data_invalid` where it ends early, has an unknown schema, or counts more symbols than it holds.
 */
export function decodeHeader(bytes: Uint8Array, place: string): DbnHeader {
  const version = bytes[3] as 1 | 2 | 3;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const shift = version === 1 ? 8 : 0;
  const schema = view.getUint16(24, true);
  if (schema !== mixedSchema && schemas[schema] === undefined) throw damaged(`it names the unknown schema ${schema}`, place);
  const end = view.getBigUint64(34, true);
  const symbolLength = version === 1 ? shortSymbol : view.getUint16(53, true);
  if (symbolLength === 0) throw damaged('its symbols have no length', place);
  if (view.getUint32(prefixBytes + fixedBytes, true) !== 0) throw damaged('its header declares a schema definition', place);

  let at = prefixBytes + fixedBytes + definitionBytes;
  const claim = (length: number): number => {
    const from = at;
    at += length;
    if (at > bytes.length) throw damaged('its header ends inside a list of symbols', place);
    return from;
  };
  const count = (least: number): number => {
    const n = view.getUint32(claim(4), true);
    if (n * least > bytes.length - at) throw damaged(`its header counts ${n} entries where there is no room for them`, place);
    return n;
  };
  const symbol = (): string => text(bytes, claim(symbolLength), symbolLength);
  const list = <T>(least: number, read: () => T): T[] => Array.from({ length: count(least) }, read);
  const interval = (): SymbolInterval => ({ start: view.getUint32(claim(4), true), end: view.getUint32(claim(4), true), symbol: symbol() });

  const [symbols, partial, notFound] = [list(symbolLength, symbol), list(symbolLength, symbol), list(symbolLength, symbol)];
  const mappings = list(symbolLength + 4, () => ({ symbol: symbol(), intervals: list(symbolLength + 8, interval) }));
  return {
    version,
    dataset: text(bytes, 8, 16),
    schema: schema === mixedSchema ? null : schemas[schema]!,
    start: view.getBigUint64(26, true),
    end: end === undefinedTime ? null : end,
    limit: view.getBigUint64(42, true),
    stypeIn: view.getUint8(50 + shift),
    stypeOut: view.getUint8(51 + shift),
    tsOut: view.getUint8(52 + shift) === 1,
    symbolLength,
    symbols,
    partial,
    notFound,
    mappings,
  };
}

/** Encodes a header. Its length is a multiple of eight in version 3, as that version asks. */
export function encodeHeader(header: DbnHeader): Uint8Array {
  const { version, symbolLength } = header;
  const lists = [header.symbols, header.partial, header.notFound];
  const mapped = header.mappings.reduce((sum, { intervals }) => sum + symbolLength + 4 + intervals.length * (8 + symbolLength), 0);
  const used = fixedBytes + definitionBytes + lists.reduce((sum, each) => sum + 4 + each.length * symbolLength, 0) + 4 + mapped;
  const length = version === 3 ? Math.ceil(used / 8) * 8 : used;
  const bytes = new Uint8Array(prefixBytes + length);
  const view = new DataView(bytes.buffer);
  const put = (value: string, at: number, room: number): void => putText(bytes, value, at, room);
  const shift = version === 1 ? 8 : 0;

  put('DBN', 0, 3);
  view.setUint8(3, version);
  view.setUint32(4, length, true);
  put(header.dataset, 8, 16);
  view.setUint16(24, header.schema === null ? mixedSchema : schemas.indexOf(header.schema), true);
  view.setBigUint64(26, header.start, true);
  view.setBigUint64(34, header.end ?? undefinedTime, true);
  view.setBigUint64(42, header.limit, true);
  if (version === 1) view.setBigUint64(50, undefinedTime, true); // the obsolete number of records: unknown
  view.setUint8(50 + shift, header.stypeIn);
  view.setUint8(51 + shift, header.stypeOut);
  view.setUint8(52 + shift, header.tsOut ? 1 : 0);
  if (version > 1) view.setUint16(53, symbolLength, true);

  let at = prefixBytes + fixedBytes + definitionBytes;
  const number = (value: number): void => {
    view.setUint32(at, value, true);
    at += 4;
  };
  const symbol = (value: string): void => {
    put(value, at, symbolLength);
    at += symbolLength;
  };
  for (const each of lists) {
    number(each.length);
    each.forEach(symbol);
  }
  number(header.mappings.length);
  for (const { symbol: name, intervals } of header.mappings) {
    symbol(name);
    number(intervals.length);
    for (const one of intervals) {
      number(one.start);
      number(one.end);
      symbol(one.symbol);
    }
  }
  return bytes;
}

/** The name of a kind of symbols, e.g. "raw_symbol". */
export function symbolTypeName(stype: number): string {
  return symbolTypes[stype] ?? (stype === 255 ? 'mixed' : String(stype));
}

/** Text of one byte a character up to the first NUL. */
export function text(bytes: Uint8Array, from: number, length: number): string {
  const end = bytes.subarray(from, from + length).indexOf(0);
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, end === -1 ? length : end).toString('latin1');
}

/** Writes text padded with NUL. @throws AssayError `data_invalid` where it does not fit, or is not of one byte a character. */
export function putText(bytes: Uint8Array, value: string, at: number, room: number): void {
  const encoded = Buffer.from(value, 'latin1');
  if (encoded.length > room || encoded.toString('latin1') !== value)
    throw new AssayError('data_invalid', `${JSON.stringify(value)} does not fit ${room} bytes of DBN text`);
  bytes.fill(0, at, at + room);
  bytes.set(encoded, at);
}

function damaged(what: string, place: string): AssayError {
  return new AssayError('data_invalid', `the file cannot be read as DBN: ${what}`, {
    place,
    hint: 'the file is damaged or truncated: download it again',
  });
}

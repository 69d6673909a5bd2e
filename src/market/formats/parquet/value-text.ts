import { ParquetFault } from './fault.ts';
import type { ParquetColumn } from './metadata.ts';
import { quoted } from './quoted.ts';
import { utf8 } from './thrift.ts';
import type { TimeUnit } from './value-kind.ts';
import type { StoredValues } from './values.ts';

type Stored = number | bigint | Uint8Array;

/**
 * Returns the texts of values as a CSV file would have them, exact in both directions: numbers with a point or exponent where they are
 * stored as floating point, whole numbers in digits, times in ISO 8601 with nine digits (with a Z only where the file says that they are
 * UTC). Texts are quoted where they hold separators.
 * @throws ParquetFault for text that is not UTF-8, and for a time beyond what a date can hold
 */
export function textsOf(column: ParquetColumn, values: StoredValues): string[] {
  const toText = textFunction(column) as (value: Stored) => string;
  const texts = new Array<string>(values.length);
  for (let i = 0; i < values.length; i++) texts[i] = toText(values[i]!);
  return texts;
}

function textFunction({ name, type, typeLength, kind }: ParquetColumn): (value: never) => string {
  switch (kind.kind) {
    case 'text':
      if (type !== 'BYTE_ARRAY' && type !== 'FIXED_LEN_BYTE_ARRAY') throw unreadable(name, `text stored as ${type}`);
      return (bytes: Uint8Array) => quoted(utf8(bytes));
    case 'date':
      if (type !== 'INT32') throw unreadable(name, `dates stored as ${type}`);
      return (days: number) => isoOf(BigInt(days) * 86_400_000n, name).slice(0, 10);
    case 'timestamp':
      return timestampText(name, type, kind.unit, kind.isUtc ? 'Z' : '');
    case 'time':
      if (type !== 'INT32' && type !== 'INT64') throw unreadable(name, `times stored as ${type}`);
      return (value: number | bigint) => instantText(BigInt(value), kind.unit, name).slice(11);
    case 'decimal':
      if (kind.scale < 0 || kind.scale > mostDigits) throw unreadable(name, `decimals of ${kind.scale} places`);
      return (value: Stored) => decimalText(value instanceof Uint8Array ? bigEndian(value) : BigInt(value), kind.scale);
    case 'unsigned':
      if (type !== 'INT32' && type !== 'INT64') throw unreadable(name, `whole numbers stored as ${type}`);
      return (value: number | bigint) => String(BigInt.asUintN(type === 'INT32' ? 32 : 64, BigInt(value)));
    case 'half':
      if (type !== 'FIXED_LEN_BYTE_ARRAY' || typeLength !== 2) throw unreadable(name, `half floats stored as ${type}`);
      return (bytes: Uint8Array) => floatText(halfOf(bytes));
    case 'plain':
      return plainText(name, type);
  }
}

function plainText(name: string, type: ParquetColumn['type']): (value: never) => string {
  if (type === 'DOUBLE' || type === 'FLOAT') return floatText;
  if (type === 'BOOLEAN') return (value: number) => (value === 1 ? 'true' : 'false');
  if (type === 'INT32' || type === 'INT64') return (value: number | bigint) => String(value);
  if (type === 'FIXED_LEN_BYTE_ARRAY') return (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  throw unreadable(name, `values of type ${type}`);
}

/** Always with a point or an exponent, so that no reader takes it for a whole number in another unit; the sign of -0 is kept. */
function floatText(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** Of the largest decimal type in use (Decimal256). */
const mostDigits = 76;

const julianEpochDay = 2_440_588n;

function timestampText(name: string, type: ParquetColumn['type'], unit: TimeUnit, zone: string): (value: never) => string {
  if (type === 'INT64') return (value: bigint) => instantText(value, unit, name) + zone;
  if (type !== 'INT96') throw unreadable(name, `times stored as ${type}`);
  return (bytes: Uint8Array) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, 12);
    const days = BigInt(view.getUint32(8, true)) - julianEpochDay;
    return instantText(days * 86_400_000_000_000n + view.getBigInt64(0, true), 'ns', name) + zone;
  };
}

const perMs = { ms: 1n, us: 1000n, ns: 1_000_000n } as const;
const digits = { ms: 0, us: 3, ns: 6 } as const;

/** `2018-02-16T14:30:00.000000000`. */
function instantText(value: bigint, unit: TimeUnit, name: string): string {
  const scale = perMs[unit];
  // Rounds down, also before 1970.
  const ms = (value - (((value % scale) + scale) % scale)) / scale;
  const rest = String(value - ms * scale).padStart(digits[unit], '0');
  return (isoOf(ms, name) + (digits[unit] === 0 ? '' : rest)).padEnd(29, '0');
}

function isoOf(ms: bigint, name: string): string {
  if (ms < -62_167_219_200_000n || ms > 253_402_300_799_999n) throw unreadable(name, 'a time outside of the years 0 to 9999');
  return new Date(Number(ms)).toISOString().slice(0, -1);
}

function bigEndian(bytes: Uint8Array): bigint {
  const value = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return BigInt.asIntN(8 * bytes.length, value);
}

function decimalText(unscaled: bigint, scale: number): string {
  if (scale === 0) return String(unscaled);
  const text = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  return `${unscaled < 0n ? '-' : ''}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}

/** IEEE 754 binary16. */
function halfOf(bytes: Uint8Array): number {
  const bits = bytes[0]! | (bytes[1]! << 8);
  const sign = bits >> 15 === 1 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * 2 ** -24 * fraction : sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}

function unreadable(name: string, what: string): ParquetFault {
  return new ParquetFault(`its column ${JSON.stringify(name)} has ${what}`, 'write it as a number, a text or a timestamp');
}

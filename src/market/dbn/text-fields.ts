import { ParquetFault } from '../formats/parquet/fault.ts';
import { dayMs } from '../local-time.ts';
import { priceScale, undefinedPrice, undefinedTime } from './kinds.ts';
import type { Field } from './layout.ts';

/** Writes the value that a text stands for into the record that begins at `start`. */
type TextSetter = (view: DataView, start: number, text: string) => void;

/** @throws ParquetFault, the setter, for a text that is no value of the field. */
export function textSetter({ name, kind, offset }: Field): TextSetter {
  const whole = (text: string, least: number, most: number): number => {
    const value = text === '' ? 0 : Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new ParquetFault(`${JSON.stringify(text)} is no value of its column ${name}`);
  };
  switch (kind) {
    case 'u8':
      return (view, start, text) => view.setUint8(start + offset, whole(text, 0, 0xff));
    case 'u16':
      return (view, start, text) => view.setUint16(start + offset, whole(text, 0, 0xffff), true);
    case 'u32':
      return (view, start, text) => view.setUint32(start + offset, whole(text, 0, 0xffff_ffff), true);
    case 'i32':
      return (view, start, text) => view.setInt32(start + offset, whole(text, -0x8000_0000, 0x7fff_ffff), true);
    case 'u64':
      return (view, start, text) => view.setBigUint64(start + offset, digitsOf(text, name), true);
    case 'time':
      return (view, start, text) => view.setBigUint64(start + offset, text === '' ? undefinedTime : nsOf(text), true);
    case 'price':
      return priceSetter(name, offset);
    case 'char':
      return (view, start, text) => {
        if (text.length > 1 || text.charCodeAt(0) > 127)
          throw new ParquetFault(`${JSON.stringify(text)} is no value of its column ${name}`);
        view.setUint8(start + offset, text === '' ? 0 : text.charCodeAt(0));
      };
    case 'i8':
    case 'i16':
    case 'i64':
    case 'text':
      throw new ParquetFault(`its column ${name} cannot be read as ${kind}`);
  }
}

/** Largest whole number that float64 holds exactly: a price of nine million. */
const mostExact = 2 ** 53;

/** A price with a point is decimal, one of digits alone counts units of 1e-9. Texts of neighbouring rows are often equal. */
function priceSetter(name: string, offset: number): TextSetter {
  let [last, low, high] = ['?', 0, 0];
  return (view, start, text) => {
    if (text !== last) {
      const value = unitsOf(text, name);
      last = text;
      low = Number(BigInt.asUintN(32, value));
      high = Number(BigInt.asIntN(32, value >> 32n));
    }
    view.setUint32(start + offset, low, true);
    view.setInt32(start + offset + 4, high, true);
  };
}

function unitsOf(text: string, name: string): bigint {
  if (text === '' || text === 'NaN') return undefinedPrice;
  if (/^-?\d+$/.test(text)) return BigInt.asIntN(64, BigInt(text));
  // Exact: a decimal price of up to nine places differs from the nearest float64 by far less than half a unit.
  const units = Math.round(Number(text) * priceScale);
  if (!(Math.abs(units) < mostExact))
    throw new ParquetFault(`${JSON.stringify(text)} is no price of its column ${name} that could be used`);
  return BigInt(units);
}

function digitsOf(text: string, name: string): bigint {
  if (text === '') return 0n;
  if (!/^\d{1,20}$/.test(text)) throw new ParquetFault(`${JSON.stringify(text)} is no value of its column ${name}`);
  return BigInt.asUintN(64, BigInt(text));
}

const isoTime = /^(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z$/;
let [lastDay, lastDayMs] = ['', 0];

/** Nanoseconds since 1970 of an ISO time in UTC, or of digits. @throws ParquetFault for another text. */
export function nsOf(text: string): bigint {
  if (/^\d{1,20}$/.test(text)) return BigInt.asUintN(64, BigInt(text));
  const parts = isoTime.exec(text);
  if (parts === null)
    throw new ParquetFault(`${JSON.stringify(text)} is no time in UTC`, 'write times as timestamps in UTC, or as whole nanoseconds');
  const [, day, hour, minute, second, fraction = ''] = parts as unknown as [string, string, string, string, string, string?];
  if (day !== lastDay) [lastDay, lastDayMs] = [day, Date.parse(`${day}T00:00:00Z`)];
  const seconds = lastDayMs / 1000 + 3600 * Number(hour) + 60 * Number(minute) + Number(second);
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
}

/** Date of a time in UTC, 2024-01-02; "" for an undefined one. */
export function dayOf(text: string): string {
  if (text === '') return '';
  return /^\d+$/.test(text) ? new Date(Number(BigInt(text) / 1_000_000n)).toISOString().slice(0, 10) : text.slice(0, 10);
}

export function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + dayMs).toISOString().slice(0, 10);
}

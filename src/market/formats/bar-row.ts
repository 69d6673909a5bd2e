import { AssayError } from '../../core/errors.ts';
import { minuteMs, type ZoneClock, zoneClock } from '../local-time.ts';
import { isOhlcConsistent } from '../quality.ts';
import type { LabelTable } from './extra-fields.ts';
import type { ValueFields } from './header.ts';
import { fixedPointAt, numberAt } from './numbers.ts';
import type { OrderedBars } from './ordered-bars.ts';
import type { Reading } from './reading.ts';
import { fieldText, type Row } from './rows.ts';
import { readStamp, type Stamp } from './stamps.ts';

/** Parses the bars of rows. Errors name the column; the caller adds file and line. */
export interface BarReader {
  /** Epoch milliseconds of a row's stamp; of dates alone, and of stamps whose zone is not known yet, as if the clock showed UTC. */
  readonly time: (row: Row) => number;
  /** True if the row has none of a symbol's values. */
  readonly isEmpty: (row: Row, side: ValueFields) => boolean;
  /** Adds the bar. @throws AssayError `data_invalid` for an unreadable number, a price that is not positive, high or low that do not enclose open and close, a negative volume. */
  readonly push: (row: Row, side: ValueFields, timeMs: number, target: Pick<OrderedBars, 'push'>) => void;
}

/** @param labels numbers the texts of columns of labels. */
export function createBarReader(reading: Reading, labels: LabelTable): BarReader {
  return {
    time: createTimeReader(reading),
    isEmpty: (row, side) =>
      [side.open, side.high, side.low, side.close].every(
        (field) => row.start[field]! >= row.end[field]! || fieldText(row, field) === 'NaN',
      ),
    push: createBarPusher(reading, labels),
  };
}

function createBarPusher({ numbers, fixedPoint, fields }: Reading, labels: LabelTable): BarReader['push'] {
  const bad = (row: Row, field: number, column: string): AssayError => {
    const text = field >= row.n ? '' : fieldText(row, field);
    const hint = text.includes(',')
      ? 'a decimal comma is declared by --decimal comma; a comma that groups thousands by --decimal point'
      : 'correct the line or remove it';
    return new AssayError('data_invalid', `${JSON.stringify(text)} is not a number`, { place: `column ${column}`, hint });
  };
  const priceOf = (row: Row, field: number, column: string): number => {
    const [start, end] = [row.start[field]!, row.end[field]!];
    const value = fixedPoint ? fixedPointAt(row.bytes, start, end) : numberAt(row.bytes, start, end, numbers);
    if (Number.isFinite(value)) return value;
    throw bad(row, field, column);
  };
  const volumeOf = (row: Row, volumes: readonly number[]): number => {
    let sum = 0;
    for (const field of volumes) {
      const value = numberAt(row.bytes, row.start[field]!, row.end[field]!, numbers);
      if (!Number.isFinite(value)) throw bad(row, field, 'volume');
      if (value < 0)
        throw new AssayError('data_invalid', `the volume ${value} is negative`, {
          place: 'column volume',
          hint: 'correct the line or remove it',
        });
      sum += value;
    }
    return sum;
  };
  const extra = new Float64Array(fields.extra.length);
  /** A number, or NaN for an empty field and for "NaN". */
  const extraOf = (row: Row, field: number, column: string): number => {
    const [start, end] = [row.start[field]!, row.end[field]!];
    const value = start >= end ? Number.NaN : numberAt(row.bytes, start, end, numbers);
    if (Number.isFinite(value) || start >= end || fieldText(row, field) === 'NaN') return value;
    throw bad(row, field, column);
  };
  const labelOf = (row: Row, field: number): number =>
    row.start[field]! >= row.end[field]! ? Number.NaN : labels.numberOf(fieldText(row, field));
  return (row, side, timeMs, target) => {
    const open = priceOf(row, side.open, 'open');
    const high = priceOf(row, side.high, 'high');
    const low = priceOf(row, side.low, 'low');
    const close = priceOf(row, side.close, 'close');
    const volume = volumeOf(row, side.volume);
    if (!isOhlcConsistent(open, high, low, close))
      throw new AssayError('data_invalid', `open ${open}, high ${high}, low ${low} and close ${close} are inconsistent`, {
        hint: `prices must be positive, high the largest and low the smallest of the four; check the columns (open is ${fields.names[side.open]}, close is ${fields.names[side.close]})`,
      });
    for (let k = 0; k < extra.length; k++) {
      const { field, name, isLabel } = fields.extra[k]!;
      extra[k] = isLabel === true ? labelOf(row, field) : extraOf(row, field, name);
    }
    target.push(row.line, timeMs, open, high, low, close, volume, extra);
  };
}

/** Reads times, all of the kind of the first one. Local times become UTC where the zone is known. */
function createTimeReader(reading: Reading): BarReader['time'] {
  const { stampKind, zone } = reading;
  const dates = reading.dates === 'open' ? null : reading.dates;
  const [first, second] = reading.fields.stamp as [number, number | undefined];
  const clocks = new Map<string, ZoneClock>();
  const clockOf = (name: string): ZoneClock => {
    const clock = clocks.get(name) ?? zoneClock(name);
    clocks.set(name, clock);
    return clock;
  };
  const local = stampKind === 'local' && zone !== null ? clockOf(zone) : null;
  let beforeMs = Number.NaN;
  /** 1 if the rows ascend, -1 if they descend, 0 before the second one. */
  let direction = 0;

  /** UTC of a local time. Where the clock was put back, that of the two instants that goes on in the order of the rows, the closer one first. */
  const utcOf = (clock: ZoneClock, localMs: number, text: () => string, name: string): number => {
    const utcMs = clock.utcMsOf(localMs);
    if (utcMs === null)
      throw new AssayError('data_invalid', `${JSON.stringify(text())} does not exist in the local time of ${name}`, {
        place: 'column datetime',
        hint: 'the clock was put forward over this time: declare the correct --zone',
      });
    const laterMs = utcMs + hourMs;
    const goesOn = (ms: number): boolean => (direction === 0 ? ms !== beforeMs : (ms - beforeMs) * direction > 0);
    const isCloser = Math.abs(laterMs - beforeMs) < Math.abs(utcMs - beforeMs);
    const wantsLater = goesOn(laterMs) && (isCloser || !goesOn(utcMs)) && clock.localMsOf(laterMs) === localMs;
    const nowMs = wantsLater ? laterMs : utcMs;
    if (direction === 0 && nowMs !== beforeMs && !Number.isNaN(beforeMs)) direction = Math.sign(nowMs - beforeMs);
    beforeMs = nowMs;
    return beforeMs;
  };
  const textOf = (row: Row): string =>
    second === undefined ? fieldText(row, first) : `${fieldText(row, first)} ${fieldText(row, second)}`;
  const slow = (row: Row): number => {
    const text = textOf(row);
    const stamp = readStamp(text, dates);
    if ('problem' in stamp) throw new AssayError('data_invalid', stamp.problem, { place: 'column datetime', hint: stamp.hint });
    if (stamp.kind !== stampKind) throw otherKind(text, stamp, stampKind);
    if (stamp.zone !== undefined) return utcOf(clockOf(stamp.zone), stamp.ms, () => text, stamp.zone);
    return local === null ? stamp.ms : utcOf(local, stamp.ms, () => text, zone!);
  };
  const fast = createFastClock(stampKind, second !== undefined);
  return (row) => {
    const ms = fast(row, first, second ?? first);
    if (Number.isNaN(ms)) return slow(row);
    return local === null ? ms : utcOf(local, ms, () => textOf(row), zone!);
  };
}

const hourMs = 3_600_000;

function otherKind(text: string, stamp: Stamp, before: string): AssayError {
  const named = (kind: string): string =>
    kind === 'local'
      ? 'a time without an offset'
      : kind === 'offset'
        ? 'a time with an offset'
        : kind === 'date'
          ? 'a date without a time'
          : kind;
  return new AssayError('data_invalid', `${JSON.stringify(text)} is ${named(stamp.kind)}, and the rows before have ${named(before)}`, {
    place: 'column datetime',
    hint: 'all stamps of a file need one form: correct the line, or give the parts as files of their own',
  });
}

/**
 * Times of the most common forms, without a text: 2018-02-16 09:30[:00] in one field or two, and whole numbers since the epoch. NaN for
 * every other form.
 */
function createFastClock(kind: Reading['stampKind'], isSplit: boolean): (row: Row, first: number, second: number) => number {
  let [midnight, key] = [Number.NaN, -1];
  const dateAt = (bytes: Buffer, at: number): number => {
    const now = (digitsAt(bytes, at, 4) * 100 + digitsAt(bytes, at + 5, 2)) * 100 + digitsAt(bytes, at + 8, 2);
    if (now === key) return midnight;
    const stamp = readStamp(bytes.toString('latin1', at, at + 10), null);
    if (Number.isNaN(now) || 'problem' in stamp) return Number.NaN;
    [midnight, key] = [stamp.ms, now];
    return midnight;
  };
  const clockAt = (bytes: Buffer, at: number, end: number): number => {
    const length = end - at;
    if (length !== 5 && length !== 8) return Number.NaN;
    if (bytes[at + 2] !== colon || (length === 8 && bytes[at + 5] !== colon)) return Number.NaN;
    const hour = digitsAt(bytes, at, 2);
    const minute = digitsAt(bytes, at + 3, 2);
    const second = length === 8 ? digitsAt(bytes, at + 6, 2) : 0;
    return hour <= 23 && minute <= 59 && second <= 59 ? hour * hourMs + minute * minuteMs + second * 1000 : Number.NaN;
  };
  if (kind === 'local')
    return (row, first, second) => {
      const { bytes } = row;
      const start = row.start[first]!;
      const end = row.end[first]!;
      if (bytes[start + 4] !== dash || bytes[start + 7] !== dash) return Number.NaN;
      if (isSplit) return end - start === 10 ? dateAt(bytes, start) + clockAt(bytes, row.start[second]!, row.end[second]!) : Number.NaN;
      const between = bytes[start + 10];
      if (between !== 32 && between !== 84) return Number.NaN;
      return dateAt(bytes, start) + clockAt(bytes, start + 11, end);
    };
  const scale = { 'epoch seconds': 10, 'epoch milliseconds': 13, 'epoch microseconds': 16, 'epoch nanoseconds': 19 }[kind as string];
  if (scale === undefined || isSplit) return () => Number.NaN;
  return (row, first) => {
    const start = row.start[first]!;
    if (row.end[first]! - start !== scale) return Number.NaN;
    // All digits are looked at, so that the slow way refuses what is none.
    for (let at = start + 13; at < start + scale; at++) if (row.bytes[at]! < 48 || row.bytes[at]! > 57) return Number.NaN;
    return scale === 10 ? digitsAt(row.bytes, start, 10) * 1000 : digitsAt(row.bytes, start, 13);
  };
}

const dash = 45;
const colon = 58;

/** The number of some digits; NaN if one of them is none. */
function digitsAt(bytes: Buffer, at: number, n: number): number {
  let value = 0;
  for (let i = at; i < at + n; i++) {
    const digit = bytes[i]! - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

import { AssayError } from '../../core/errors.ts';
import { dayMs } from '../local-time.ts';

/** Days since 1970-01-01 of a date, `2024-01-02`. @throws AssayError `usage` for a text that is no date. */
export function dayOfDate(date: string): number {
  const ms = /^\d{4}-\d\d-\d\d$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(ms) || dateOfDay(ms / dayMs) !== date)
    throw new AssayError('usage', `${JSON.stringify(date)} is no date`, { hint: 'write year, month and day: 2024-01-02' });
  return ms / dayMs;
}

/** The date of a day that is counted from 1970-01-01. */
export function dateOfDay(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

/** Day of the week, 0 for Sunday. */
export function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7; // day 0, 1970-01-01, was a Thursday
}

/** True from Monday to Friday. */
export function isWeekday(day: number): boolean {
  return weekdayOf(day) % 6 !== 0;
}

/** The n-th weekday (0: Sunday) of a month (1 to 12); n = -1 is the last one. */
export function nthWeekday(year: number, month: number, weekday: number, n: number): number {
  const first = Date.UTC(year, month - 1, 1) / dayMs;
  const fifth = first + ((weekday - weekdayOf(first) + 7) % 7) + 28;
  if (n > 0) return fifth + 7 * (n - 5);
  return fifth < Date.UTC(year, month, 1) / dayMs ? fifth : fifth - 7;
}

/** Easter Sunday of the Gregorian calendar (Meeus, Astronomical Algorithms, chapter 8). */
export function easterSunday(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return Date.UTC(year, Math.floor(n / 31) - 1, (n % 31) + 1) / dayMs;
}

import { AssayError } from '../../core/errors.ts';
import { dayMs, minuteMs } from '../local-time.ts';

const [shortestMs, longestMs] = [5000, dayMs];
/** Steps from here on are whole days: a change of the clock makes them an hour shorter or longer. */
const nearlyDayMs = 20 * 60 * minuteMs;
/** Least share of the steps within a day that are one bar long. */
const leastShare = 0.5;

/** Times of the bars of one file, in ascending order. */
export interface TimedPart {
  readonly path: string;
  readonly time: Float64Array;
}

/**
 * The length of the bars: the step that occurs most often.
 * @throws AssayError `data_invalid` where files disagree, where fewer than half of the steps within a day are of this length, and below
 * 5 seconds or above 1 day.
 */
export function barLengthOf(parts: readonly TimedPart[]): number {
  const lengths = parts.flatMap((part) => {
    const length = commonStep(part);
    return length === null ? [] : [{ path: part.path, length }];
  });
  const [first] = lengths;
  if (first === undefined)
    throw new AssayError('data_invalid', 'one bar alone does not show its length', {
      ...(parts[0] === undefined ? {} : { place: parts[0].path }),
      hint: 'declare it: --bar 1m',
    });
  const other = lengths.find(({ length }) => length !== first.length);
  if (other !== undefined)
    throw new AssayError(
      'data_invalid',
      `the bars are ${lengthText(first.length)} long in ${first.path} and ${lengthText(other.length)} here`,
      {
        place: other.path,
        hint: 'import files with bars of one length together; where bars are missing so often that the length does not show, declare it: --bar 1m',
      },
    );
  return first.length;
}

/** The most frequent step of one file; null if it has none. */
function commonStep({ path, time }: TimedPart): number | null {
  const counts = new Map<number, number>();
  let withinDay = 0;
  for (let row = 1; row < time.length; row++) {
    const step = time[row]! - time[row - 1]!;
    if (step < nearlyDayMs) withinDay++;
    const length = step >= nearlyDayMs ? dayMs * Math.round(step / dayMs) : step;
    counts.set(length, (counts.get(length) ?? 0) + 1);
  }
  if (counts.size === 0) return null;
  const [length, n] = [...counts].reduce((best, one) => (one[1] > best[1] || (one[1] === best[1] && one[0] < best[0]) ? one : best));
  if (length < shortestMs || length > longestMs)
    throw new AssayError('data_invalid', `the bars are ${lengthText(length)} long`, {
      place: path,
      hint: `bars of 5 seconds to 1 day can be imported${length < shortestMs ? ': aggregate these first' : ''}`,
    });
  if (length < dayMs && n < leastShare * withinDay)
    throw new AssayError(
      'data_invalid',
      `the bars have no common length: ${n} of ${withinDay} steps within a day are ${lengthText(length)} long`,
      {
        place: path,
        hint: 'if bars without trades are missing, declare the length: --bar 1m',
      },
    );
  return length;
}

/** `5m` in milliseconds. @throws AssayError `usage` for anything but a number of seconds, minutes, hours or days in range. */
export function parseBarLength(text: string): number {
  const parts = /^(\d+)(s|m|min|h|d)$/.exec(text);
  const unit = { s: 1000, m: minuteMs, min: minuteMs, h: 60 * minuteMs, d: dayMs }[parts?.[2] ?? 's']!;
  const ms = Number(parts?.[1]) * unit;
  if (ms >= shortestMs && ms <= longestMs) return ms;
  throw new AssayError('usage', `${JSON.stringify(text)} is no length of bars`, { hint: 'from 5 s to 1 d: --bar 10s, 1m, 5m, 1h or 1d' });
}

/** `5 min` of 300,000 ms. */
export function lengthText(ms: number): string {
  for (const [unitMs, unit] of [
    [dayMs, 'd'],
    [60 * minuteMs, 'h'],
    [minuteMs, 'min'],
    [1000, 's'],
  ] as const)
    if (ms % unitMs === 0) return `${ms / unitMs} ${unit}`;
  return `${ms} ms`;
}

/**
 * Checks that the bars of a session lie on a grid of their length.
 * @param sessionOf the open of a row's session, and its close.
 * @throws AssayError `data_invalid` at the first bar that does not.
 */
export function checkGrid(
  time: Float64Array,
  barMs: number,
  sessionOf: (row: number) => { readonly openMs: number; readonly closeMs: number } | null,
  placeOf: (row: number) => string,
): void {
  const gridMs = Math.min(barMs, minuteMs);
  for (let row = 0; row < time.length; row++) {
    const [session, before] = [sessionOf(row), row === 0 ? null : sessionOf(row - 1)];
    const step = session !== null && session.openMs === before?.openMs ? time[row]! - time[row - 1]! : barMs;
    const isAuction = session?.closeMs === time[row];
    if (barMs === dayMs || isAuction || (time[row]! % gridMs === 0 && step % barMs === 0)) continue;
    const isLastMoment = time[row]! % 1000 === 999;
    throw new AssayError(
      'data_invalid',
      `the bar at ${new Date(time[row]!).toISOString()} is off the grid of bars of ${lengthText(barMs)}`,
      {
        place: placeOf(row),
        hint: isLastMoment
          ? 'the time looks like the last moment of each bar: --stamp end'
          : 'check that these are bars of one length and of one symbol; another length is declared by --bar 1m',
      },
    );
  }
}

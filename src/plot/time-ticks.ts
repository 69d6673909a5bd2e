import { type Domain, linearTicks } from './ticks.ts';

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];

/** Steps that divide the next larger unit, in milliseconds; weeks begin on Mondays. */
const fixedSteps: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * second),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
  ...[1, 2, 3, 6, 12].map((n) => n * hour),
  ...[1, 2, 7].map((n) => n * day),
];
const monthSteps: readonly number[] = [1, 2, 3, 6];
const meanMonth = 30.436875 * day;
const meanYear = 12 * meanMonth;
/** 1970-01-05, a Monday. */
const firstMonday = 4 * day;
/** The last instant that a date can name; before it the same below zero (ECMA-262, Time Values and Time Range). */
const latestMs = 8.64e15;

/** At most about `most` round instants (UTC) in milliseconds since 1970, rising. What lies beyond the calendar has no tick. */
export function timeTicks([from, to]: Domain, most = 6): readonly number[] {
  const [low, high] = [Math.max(from, -latestMs), Math.min(to, latestMs)];
  if (low >= high) return low === high ? [low] : [];
  const rough = (high - low) / most;
  if (rough < second / 2) return linearTicks([low, high], most).filter(Number.isInteger);
  const fixed = fixedSteps.find((step) => step >= rough);
  if (fixed !== undefined) {
    const offset = fixed === 7 * day ? firstMonday : 0;
    const ticks: number[] = [];
    for (let at = Math.ceil((low - offset) / fixed) * fixed + offset; at <= high; at += fixed) ticks.push(at);
    return ticks;
  }
  const months = monthSteps.find((n) => n * meanMonth >= rough);
  if (months !== undefined) return calendarTicks([low, high], months);
  const years = rough / meanYear;
  const scale = 10 ** Math.floor(Math.log10(Math.max(1, years)));
  const step = [1, 2, 5, 10].map((digit) => digit * scale).find((each) => each >= years) ?? 10 * scale;
  return calendarTicks([low, high], 12 * step);
}

/** First days of every `months`-th month since the year 0. */
function calendarTicks([low, high]: Domain, months: number): readonly number[] {
  const start = new Date(low);
  const first = Math.ceil((12 * start.getUTCFullYear() + start.getUTCMonth()) / months) * months;
  const ticks: number[] = [];
  for (let month = first; ; month += months) {
    const at = new Date(0).setUTCFullYear(Math.floor(month / 12), ((month % 12) + 12) % 12, 1);
    if (Number.isNaN(at) || at > high) return ticks;
    if (at >= low) ticks.push(at);
  }
}

/** Words for instants (UTC): only what changes from tick to tick; where a day or year begins, and at the first tick, it is named too. */
export function timeLabels(ticks: readonly number[]): readonly string[] {
  const gap = ticks.length < 2 ? 0 : ticks[1]! - ticks[0]!;
  return ticks.map((at, i) => {
    const iso = new Date(at).toISOString();
    const [date, time] = [iso.slice(0, iso.indexOf('T')), iso.slice(iso.indexOf('T') + 1, -1)];
    const year = date.slice(0, -6);
    if (gap >= 300 * day) return year;
    if (gap >= 28 * day) return date.slice(0, -3);
    const before = i === 0 ? null : new Date(ticks[i - 1]!).toISOString();
    if (gap >= day) return before?.startsWith(`${year}-`) === true ? date.slice(-5) : date;
    const clock =
      gap >= minute || (gap === 0 && at % minute === 0) ? time.slice(0, 5) : gap >= second || at % second === 0 ? time.slice(0, 8) : time;
    return before?.startsWith(date) === true ? clock : `${date} ${clock}`;
  });
}

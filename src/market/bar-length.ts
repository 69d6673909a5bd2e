import { AssayError } from '../core/errors.ts';
import type { SessionCalendar } from './calendars/calendar.ts';
import { dayMs } from './local-time.ts';
import { sessionOfBar } from './sessions.ts';
import type { BarStream } from './stream.ts';

const shortestMs = 5_000;
const longestMs = dayMs;
/** Least share of the steps between neighbouring bars that have the inferred length. */
const leastShare = 0.5;

/** The length of bars as read from their starts. */
export interface BarLength {
  readonly barMs: number;
  /** Share of the steps within sessions that have this length; the others are gaps. */
  readonly share: number;
}

/**
 * Infers the length of a stream's bars: the commonest step between the starts of neighbours within a session, or between sessions for
 * bars of a day.
 * @throws AssayError `data_invalid` without two bars, for lengths below 5 seconds or above a day, and where no length prevails.
 */
export function inferBarLength(stream: BarStream, calendar: SessionCalendar, file: string): BarLength {
  const { barMs, n, total } = commonestStep(stream, calendar);
  const hint = 'declare the length of the bars with --bar, for example --bar 5m';
  if (n === 0) throw new AssayError('data_invalid', 'the length of the bars cannot be inferred from a single bar', { place: file, hint });
  if (barMs < shortestMs || barMs > longestMs)
    throw new AssayError('data_invalid', `the bars are ${lengthText(barMs)} apart; bars of 5 seconds to 1 day can be imported`, {
      place: file,
      hint: barMs < shortestMs ? 'make longer bars of them first' : 'a bar of more than a day has no session',
    });
  if (n / total < leastShare)
    throw new AssayError(
      'data_invalid',
      `no length of the bars prevails: the commonest step, ${lengthText(barMs)}, is ${Math.round((100 * n) / total)} % of them`,
      {
        place: file,
        hint,
      },
    );
  return { barMs, share: n / total };
}

/** The commonest step between neighbours (`n` of `total`; 0 of 0 for a single bar), as {@link inferBarLength} counts it. */
export function commonestStep(stream: BarStream, calendar: SessionCalendar): { barMs: number; n: number; total: number } {
  const counts = { within: new Map<number, number>(), between: new Map<number, number>() };
  let previous: number | null = null;
  let previousOpen: number | undefined;
  for (const { time } of stream.blocks())
    for (const startMs of time) {
      const open = sessionOfBar(calendar, startMs)?.openMs;
      if (previous !== null) {
        const steps = open === previousOpen ? counts.within : counts.between;
        steps.set(startMs - previous, (steps.get(startMs - previous) ?? 0) + 1);
      }
      previous = startMs;
      previousOpen = open;
    }
  // Bars of a day have no neighbour within their session; a change of the clocks makes a day an hour shorter or longer.
  const isDaily = counts.within.size === 0;
  const steps = isDaily ? roundedToDays(counts.between) : counts.within;
  const total = [...steps.values()].reduce((sum, n) => sum + n, 0);
  const [barMs, n] = [...steps].reduce(
    (best, step) => (step[1] > best[1] || (step[1] === best[1] && step[0] < best[0]) ? step : best),
    [0, 0],
  );
  return { barMs, n, total };
}

/** Number of bars that do not start on the grid of their length, counted from their session's open or from midnight UTC. */
export function offGridBars(
  stream: BarStream,
  calendar: SessionCalendar,
  barMs: number,
): { readonly count: number; readonly first: string | null } {
  let count = 0;
  let first: string | null = null;
  if (barMs >= dayMs) return { count, first };
  for (const { time } of stream.blocks())
    for (const startMs of time) {
      const session = sessionOfBar(calendar, startMs);
      if (session === null || startMs === session.closeMs || (startMs - session.openMs) % barMs === 0 || startMs % barMs === 0) continue;
      count++;
      first ??= new Date(startMs).toISOString();
    }
  return { count, first };
}

/** `1m`, `5m`, `10s`, `1h`, `1d`, or milliseconds. */
export function lengthText(barMs: number): string {
  for (const [unit, ms] of [
    ['d', dayMs],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ] as const)
    if (barMs >= ms && barMs % ms === 0) return `${barMs / ms}${unit}`;
  return `${barMs} ms`;
}

/** Reads `1m`, `30s`, `1h`, `1d`. @throws AssayError `usage` for another text, and for a length that is not from 5 s to 1 d. */
export function parseBarLength(text: string): number {
  const parts = /^([1-9]\d{0,5})(s|m|h|d)$/.exec(text);
  const barMs =
    parts === null ? Number.NaN : Number(parts[1]) * { s: 1000, m: 60_000, h: 3_600_000, d: dayMs }[parts[2] as 's' | 'm' | 'h' | 'd'];
  if (barMs >= shortestMs && barMs <= longestMs) return barMs;
  throw new AssayError('usage', `${JSON.stringify(text)} is no length of bars`, {
    hint: 'write a length from 5 s to 1 d: 5s, 1m, 15m, 1h, 1d',
  });
}

function roundedToDays(steps: ReadonlyMap<number, number>): Map<number, number> {
  const rounded = new Map<number, number>();
  for (const [step, n] of steps) {
    const near = Math.round(step / dayMs) * dayMs;
    const length = Math.abs(step - near) <= 3_600_000 ? near : step;
    rounded.set(length, (rounded.get(length) ?? 0) + n);
  }
  return rounded;
}

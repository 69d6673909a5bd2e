import { z } from 'zod';
import { type AbsurdBars, absurdBars } from './absurd.ts';
import { barsPerSession, type Session, type SessionCalendar } from './calendars/calendar.ts';
import { dateOfDay, dayOfDate } from './calendars/dates.ts';
import { sessionOfBar } from './sessions.ts';
import type { BarStream } from './stream.ts';

const count = z.int().nonnegative();

/** Quality report of one symbol's bars. Faults count 0 in an imported data set unless the import allowed them. */
export const qualityReportSchema = z.strictObject({
  symbol: z.string(),
  rows: count,
  /** Number of trading dates with bars. */
  sessions: count,
  /** ISO times (UTC) of the first and last bar's start (null without bars). */
  first: z.string().nullable(),
  last: z.string().nullable(),
  /** `expected`: bars of a full session of the calendar, without the closing auction's bar. */
  barsPerSession: z.strictObject({ min: count, max: count, expected: count }),
  /** Sessions with fewer bars than the calendar's minutes hold, with the first ten. Absent before format 2, as `absentSessions`. */
  shortSessions: z.strictObject({ count, first: z.array(z.strictObject({ date: z.string(), bars: count, expected: count })) }).optional(),
  /** Sessions of the calendar without any bar, between the first and the last with bars. */
  absentSessions: z.strictObject({ count, first: z.array(z.string()) }).optional(),
  /** Missing bars between neighbours of one session. */
  gaps: z.strictObject({ count, missingBars: count, longestBars: count }),
  duplicates: count,
  outOfOrder: count,
  outsideSession: count,
  /** Number of bars whose high and low do not enclose the other prices, or with a price that is not a positive number. */
  badOhlc: count,
  zeroVolume: count,
  /** Number of volumes that are negative or not a number. */
  badVolume: count,
  /** Absent in data sets written before this check existed. */
  jumps: count.optional(),
  huge: count.optional(),
  /** Changes of price between sessions that look like a split, the first ten; prices are never adjusted. */
  splits: z.array(z.strictObject({ date: z.string(), ratio: z.number(), before: z.number(), after: z.number() })).optional(),
});

export type QualityReport = z.infer<typeof qualityReportSchema>;

/** True if the prices are positive and finite and high and low enclose open and close. */
export function isOhlcConsistent(open: number, high: number, low: number, close: number): boolean {
  return low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close) && high < Number.POSITIVE_INFINITY;
}

/** Dates or times of which the first few are listed. */
const listed = 10;

/**
 * The quality report of one symbol's bars, in constant memory apart from a number per session.
 * @param found the same bars' {@link absurdBars}, where they are known already.
 */
export function qualityOf(
  stream: BarStream,
  calendar: SessionCalendar,
  barMs: number,
  found: AbsurdBars = absurdBars(stream, calendar),
): QualityReport {
  const barsOf = new Map<Session, number>();
  const gaps = { count: 0, missingBars: 0, longestBars: 0 };
  let [rows, duplicates, outOfOrder, outsideSession, badOhlc, zeroVolume, badVolume] = [0, 0, 0, 0, 0, 0, 0];
  let first: number | null = null;
  let last: number | null = null;
  let previous: Session | null = null;

  for (const block of stream.blocks())
    for (let row = 0; row < block.time.length; row++) {
      const startMs = block.time[row]!;
      const session = sessionOfBar(calendar, startMs);
      if (session === null) outsideSession++;
      else barsOf.set(session, (barsOf.get(session) ?? 0) + 1);
      if (last !== null) {
        const stepMs = startMs - last;
        if (stepMs === 0) duplicates++;
        else if (stepMs < 0) outOfOrder++;
        else if (session !== null && session === previous && stepMs > barMs) {
          const missing = Math.ceil(stepMs / barMs) - 1;
          gaps.count++;
          gaps.missingBars += missing;
          gaps.longestBars = Math.max(gaps.longestBars, missing);
        }
      }
      previous = session;
      rows++;
      first ??= startMs;
      last = startMs;
      if (!isOhlcConsistent(block.open[row]!, block.high[row]!, block.low[row]!, block.close[row]!)) badOhlc++;
      const volume = block.volume[row]!;
      if (volume === 0) zeroVolume++;
      else if (!(volume > 0 && volume < Number.POSITIVE_INFINITY)) badVolume++;
    }

  const counts = [...barsOf.values()];
  const short = [...barsOf].flatMap(([{ date, openMs, closeMs }, bars]) => {
    const expected = Math.ceil((closeMs - openMs) / barMs);
    return bars < expected ? [{ date, bars, expected }] : [];
  });
  const absent = absentSessions(calendar, [...barsOf.keys()]);
  return {
    symbol: stream.symbol,
    rows,
    sessions: counts.length,
    first: first === null ? null : new Date(first).toISOString(),
    last: last === null ? null : new Date(last).toISOString(),
    barsPerSession: {
      min: counts.reduce((least, n) => Math.min(least, n), counts[0] ?? 0),
      max: counts.reduce((most, n) => Math.max(most, n), 0),
      expected: barsPerSession(calendar, barMs),
    },
    shortSessions: { count: short.length, first: short.slice(0, listed) },
    absentSessions: { count: absent.length, first: absent.slice(0, listed) },
    gaps,
    duplicates,
    outOfOrder,
    outsideSession,
    badOhlc,
    zeroVolume,
    badVolume,
    jumps: found.jumps,
    huge: found.huge,
    splits: found.splits.slice(0, listed),
  };
}

/** Dates of the calendar's sessions between the first and the last one of the data on which there is no bar. */
function absentSessions(calendar: SessionCalendar, sessions: readonly Session[]): string[] {
  if (!calendar.knowsClose) return [];
  const dates = new Set(sessions.map((session) => session.date));
  const days = sessions.map((session) => dayOfDate(session.date));
  const [from, to] = [days.reduce((a, b) => Math.min(a, b), days[0] ?? 0), days.reduce((a, b) => Math.max(a, b), days[0] ?? 0)];
  const absent: string[] = [];
  for (let day = from; day < to; day++) {
    const date = dateOfDay(day);
    if (!dates.has(date) && calendar.sessionOf(date) !== null) absent.push(date);
  }
  return absent;
}

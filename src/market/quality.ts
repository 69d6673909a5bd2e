import { z } from 'zod';
import { type AbsurdBars, absurdBars } from './absurd.ts';
import type { BarSeries } from './bars.ts';
import { barsPerSession, type Session, type SessionCalendar } from './calendars/calendar.ts';
import { sessionOfBar } from './sessions.ts';

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
});

export type QualityReport = z.infer<typeof qualityReportSchema>;

/** True if the prices are positive and finite and high and low enclose open and close. */
export function isOhlcConsistent(open: number, high: number, low: number, close: number): boolean {
  return low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close) && high < Number.POSITIVE_INFINITY;
}

/** Implausible bars of a series, with the sessions of the calendar. */
export function absurdBarsOf(series: BarSeries, calendar: SessionCalendar): AbsurdBars {
  const openOf = (row: number): number | undefined => sessionOfBar(calendar, series.time[row]!)?.openMs;
  return absurdBars(series, (row) => openOf(row) === openOf(row - 1));
}

export function qualityOf(series: BarSeries, calendar: SessionCalendar, barMs: number): QualityReport {
  const { time } = series;
  const barsOf = new Map<number, number>();
  const gaps = { count: 0, missingBars: 0, longestBars: 0 };
  let [duplicates, outOfOrder, outsideSession, badOhlc, zeroVolume, badVolume] = [0, 0, 0, 0, 0, 0];
  let previous: Session | null = null;

  for (let row = 0; row < time.length; row++) {
    const session = sessionOfBar(calendar, time[row]!);
    if (session === null) outsideSession++;
    else barsOf.set(session.openMs, (barsOf.get(session.openMs) ?? 0) + 1);
    if (row > 0) {
      const stepMs = time[row]! - time[row - 1]!;
      if (stepMs === 0) duplicates++;
      else if (stepMs < 0) outOfOrder++;
      else if (session !== null && session.openMs === previous?.openMs && stepMs > barMs) {
        const missing = Math.ceil(stepMs / barMs) - 1;
        gaps.count++;
        gaps.missingBars += missing;
        gaps.longestBars = Math.max(gaps.longestBars, missing);
      }
    }
    previous = session;
    if (!isOhlcConsistent(series.open[row]!, series.high[row]!, series.low[row]!, series.close[row]!)) badOhlc++;
    const volume = series.volume[row]!;
    if (volume === 0) zeroVolume++;
    else if (!(volume > 0 && volume < Number.POSITIVE_INFINITY)) badVolume++;
  }

  const { jumps, huge } = absurdBarsOf(series, calendar);
  const counts = [...barsOf.values()];
  const isoAt = (row: number): string | null => (time.length === 0 ? null : new Date(time.at(row)!).toISOString());
  return {
    symbol: series.symbol,
    rows: time.length,
    sessions: counts.length,
    first: isoAt(0),
    last: isoAt(-1),
    barsPerSession: {
      min: counts.length === 0 ? 0 : Math.min(...counts),
      max: counts.length === 0 ? 0 : Math.max(...counts),
      expected: barsPerSession(calendar, barMs),
    },
    gaps,
    duplicates,
    outOfOrder,
    outsideSession,
    badOhlc,
    zeroVolume,
    badVolume,
    jumps,
    huge,
  };
}

import { AssayError } from '../core/errors.ts';
import { type AlignedBars, alignedBars, type BarColumns, type BarSeries, barFields } from './bars.ts';
import type { SessionCalendar } from './calendars/calendar.ts';
import { sessionOrdinals } from './sessions.ts';

/** Bars that an alignment left out. */
export interface AlignmentReport {
  /** Number of bars that every symbol has. */
  readonly rows: number;
  readonly dropped: readonly {
    readonly symbol: string;
    readonly bars: number;
    /** ISO times of the first few. */
    readonly firstTimes: readonly string[];
  }[];
}

const listedTimes = 5;

/**
 * Joins the bars of several symbols at the times that all of them have (an inner join on equal starts). Missing bars are not filled: a
 * bar interpolated from a later one would look ahead, and a bar repeated from an earlier one could be traded on.
 * @param series each sorted by time without duplicates.
 * @throws AssayError `data_invalid` if no time is common to all.
 */
export function alignBars(
  series: readonly BarSeries[],
  options: { readonly calendar: SessionCalendar; readonly barMs: number },
): { bars: AlignedBars; report: AlignmentReport } {
  const held = new Map<number, number>();
  for (const { time } of series) for (const t of time) held.set(t, (held.get(t) ?? 0) + 1);
  const isCommon = (t: number): boolean => held.get(t) === series.length;

  const time = (series[0]?.time ?? new Float64Array()).filter(isCommon);
  if (time.length === 0)
    throw new AssayError('data_invalid', `no bar time is common to ${series.map((one) => one.symbol).join(' and ')}`, {
      hint: 'check that the files cover the same dates, and that zone and stamp (start or end) are declared correctly for each',
    });

  return {
    bars: alignedBars({
      symbols: series.map((one) => one.symbol),
      time,
      session: sessionOrdinals(time, options.calendar),
      bars: series.map((one) => keepRows(one, isCommon)),
      ...options,
    }),
    report: {
      rows: time.length,
      dropped: series.map((one) => {
        const lost = one.time.filter((t) => !isCommon(t));
        return {
          symbol: one.symbol,
          bars: lost.length,
          firstTimes: Array.from(lost.subarray(0, listedTimes), (t) => new Date(t).toISOString()),
        };
      }),
    },
  };
}

function keepRows(series: BarSeries, isKept: (time: number) => boolean): BarColumns {
  const column = (values: Float64Array): Float64Array => values.filter((_, row) => isKept(series.time[row]!));
  return Object.fromEntries(barFields.map((field) => [field, column(series[field])])) as unknown as BarColumns;
}

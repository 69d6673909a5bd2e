/** One symbol's bars as columns. All columns have the same length and are in time order. */
export interface BarColumns {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** Bars of several symbols at the same times. */
export interface AlignedBars {
  readonly symbols: readonly string[];
  /** Epoch milliseconds (UTC) of each bar's start, whether the source stamped starts or ends. */
  readonly time: Float64Array;
  /** Session of each bar, counted from 0, in non-decreasing order. */
  readonly session: Float64Array;
  /** Parallel to `symbols`. */
  readonly bars: readonly BarColumns[];
  /** Length of a bar in milliseconds. */
  readonly barMs: number;
}

/** One symbol's bars with their times, as a reader returns them. */
export interface BarSeries extends BarColumns {
  readonly symbol: string;
  /** Epoch milliseconds (UTC) of each bar's start, sorted. */
  readonly time: Float64Array;
}

/** The five columns in storage order. */
export const barFields = ['open', 'high', 'low', 'close', 'volume'] as const;

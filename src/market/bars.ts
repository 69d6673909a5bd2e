import type { SessionCalendar } from './calendars/calendar.ts';
import type { Instrument } from './instruments.ts';
import { endsWithAuction } from './sessions.ts';

/** One symbol's bars as columns. All columns have the same length and are in time order. */
export interface BarColumns {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** Named columns of one symbol beside its five: order flow, or a user's own. */
export type NamedColumns = Readonly<Record<string, Float64Array>>;

/** Which contract each bar of a future is of. Prices are never adjusted. */
export interface ContractLabels {
  /** `NQZ3`, `NQH4`, ... in the order of their first bars. */
  readonly names: readonly string[];
  /** Per bar, an index of `names`; it changes only where a session begins. */
  readonly index: Float64Array;
  /** On the first bar of a new contract, the old contract's open at that time; NaN elsewhere, and where the old contract has no bar. */
  readonly previousOpen: Float64Array;
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
  /** Length of a bar in milliseconds, from 5 seconds to 1 day. */
  readonly barMs: number;
  readonly calendar: SessionCalendar;
  /** True if sessions end with the closing auction: a bar that starts at the close. */
  readonly closingAuction: boolean;
  /** Parallel to `symbols`; {} for a symbol without further columns. */
  readonly columns: readonly NamedColumns[];
  /** Parallel to `symbols`; null for shares, of which nothing needs to be known. */
  readonly instruments: readonly (Instrument | null)[];
  /** Parallel to `symbols`; null for a symbol that is one instrument throughout. */
  readonly contracts: readonly (ContractLabels | null)[];
}

/** One symbol's bars with their times, as a reader returns them. */
export interface BarSeries extends BarColumns {
  readonly symbol: string;
  /** Epoch milliseconds (UTC) of each bar's start, sorted. */
  readonly time: Float64Array;
}

/**
 * The column that an alignment as of a time adds: how many bars old a symbol's values are. 0 where it has a bar of its own; where not, nothing
 * can be traded at that bar's prices.
 */
export const barAge = 'barAge';

/** The five columns in storage order. */
export const barFields = ['open', 'high', 'low', 'close', 'volume'] as const;

type Optional = 'closingAuction' | 'columns' | 'instruments' | 'contracts';

/** Aligned bars; without more, of shares with the five columns alone, and with a closing auction if any bar starts at its session's close. */
export function alignedBars(parts: Omit<AlignedBars, Optional> & Partial<Pick<AlignedBars, Optional>>): AlignedBars {
  return {
    closingAuction: parts.closingAuction ?? endsWithAuction(parts.time, parts.calendar),
    columns: parts.symbols.map(() => ({})),
    instruments: parts.symbols.map(() => null),
    contracts: parts.symbols.map(() => null),
    ...parts,
  };
}

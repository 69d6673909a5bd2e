import { type AlignedBars, type BarColumns, barFields } from '../../market/bars.ts';
import type { SessionCalendar } from '../../market/calendars/calendar.ts';
import type { Instrument } from '../../market/instruments.ts';
import type { CompleteRow } from './bar-gate.ts';
import type { LiveBar } from './events.ts';

/** What is fixed about the bars of an engine. */
export interface WindowFacts {
  readonly symbols: readonly string[];
  readonly barMs: number;
  readonly calendar: SessionCalendar;
  readonly closingAuction: boolean;
  /** Parallel to the symbols; null for shares of which nothing needs to be known. */
  readonly instruments: readonly (Instrument | null)[];
}

/**
 * The last bar and the one before it as a data set of two rows, so that the account code of training and backtest runs on bars that arrive.
 * Where there is only one bar, both rows are it.
 */
export function windowOf(facts: WindowFacts, before: CompleteRow | null, last: CompleteRow): AlignedBars {
  const rows = [before ?? last, last] as const;
  const column = (of: (row: CompleteRow) => number): Float64Array => Float64Array.from(rows, of);
  const { symbols } = facts;
  return {
    ...facts,
    time: column(({ startMs }) => startMs),
    // Sessions are told by the calendar: here only their order counts.
    session: Float64Array.of(0, 0),
    bars: symbols.map(
      (_, k) => Object.fromEntries(barFields.map((field) => [field, column(({ bars }) => bars[k]![field])])) as unknown as BarColumns,
    ),
    columns: symbols.map((_, k) => {
      const names = Object.keys(last.bars[k]!.columns ?? {});
      return Object.fromEntries(names.map((name) => [name, column(({ bars }) => bars[k]!.columns?.[name] ?? Number.NaN)]));
    }),
    contracts: symbols.map((_, k) => labelsOf(rows[0].bars[k]!, last.bars[k]!)),
  };
}

function labelsOf(before: LiveBar, last: LiveBar): AlignedBars['contracts'][number] {
  if (last.contract === undefined) return null;
  const changes = before.contract !== last.contract;
  return {
    names: changes ? [before.contract ?? '', last.contract] : [last.contract],
    index: Float64Array.of(0, changes ? 1 : 0),
    previousOpen: Float64Array.of(Number.NaN, changes ? (last.previousOpen ?? Number.NaN) : Number.NaN),
  };
}

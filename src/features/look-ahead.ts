import type { Rng } from '../core/rng.ts';
import { type AlignedBars, type BarColumns, barFields, type NamedColumns } from '../market/bars.ts';

/** Numbers that were made from bars, row by row: features, actions, fills. Row t may depend on bars 0..t alone. */
export interface RowsFromBars {
  readonly width: number;
  readonly values: ArrayLike<number>;
}

/** Where a value turned out to depend on a bar after its own. */
export interface LookAhead {
  readonly test: 'bars cut off' | 'noise instead of bars';
  /** The last bar that was left as it is. */
  readonly afterRow: number;
  readonly row: number;
  readonly column: number;
  readonly was: number;
  readonly became: number;
}

/**
 * The prefix-invariance test and the noise-after-t test in one: for each row t, `compute` sees the bars up to t alone, and
 * then the bars up to t followed by noise. All its values up to t must stay the same to the last bit.
 * @returns the first value that changed, or null for a causal computation.
 */
export function findLookAhead(
  compute: (bars: AlignedBars) => RowsFromBars,
  bars: AlignedBars,
  lastRows: readonly number[],
  rng: Rng,
): LookAhead | null {
  const whole = compute(bars);
  for (const afterRow of lastRows) {
    const trials = [
      ['bars cut off', prefixOf(bars, afterRow + 1)],
      ['noise instead of bars', withNoiseAfter(bars, afterRow, rng)],
    ] as const;
    for (const [test, changedBars] of trials) {
      const changed = compute(changedBars);
      for (let i = 0; i < (afterRow + 1) * whole.width; i++) {
        if (Object.is(whole.values[i], changed.values[i])) continue;
        const row = Math.floor(i / whole.width);
        return { test, afterRow, row, column: i % whole.width, was: whole.values[i]!, became: changed.values[i]! };
      }
    }
  }
  return null;
}

/** Some rows of `from`..`to`, both included: the ends and others at random. */
export function randomRows(from: number, to: number, count: number, rng: Rng): number[] {
  return [from, to, ...Array.from({ length: count }, () => from + rng.int(to - from + 1))];
}

/** The first `rows` bars. */
export function prefixOf(bars: AlignedBars, rows: number): AlignedBars {
  const cut = (values: Float64Array): Float64Array => values.slice(0, rows);
  return {
    ...bars,
    time: cut(bars.time),
    session: cut(bars.session),
    bars: bars.bars.map((one) => mapFields(one, cut)),
    columns: bars.columns.map((named) => mapColumns(named, cut)),
    contracts: bars.contracts.map((one) => one && { ...one, index: cut(one.index), previousOpen: cut(one.previousOpen) }),
  };
}

/** Bars after `row` with wild but possible prices, volumes and columns in place of the real ones; times and sessions stay. */
export function withNoiseAfter(bars: AlignedBars, row: number, rng: Rng): AlignedBars {
  return {
    ...bars,
    bars: bars.bars.map((one) => {
      const noisy = mapFields(one, (values) => values.slice());
      for (let i = row + 1; i < bars.time.length; i++) {
        const prices = [rng.uniform(), rng.uniform(), rng.uniform(), rng.uniform()].map((u) => 1 + 999 * u).sort((a, b) => a - b);
        [noisy.low[i], noisy.open[i], noisy.close[i], noisy.high[i]] = prices as [number, number, number, number];
        noisy.volume[i] = rng.int(10) === 0 ? 0 : rng.int(1_000_000);
      }
      return noisy;
    }),
    columns: bars.columns.map((named) => mapColumns(named, (values) => values.map((x, i) => (i > row ? 1000 * rng.normal() : x)))),
  };
}

function mapColumns(named: NamedColumns, change: (values: Float64Array) => Float64Array): NamedColumns {
  return Object.fromEntries(Object.entries(named).map(([name, values]) => [name, change(values)]));
}

function mapFields(bars: BarColumns, change: (values: Float64Array) => Float64Array): BarColumns {
  return Object.fromEntries(barFields.map((field) => [field, change(bars[field])])) as unknown as BarColumns;
}

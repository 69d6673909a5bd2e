import type { Rng } from '../../core/rng.ts';
import { prefixOf } from '../../features/look-ahead.ts';
import { type AlignedBars, barFields } from '../../market/bars.ts';

/** How all data after a row are taken away. */
export type Way = 'cut' | 'noise';
export const ways = ['cut', 'noise'] as const;

/** The bars up to `row`, alone or followed by noise. */
export function changedAfter(bars: AlignedBars, row: number, way: Way, rng: Rng): AlignedBars {
  return way === 'cut' ? prefixOf(bars, row + 1) : withDrawnBarsAfter(bars, row, rng);
}

/** Deviation of the logarithm of the factor that a drawn bar's prices are multiplied by. */
const priceNoise = 0.05;

/**
 * Bars after `row` drawn at random from all bars of the data, prices times a random factor; times, sessions and contracts stay. A drawn bar
 * is possible in every column, whatever the columns of a user's own mean, so nothing needs to refuse it.
 */
export function withDrawnBarsAfter(bars: AlignedBars, row: number, rng: Rng): AlignedBars {
  const rows = bars.time.length;
  const source = Int32Array.from({ length: Math.max(0, rows - row - 1) }, () => rng.int(rows));
  const drawn = (values: Float64Array, factor: (i: number) => number): Float64Array => {
    const changed = values.slice();
    for (let i = 0; i < source.length; i++) changed[row + 1 + i] = values[source[i]!]! * factor(i);
    return changed;
  };
  return {
    ...bars,
    bars: bars.bars.map((one) => {
      const factors = Float64Array.from(source, () => Math.exp(priceNoise * rng.normal()));
      const fields = barFields.map((field) => [field, drawn(one[field], (i) => (field === 'volume' ? 1 : factors[i]!))]);
      return Object.fromEntries(fields) as unknown as typeof one;
    }),
    columns: bars.columns.map((named) => Object.fromEntries(Object.entries(named).map(([name, values]) => [name, drawn(values, () => 1)]))),
  };
}

import { AssayError } from '../core/errors.ts';
import type { AlignedBars } from '../market/bars.ts';
import { barFlow } from './bar-flow/index.ts';
import { dualTicker } from './dual-ticker/index.ts';
import type { FeatureMatrix, FeatureSet } from './feature-set.ts';

/** All feature sets. A new one gets its own folder and an entry here. */
const featureSets: readonly FeatureSet[] = [dualTicker, barFlow];

/** @throws AssayError `config_invalid` for an unknown id. */
export function featureSetOf(id: string): FeatureSet {
  const set = featureSets.find((one) => one.id === id);
  if (set === undefined)
    throw new AssayError('config_invalid', `unknown feature set ${JSON.stringify(id)}`, {
      hint: `known feature sets: ${featureSets.map((one) => one.id).join(', ')}`,
    });
  return set;
}

/**
 * Computes the features of all bars as one matrix, not normalised. Warm-up rows are 0.
 * @throws AssayError `not_finite`, with feature and row, if a value is NaN or infinite; no such value is ever returned.
 */
export function featureMatrix(bars: AlignedBars, options: { readonly set: string } = { set: dualTicker.id }): FeatureMatrix {
  const set = featureSetOf(options.set);
  const rows = bars.time.length;
  const columns = set.columns(bars);
  const names = bars.symbols.flatMap((symbol) => set.perSymbol.map((feature) => `${symbol}.${feature}`));
  const width = columns.length;
  const values = new Float32Array(rows * width);
  for (const [index, column] of columns.entries()) {
    for (let row = set.warmUpBars; row < rows; row++) {
      const value = Math.fround(column[row]!);
      if (!Number.isFinite(value))
        throw new AssayError('not_finite', `the feature ${names[index]} is ${column[row]} in row ${row}`, {
          place: `bar of ${new Date(bars.time[row]!).toISOString()}`,
          hint: 'check the bars near this time: prices must be positive numbers',
        });
      values[row * width + index] = value;
    }
  }
  return { set: set.id, rows, width, names, values, warmUpBars: set.warmUpBars };
}

import type { AlignedBars } from '../market/bars.ts';
import { type FeatureChoice, featureSetOf } from './choice.ts';
import type { FeatureMatrix, RowRange } from './feature-set.ts';
import { computeFeatures, fitFeatures } from './matrix.ts';

/**
 * Computes the features of all bars as one matrix, not normalised. Warm-up rows are 0.
 * @param options.training rows that a set may learn from, where it learns.
 * @throws AssayError `config_invalid` for an unknown set; `data_invalid` for bars that it does not take; `usage` without the training rows
 * of a set that learns; `not_finite`, with feature and row, if a value is NaN or infinite: no such value is ever returned.
 */
export function featureMatrix(
  bars: AlignedBars,
  options: { readonly set: FeatureChoice; readonly training?: RowRange } = { set: 'dual-ticker@2' },
): FeatureMatrix {
  const set = featureSetOf(options.set);
  return computeFeatures(set, bars, fitFeatures(set, bars, options.training));
}

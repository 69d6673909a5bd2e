import { isDeepStrictEqual } from 'node:util';
import { createRng } from '../../core/rng.ts';
import type { FeatureMatrix, RowRange } from '../../features/feature-set.ts';
import { computeFeatures, fitFeatures } from '../../features/matrix.ts';
import { fitNormaliser, type Normaliser } from '../../features/normalise.ts';
import type { TrainingRows } from '../../features/training-rows.ts';
import type { LookAheadCheck, LookAheadPlace } from '../../search/study/checks.ts';
import { differsAt, someOf } from '../../validation/checks/repeatable.ts';
import type { RawMarket } from '../task/market-data.ts';
import { changedAfter, ways } from './changed-bars.ts';
import { createTally } from './tally.ts';

/**
 * The prefix test of a study's own features on its own data. What is learnt from the training part (by the feature set, and mean and
 * deviation) is learnt again with all later bars cut off and with noise in their place; then, with what was learnt held, the features up to
 * some rows are computed again in both ways. Every value must stay the same to the last bit.
 *
 * @param training rows of the training part.
 * @param rows after which later data are taken away, see {@link checkedRows}.
 * @throws AssayError `not_finite` for features that are not finite, on the data or on noise.
 */
export function checkFeatures(
  { bars, set, features }: RawMarket,
  training: RowRange,
  { rows, seed }: { readonly rows: readonly number[]; readonly seed: string },
): LookAheadCheck {
  const tally = createTally();
  const rng = createRng(`${seed}/noise`);
  const whole = features(training);
  const learnt = fitNormaliser(whole, training);
  for (const way of ways) {
    const changed = changedAfter(bars, training.to - 1, way, rng);
    const matrix = computeFeatures(set, changed, fitFeatures(set, changed, training));
    tally.add(changedFeature(whole, matrix, training.to - 1) ?? changedParameter(learnt, fitNormaliser(matrix, training), training.to - 1));
  }
  for (const row of rows)
    for (const way of ways) tally.add(changedFeature(whole, computeFeatures(set, changedAfter(bars, row, way, rng), whole.fitted), row));
  return tally.result();
}

/**
 * Random rows of a test part, the same for features and policies: where no feature up to a row depends on later data, a policy that acts on
 * them there does not either. From the third row on, so that a decision and its fill lie before each.
 */
export function checkedRows(
  { bars, features }: Pick<RawMarket, 'bars' | 'features'>,
  {
    training,
    tested,
    count,
    seed,
  }: { readonly training: TrainingRows; readonly tested: RowRange; readonly count: number; readonly seed: string },
): readonly number[] {
  const from = Math.max(tested.from, features(training).warmUpBars) + 2;
  return someOf(from, Math.min(tested.to, bars.time.length) - 1, count, seed);
}

/** The first feature up to `row` that differs. */
function changedFeature(was: FeatureMatrix, is: FeatureMatrix, row: number): LookAheadPlace | null {
  const at = differsAt(was.values, is.values, (row + 1) * was.width);
  return at === null ? null : { what: 'feature', name: was.names[at % was.width]!, row: Math.floor(at / was.width) };
}

/** The first parameter that differs: what the feature set learnt, or a column's mean or deviation. */
function changedParameter(was: Normaliser, is: Normaliser, row: number): LookAheadPlace | null {
  const place = (name: string): LookAheadPlace => ({ what: 'learnt', name, row });
  if (!isDeepStrictEqual(was.fitted, is.fitted)) return place(was.set);
  for (const parameter of ['mean', 'sd'] as const) {
    const at = differsAt(was[parameter], is[parameter]);
    if (at !== null) return place(`${was.names[at]}.${parameter}`);
  }
  return null;
}

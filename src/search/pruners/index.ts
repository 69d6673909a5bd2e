import { type AlgorithmRef, createFrom } from '../algorithm.ts';
import { forecast } from './forecast/forecast.ts';
import { hyperband } from './halving/hyperband.ts';
import { successiveHalving } from './halving/successive-halving.ts';
import { nop } from './nop/nop.ts';
import { patient } from './patient/patient.ts';
import { pbtPruner } from './pbt/pbt.ts';
import { median, percentile } from './percentile/percentile.ts';
import type { Pruner } from './pruner.ts';
import { threshold } from './threshold/threshold.ts';
import { wilcoxon } from './wilcoxon/wilcoxon.ts';

/** Every pruner. src/testing/pruner.ts runs over this list. */
export const pruners = [nop, forecast, median, percentile, successiveHalving, hyperband, pbtPruner, threshold, patient, wilcoxon] as const;

/**
 * The pruner that a study names.
 * @throws AssayError `study_invalid` for an unknown id or option.
 */
export function prunerOf(ref: AlgorithmRef): Pruner {
  return createFrom('pruner', pruners, ref);
}

export { forecast, hyperband, median, nop, patient, percentile, successiveHalving, threshold, wilcoxon };

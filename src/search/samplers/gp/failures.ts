import type { Observation } from '../../trial/history.ts';
import { type Acquisition, jointly, logFeasible } from './acquisition.ts';
import type { Point } from './coordinates.ts';
import { type Aspect, believing, type ModelInput, processOf, thinned } from './model.ts';
import type { Data } from './process.ts';
import { standardized } from './targets.ts';

/**
 * log P(a trial does not fail), from a process of which trials failed (1) and which did not (0): that its noise-free value is at
 * most a half. What fails by chance, wherever it is, is noise of that process; what fails in one region is avoided.
 * @param failed how many trials failed, at least one.
 * @returns null where no process can be built.
 */
export function logSuccess(evidence: ModelInput, pending: readonly Point[]): Acquisition | null {
  const { history, at, policy } = evidence;
  const finished = history.observations.filter(({ state }) => state !== 'running');
  const dataOf = (trials: readonly Observation[]): Data & { readonly limit: number } => {
    // The newest half and an even choice of the others: the share of failures stays what it is.
    const kept = thinned(trials.toReversed(), policy.capacity).flatMap(({ state, params }) => {
      const point = at(params);
      return point === null ? [] : [{ point, failed: state === 'failed' ? 1 : 0 }];
    });
    const { scaled, mean, deviation } = standardized(Float64Array.from(kept, ({ failed }) => failed));
    return { points: kept.map(({ point }) => point), targets: scaled, limit: deviation > 0 ? (0.5 - mean) / deviation : 0.5 };
  };
  const data = dataOf(finished);
  const aspect: Aspect = { name: 'failures', finished, data, dataOf };
  const model = processOf(evidence, aspect);
  if (model === null) return null;
  // Squared: at the border of what fails, half of the improvement would be worth a trial that has an even chance to fail.
  const success = logFeasible(believing(model, pending), data.limit);
  return jointly([success, success]);
}

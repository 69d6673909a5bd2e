import type { Observation } from '../../trial/history.ts';
import { type Acquisition, jointly, logFeasible } from './acquisition.ts';
import type { Point } from './coordinates.ts';
import { type Aspect, believing, type ModelInput, processOf, thinned } from './model.ts';
import type { Data } from './process.ts';
import { standardized } from './targets.ts';

/**
 * log P(a trial does not fail), from a process fitted to failed (1) and other (0) trials: the probability that its noise-free value is at
 * most 0.5. Failures by chance become noise of that process; regions in which trials fail are avoided. The history must contain a failed
 * trial.
 * @returns null if no process can be built.
 */
export function logSuccess(input: ModelInput, pending: readonly Point[]): Acquisition | null {
  const { history, at, policy } = input;
  const finished = history.observations.filter(({ state }) => state !== 'running');
  const dataOf = (trials: readonly Observation[]): Data & { readonly limit: number } => {
    // The newest half and an even selection of the others, which keeps the share of failures.
    const kept = thinned(trials.toReversed(), policy.capacity).flatMap(({ state, params }) => {
      const point = at(params);
      return point === null ? [] : [{ point, failed: state === 'failed' ? 1 : 0 }];
    });
    const { scaled, mean, deviation } = standardized(Float64Array.from(kept, ({ failed }) => failed));
    return { points: kept.map(({ point }) => point), targets: scaled, limit: deviation > 0 ? (0.5 - mean) / deviation : 0.5 };
  };
  const data = dataOf(finished);
  const aspect: Aspect = { name: 'failures', finished, data, dataOf };
  const model = processOf(input, aspect);
  if (model === null) return null;
  // Squared: otherwise half of the improvement would justify a trial that fails with probability 0.5.
  const success = logFeasible(believing(model, pending), data.limit);
  return jointly([success, success]);
}

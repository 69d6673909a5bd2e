import type { Direction, Observation } from '../../trial/history.ts';

/**
 * Trials of an earlier stage are better than all of a later one; running ones and those that vanished are not ranked.
 * `unconstrained` is for trials without constraints in a study that has some, under the rules of release 4.9.
 */
export const stages = { complete: 0, pruned: 1, infeasible: 2, unconstrained: 3, running: 4, gone: 5 } as const;

/** Within a stage the smaller `major` is better, then the smaller `minor`; all else equal, the earlier trial. */
export interface Rank {
  readonly stage: number;
  readonly major: number;
  readonly minor: number;
}

/**
 * Complete trials come first, then pruned ones (the further they got, the better), then those that violate a constraint
 * (the less, the better).
 */
export function rankOf(trial: Observation, direction: Direction): Rank {
  if (trial.state === 'running') return { stage: stages.running, major: 0, minor: 0 };
  const violation = violationOf(trial.constraints ?? []);
  if (violation > 0) return { stage: stages.infeasible, major: violation, minor: 0 };
  if (trial.state === 'complete') return { stage: stages.complete, major: lossOf(trial.value, direction), minor: 0 };
  const { last } = trial;
  if (last === null) return { stage: stages.pruned, major: 1, minor: 0 };
  return { stage: stages.pruned, major: -last.step, minor: lossOf(last.value, direction) };
}

/** Smaller is better; NaN is worst. */
export function lossOf(value: number, direction: Direction): number {
  if (Number.isNaN(value)) return Number.POSITIVE_INFINITY;
  return direction === 'minimize' ? value : -value;
}

/** How far a trial is from feasible: the sum of its positive constraint values. */
function violationOf(constraints: readonly number[]): number {
  let sum = 0;
  for (const value of constraints) if (value > 0) sum += value;
  return sum;
}

import { lossOf, prunedRank, violation } from '../../objectives/loss.ts';
import type { Direction, Observation } from '../../trial/history.ts';

/**
 * Stages of the ranking: trials of an earlier stage are better than all of a later one. Failed and running trials and those that are gone
 * are not ranked and never good. `unconstrained` is for trials without constraints in a study that has some, under the rules of release
 * 4.9.
 */
export const stages = { complete: 0, pruned: 1, infeasible: 2, unconstrained: 3, failed: 4, running: 5, gone: 6 } as const;

/** Within a stage the smaller `major` is better, then the smaller `minor`; all else equal, the earlier trial. */
export interface Rank {
  readonly stage: number;
  readonly major: number;
  readonly minor: number;
}

/**
 * Returns the rank of a trial: complete trials come first, then pruned ones (those that got further first), then infeasible ones (smaller
 * violation first).
 */
export function rankOf(trial: Observation, direction: Direction): Rank {
  if (trial.state === 'running' || trial.state === 'failed') return { stage: stages[trial.state], major: 0, minor: 0 };
  const violated = violation(trial);
  if (violated > 0) return { stage: stages.infeasible, major: violated, minor: 0 };
  if (trial.state === 'complete') return { stage: stages.complete, major: lossOf(trial.value, direction), minor: 0 };
  const [major, minor] = prunedRank(trial, direction);
  return { stage: stages.pruned, major, minor };
}

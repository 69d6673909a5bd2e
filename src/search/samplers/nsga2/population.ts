import { type Complete, lossesOf, type Pruned, prunedRank, violation } from '../../objectives/loss.ts';
import { compareLosses } from '../../objectives/pareto.ts';
import { type History, hasResult } from '../../trial/history.ts';
import { crowdingDistances, nonDominatedFronts } from './fronts.ts';

export interface Parent {
  readonly trial: Complete | Pruned;
  /** 0 is best. */
  readonly front: number;
  /** Crowding distance; within a front the larger is preferred. */
  readonly distance: number;
}

/**
 * Returns the best `size` finished trials. Feasible trials come before infeasible ones, which are sorted by their violation (Deb's
 * rules). Feasible ones are sorted by front, and in the front that does not fit whole by crowding distance. Pruned trials follow the
 * complete feasible ones, those that got further first.
 *
 * The whole history is the archive, without separate generations, so parallel workers and lost trials change nothing.
 */
export function populationOf({ observations, direction, directions = [direction] }: History, size: number): readonly Parent[] {
  const complete: Complete[] = [];
  const pruned: Pruned[] = [];
  const infeasible: (Complete | Pruned)[] = [];
  for (const trial of observations) {
    if (!hasResult(trial)) continue;
    if (violation(trial) > 0) infeasible.push(trial);
    else if (trial.state === 'complete') complete.push(trial);
    else pruned.push(trial);
  }
  const parents: Parent[] = [];
  const losses = complete.map((trial) => lossesOf(trial, directions));
  for (const [front, positions] of nonDominatedFronts(losses).entries()) {
    if (parents.length >= size) break;
    const distances = crowdingDistances(positions.map((i) => losses[i]!));
    const members = positions.map((i, at) => ({ trial: complete[i]!, front, distance: distances[at]! }));
    parents.push(...(parents.length + members.length > size ? members.toSorted((a, b) => byDistance(b, a)) : members));
  }
  const behind = [...sorted(pruned, (trial) => prunedRank(trial, directions[0]!)), ...sorted(infeasible, (trial) => [violation(trial)])];
  const worst = parents.at(-1)?.front ?? -1;
  parents.push(...behind.map((trial, i) => ({ trial, front: worst + 1 + i, distance: 0 })));
  return parents.slice(0, size);
}

/** Compares without subtraction, which gives NaN for two infinite distances. */
function byDistance(a: Parent, b: Parent): number {
  return a.distance === b.distance ? 0 : a.distance - b.distance;
}

function sorted<T>(trials: readonly T[], keyOf: (trial: T) => readonly number[]): readonly T[] {
  return trials
    .map((trial) => ({ trial, key: keyOf(trial) }))
    .sort((a, b) => compareLosses(a.key, b.key))
    .map(({ trial }) => trial);
}

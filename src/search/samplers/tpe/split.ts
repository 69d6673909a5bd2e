import { bestSubset } from '../../objectives/best-subset.ts';
import { compareLosses } from '../../objectives/pareto.ts';
import type { Direction, Observation } from '../../trial/history.ts';

type Complete = Extract<Observation, { state: 'complete' }>;
type Pruned = Extract<Observation, { state: 'pruned' }>;

/** The good trials and all others (running ones among them), each in the order of their numbers. */
export interface Split {
  readonly below: readonly Observation[];
  readonly above: readonly Observation[];
}

/**
 * The `count` best trials against the rest. Complete trials come first, then pruned ones (the further they got, the
 * better), then those that violate a constraint (the less, the better). Ties keep the order of the trials.
 */
export function splitTrials(observations: readonly Observation[], directions: readonly Direction[], count: number): Split {
  const complete: Complete[] = [];
  const pruned: Pruned[] = [];
  const infeasible: (Complete | Pruned)[] = [];
  for (const trial of observations) {
    if (trial.state === 'running') continue;
    if (violation(trial) > 0) infeasible.push(trial);
    else if (trial.state === 'complete') complete.push(trial);
    else pruned.push(trial);
  }
  const ranked = [
    ...bestComplete(complete, directions, count),
    ...ranking(pruned, count, (trial) => prunedRank(trial, directions[0]!)),
    ...ranking(infeasible, count, (trial) => [violation(trial)]),
  ];
  const chosen = new Set<Observation>(ranked.slice(0, count));
  return { below: observations.filter((trial) => chosen.has(trial)), above: observations.filter((trial) => !chosen.has(trial)) };
}

function bestComplete(trials: readonly Complete[], directions: readonly Direction[], count: number): readonly Complete[] {
  if (directions.length === 1) return ranking(trials, count, (trial) => [lossOf(trial.value, directions[0]!)]);
  const losses = trials.map(({ value, values = [value] }) => directions.map((direction, i) => lossOf(values[i] ?? Number.NaN, direction)));
  return bestSubset(losses, count).map((i) => trials[i]!);
}

/** The `count` trials with the smallest keys (compared entry by entry), smallest first. */
function ranking<T extends Observation>(trials: readonly T[], count: number, keyOf: (trial: T) => readonly number[]): readonly T[] {
  if (trials.length === 0) return trials;
  return trials
    .map((trial) => ({ trial, key: keyOf(trial) }))
    .sort((a, b) => compareLosses(a.key, b.key))
    .slice(0, count)
    .map(({ trial }) => trial);
}

/** Smaller is better; NaN is worst. */
function lossOf(value: number, direction: Direction): number {
  if (Number.isNaN(value)) return Number.POSITIVE_INFINITY;
  return direction === 'minimize' ? value : -value;
}

function prunedRank({ last }: Pruned, direction: Direction): readonly number[] {
  return last === null ? [1, 0] : [-last.step, lossOf(last.value, direction)];
}

/** How far a trial is from feasible: the sum of its positive constraint values. */
function violation(trial: Complete | Pruned): number {
  let sum = 0;
  for (const value of trial.constraints ?? []) if (value > 0) sum += value;
  return sum;
}

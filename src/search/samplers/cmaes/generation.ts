import { truncatedNormalQuantile } from '../../../core/normal.ts';
import { createRng } from '../../../core/rng.ts';
import { lossOf, prunedRank, violation } from '../../objectives/loss.ts';
import { compareLosses } from '../../objectives/pareto.ts';
import type { Direction, Observation } from '../../trial/history.ts';
import type { Axis, Point } from '../gp/coordinates.ts';
import { cellAt } from './cells.ts';
import { type Distribution, deviation } from './distribution.ts';

/** A finished trial with a value for every jointly searched parameter. */
export interface Member {
  readonly trial: Exclude<Observation, { state: 'running' }>;
  readonly point: Point;
}

/**
 * Returns the next generation: the next `population` members in the order of their numbers, at most half of them failed, so that the mean
 * never moves towards failed ones. Further failed members are left out.
 * @returns the members and the position behind the last of them (null while there are too few).
 */
export function nextGeneration<M extends Member>(
  members: readonly M[],
  from: number,
  population: number,
): { readonly generation: readonly M[]; readonly to: number } | null {
  const generation: M[] = [];
  let failed = 0;
  for (let i = from; i < members.length; i++) {
    const member = members[i]!;
    if (member.trial.state === 'failed' && ++failed > population >> 1) continue;
    generation.push(member);
    if (generation.length === population) return { generation, to: i + 1 };
  }
  return null;
}

/**
 * Sorts members, best first: complete trials by value (NaN last), then pruned ones (those that got further first), then infeasible ones
 * (smaller violation first), then failed ones. Ties keep the order of their numbers.
 */
export function ranked(members: readonly Member[], direction: Direction): readonly Member[] {
  return members
    .map((member) => ({ member, key: rankKey(member.trial, direction) }))
    .sort((a, b) => compareLosses(a.key, b.key))
    .map(({ member }) => member);
}

function rankKey(trial: Member['trial'], direction: Direction): readonly number[] {
  if (trial.state === 'failed') return [3];
  const violated = violation(trial);
  if (violated > 0) return [2, violated];
  return trial.state === 'complete' ? [0, lossOf(trial.value, direction)] : [1, ...prunedRank(trial, direction)];
}

/**
 * Returns the point of the continuous distribution that the trial's values stand for. Of a stepped parameter only the cell is known, so a
 * place within it is drawn from the distribution: always the same for the same trial and distribution.
 */
export function latentPoint({ trial, point }: Member, axes: readonly Axis[], from: Distribution, seed: number): Point {
  let rng: ReturnType<typeof createRng> | null = null;
  return point.map((place, i) => {
    const cell = cellAt(axes[i]!, place);
    if (cell === null) return place;
    rng ??= createRng(`cmaes ${seed} ${trial.number}`);
    const mean = from.mean[i]!;
    const spread = deviation(from, i);
    return mean + spread * truncatedNormalQuantile(rng.uniform(), (cell.lower - mean) / spread, (cell.upper - mean) / spread);
  });
}

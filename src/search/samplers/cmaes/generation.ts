import { truncatedNormalQuantile } from '../../../core/normal.ts';
import { createRng } from '../../../core/rng.ts';
import { type Complete, lossOf, type Pruned, prunedRank, violation } from '../../objectives/loss.ts';
import { compareLosses } from '../../objectives/pareto.ts';
import type { Direction } from '../../trial/history.ts';
import type { Axis, Point } from '../gp/coordinates.ts';
import { cellAt } from './cells.ts';
import { type Distribution, deviation } from './distribution.ts';

/** A finished trial that has all the parameters which are searched jointly. */
export interface Member {
  readonly trial: Complete | Pruned;
  readonly point: Point;
}

/**
 * The members, best first: complete trials by value (NaN last), then pruned ones (who got further is better), then those that
 * violate a constraint (the less, the better). Equal ones keep the order of their numbers.
 */
export function ranked(members: readonly Member[], direction: Direction): readonly Member[] {
  return members
    .map((member) => ({ member, key: rankKey(member.trial, direction) }))
    .sort((a, b) => compareLosses(a.key, b.key))
    .map(({ member }) => member);
}

function rankKey(trial: Complete | Pruned, direction: Direction): readonly number[] {
  const violated = violation(trial);
  if (violated > 0) return [2, violated];
  return trial.state === 'complete' ? [0, lossOf(trial.value, direction)] : [1, ...prunedRank(trial, direction)];
}

/**
 * A point of the continuous distribution that the trial's values stand for. Of a stepped parameter only the cell is known, so
 * a place within it is drawn as the distribution has it: always the same for the same trial and distribution.
 */
export function latentPoint({ trial, point }: Member, axes: readonly Axis[], from: Distribution, seed: number): Point {
  let rng: ReturnType<typeof createRng> | null = null;
  return point.map((place, i) => {
    const cell = cellAt(axes[i]!, place);
    if (cell === null) return place;
    rng ??= createRng(`cmaes ${seed} ${trial.number}`);
    const [mean, spread] = [from.mean[i]!, deviation(from, i)];
    return mean + spread * truncatedNormalQuantile(rng.uniform(), (cell.lower - mean) / spread, (cell.upper - mean) / spread);
  });
}

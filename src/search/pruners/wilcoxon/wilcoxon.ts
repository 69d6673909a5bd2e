import { z } from 'zod';
import type { Curve, Direction } from '../../trial/history.ts';
import { isBetter } from '../curve.ts';
import { definePruner } from '../define-pruner.ts';
import { keep, type PeerCurve, type PruneDecision, type Pruner } from '../pruner.ts';
import { signedRankTest } from './signed-rank.ts';

export const wilcoxonOptions = z.strictObject({
  /** Prunes below this p-value. */
  pThreshold: z.number().min(0).max(1).default(0.1),
  /** Number of steps in common with the best trial before the first decision. */
  startupSteps: z.int().min(0).default(2),
});

export type WilcoxonOptions = z.output<typeof wilcoxonOptions>;

/**
 * For objectives that are a mean over problem instances, with the instance as the step, in any order. Prunes if a signed-rank test
 * shows that the trial is worse than the best one on their common instances. Keeps the trial if either has a value that is not
 * finite, unless the trial reported only NaN.
 */
export function createWilcoxonPruner(options: WilcoxonOptions): Pruner {
  return { id: 'wilcoxon', decide: (self, peers, direction) => decide(self, peers, direction, options) };
}

function decide(
  self: Curve,
  peers: readonly PeerCurve[],
  direction: Direction,
  { pThreshold, startupSteps }: WilcoxonOptions,
): PruneDecision {
  const best = bestTrial(peers, direction);
  if (best === null || best.values.length === 0) return keep;
  const common = self.steps.filter((step) => best.steps.includes(step)).length;
  if (common >= Math.max(2, startupSteps) && self.values.every(Number.isNaN))
    return { prune: true, reason: `every value is NaN, on ${self.values.length} steps` };
  if (![...self.values, ...best.values].every(Number.isFinite)) return keep;

  const bestAt = new Map(best.steps.map((step, i) => [step, best.values[i]!]));
  const differences: number[] = [];
  self.steps.forEach((step, i) => {
    const other = bestAt.get(step);
    if (other !== undefined) differences.push(self.values[i]! - other);
  });
  if (differences.length < Math.max(2, startupSteps)) return keep;
  if (!isBetter(mean(best.values), mean(self.values), direction)) return keep;
  const p = signedRankTest(differences, direction === 'minimize' ? 'above' : 'below');
  if (!(p < pThreshold)) return keep;
  return {
    prune: true,
    reason: `worse than trial ${best.number}, the best, on ${differences.length} common steps (p = ${p.toPrecision(2)})`,
  };
}

function bestTrial(peers: readonly PeerCurve[], direction: Direction): PeerCurve | null {
  let best: PeerCurve | null = null;
  for (const peer of peers) {
    if (peer.state !== 'complete' || peer.feasible === false || peer.value === undefined || Number.isNaN(peer.value)) continue;
    if (best === null || isBetter(peer.value, best.value!, direction)) best = peer;
  }
  return best;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Stops a trial that a signed-rank test finds worse than the best one on the steps (problem instances) that both have.
 *
 * @example
 * ```ts
 * import { wilcoxon } from 'assay';
 *
 * const pruner = wilcoxon({ pThreshold: 0.05 });
 * ```
 */
export const wilcoxon = definePruner({ id: 'wilcoxon', options: wilcoxonOptions, create: createWilcoxonPruner });

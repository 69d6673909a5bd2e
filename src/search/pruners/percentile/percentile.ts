import { z } from 'zod';
import { counted } from '../../../core/counted.ts';
import type { Curve, Direction } from '../../trial/history.ts';
import { dueStep } from '../check-interval.ts';
import { bestReport, interpolatedAt, isBetter, shown, valueAt } from '../curve.ts';
import { definePruner } from '../define-pruner.ts';
import { feasibleValues, type PeerValue } from '../feasible-peers.ts';
import { percentileOf } from '../order-statistics.ts';
import { keep, type PeerCurve, type PruneDecision, type Pruner } from '../pruner.ts';

const comparison = {
  /** Number of complete, feasible trials before the first decision. */
  startupTrials: z.int().min(0).default(5),
  warmupSteps: z.int().min(0).default(0),
  intervalSteps: z.int().min(1).default(1),
  /** No decision if fewer peers have a value at the same step. */
  minPeers: z.int().min(1).default(1),
  /** Counts pruned trials as peers at the steps they reached, so that pruning does not raise the bar. Optuna counts complete trials only. */
  countPruned: z.boolean().default(true),
  /** Interpolates a peer's value between its reports before and after the step. Optuna counts exact steps only. */
  interpolate: z.boolean().default(true),
};

export const medianOptions = z.strictObject(comparison);
export const percentileOptions = z.strictObject({
  ...comparison,
  percentile: z.number().min(0).max(100).default(25),
});

export type PercentileOptions = z.output<typeof percentileOptions>;

/**
 * Prunes a trial whose best value so far is worse than the given percentile of the finished trials' values at the same step
 * (Golovin et al. 2017, "Google Vizier", section 3.2.1 for the median). NaN is not a value: a trial that reported only NaN is
 * pruned, and peers with NaN at the step are left out.
 */
export function createPercentilePruner(id: string, options: PercentileOptions): Pruner {
  return {
    id,
    decide: (self, peers, direction) => decide(self, peers, direction, options),
  };
}

function decide(self: Curve, peers: readonly PeerCurve[], direction: Direction, options: PercentileOptions): PruneDecision {
  const step = dueStep(self, options);
  if (step === null) return keep;
  const [others, counts] = valuesAt(peers, step, options);
  if (counts.complete === 0 || counts.complete < options.startupTrials) return keep;

  const own = bestReport(self, direction);
  if (Number.isNaN(own.value)) return { prune: true, reason: `every value up to step ${step} is NaN` };

  if (counts.reported < options.minPeers) return keep;
  const bar = percentileOf(others, counts.numbers, direction === 'minimize' ? options.percentile : 100 - options.percentile);
  if (!isBetter(bar, own.value, direction)) return keep;
  return {
    prune: true,
    reason: reasonOf(own, bar, step, counts.reported, direction, options),
  };
}

/** Values of feasible peers at a step without NaN, and the number of peers of each kind. */
function valuesAt(peers: readonly PeerCurve[], step: number, { countPruned, interpolate }: PercentileOptions) {
  const at = interpolate ? interpolatedAt : valueAt;
  const counts = { complete: 0, reported: 0, numbers: 0 };
  const reported: PeerValue[] = [];
  for (const peer of peers) {
    if (peer.state === 'complete') counts.complete += peer.feasible === false ? 0 : 1;
    else if (!(countPruned && peer.state === 'pruned')) continue;
    const value = at(peer, step);
    if (value !== undefined) reported.push({ value, feasible: peer.feasible });
  }
  const counted = feasibleValues(reported);
  const values = Float64Array.from(counted.filter((value) => !Number.isNaN(value)));
  counts.reported = counted.length;
  counts.numbers = values.length;
  return [values, counts] as const;
}

function reasonOf(
  own: ReturnType<typeof bestReport>,
  bar: number,
  step: number,
  peers: number,
  direction: Direction,
  { percentile, countPruned }: PercentileOptions,
): string {
  const side = direction === 'minimize' ? 'above' : 'below';
  const line = percentile === 50 ? 'median' : `best ${shown(percentile)} %,`;
  const trials = counted(peers, countPruned ? 'trial' : 'complete trial');
  return `best value so far ${shown(own.value)} (step ${own.step}) is ${side} the ${line} ${shown(bar)} of ${trials} at step ${step}`;
}

/**
 * Stops a trial that is worse than the median of the finished trials at the same step.
 *
 * @example
 * ```ts
 * import { median } from 'assay';
 *
 * const pruner = median({ startupTrials: 10, warmupSteps: 100 });
 * ```
 */
export const median = definePruner({
  id: 'median',
  options: medianOptions,
  create: (options) => createPercentilePruner('median', { ...options, percentile: 50 }),
});

/**
 * Stops a trial that is not among the best `percentile` percent of the finished trials at the same step.
 *
 * @example
 * ```ts
 * import { percentile } from 'assay';
 *
 * const pruner = percentile({ percentile: 25 });
 * ```
 */
export const percentile = definePruner({
  id: 'percentile',
  options: percentileOptions,
  create: (options) => createPercentilePruner('percentile', options),
});

import { z } from 'zod';
import type { Curve, Direction } from '../../trial/history.ts';
import { dueStep } from '../check-interval.ts';
import { bestValue, isBetter, shown, valueAt } from '../curve.ts';
import { keep, type PeerCurve, type Pruner, type Verdict } from '../pruner.ts';

const comparison = {
  /** No verdict before so many trials are complete. */
  startupTrials: z.int().min(0).default(5),
  warmupSteps: z.int().min(0).default(0),
  intervalSteps: z.int().min(1).default(1),
  /** No verdict where fewer complete trials have a value at the same step. */
  minPeers: z.int().min(1).default(1),
};

export const medianOptions = z.strictObject(comparison);
export const percentileOptions = z.strictObject({
  ...comparison,
  percentile: z.number().min(0).max(100).default(25),
});

export type PercentileOptions = z.output<typeof percentileOptions>;

/**
 * Prune a trial whose best value so far is worse than the given percentile of what the complete trials had at the same
 * step (Golovin et al. 2017, "Google Vizier", section 3.2.1 for the median). NaN never counts as a value: a trial that
 * reported nothing else is pruned, peers that have it at the step are left out.
 */
export function createPercentilePruner(id: string, options: PercentileOptions): Pruner {
  return {
    id,
    judge: (self, peers, direction) => judge(self, peers, direction, options),
  };
}

function judge(self: Curve, peers: readonly PeerCurve[], direction: Direction, options: PercentileOptions): Verdict {
  const complete = peers.filter((peer) => peer.state === 'complete');
  if (complete.length === 0 || complete.length < options.startupTrials) return keep;
  const step = dueStep(self, options);
  if (step === null) return keep;

  const own = bestValue(self, direction);
  if (Number.isNaN(own)) return { prune: true, reason: `every value up to step ${step} is NaN` };

  const others = complete.map((peer) => valueAt(peer, step)).filter((value) => value !== undefined);
  if (others.length < options.minPeers) return keep;
  const bar = percentileOf(others, direction === 'minimize' ? options.percentile : 100 - options.percentile);
  if (!isBetter(bar, own, direction)) return keep;
  return {
    prune: true,
    reason: reasonOf(own, bar, step, others.length, direction, options.percentile),
  };
}

function reasonOf(own: number, bar: number, step: number, peers: number, direction: Direction, percentile: number): string {
  const side = direction === 'minimize' ? 'above' : 'below';
  const line = percentile === 50 ? 'median' : `best ${shown(percentile)} %,`;
  return `value ${shown(own)} at step ${step} is ${side} the ${line} ${shown(bar)} of ${peers} complete trial${peers === 1 ? '' : 's'}`;
}

/**
 * Linear interpolation between the order statistics (Hyndman and Fan 1996, type 7), without NaN. NaN, which nothing is
 * compared with, where there is no value or one of the two neighbours is infinite: as in numpy, also at a whole position.
 */
function percentileOf(values: readonly number[], percentile: number): number {
  const sorted = Float64Array.from(values.filter((value) => !Number.isNaN(value))).sort();
  if (sorted.length === 0) return Number.NaN;
  const position = (percentile / 100) * (sorted.length - 1);
  const below = Math.floor(position);
  const [a, b] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!];
  const fraction = position - below;
  // From the nearer end, so that both ends are met exactly.
  return fraction < 0.5 ? a + fraction * (b - a) : b - (1 - fraction) * (b - a);
}

import { z } from 'zod';
import type { Curve } from '../../trial/history.ts';
import { dueStep } from '../check-interval.ts';
import { shown, valueAt } from '../curve.ts';
import { definePruner } from '../define-pruner.ts';
import { keep, type PruneDecision, type Pruner } from '../pruner.ts';

export const thresholdOptions = z
  .strictObject({
    lower: z.number().nullable().default(null),
    upper: z.number().nullable().default(null),
    warmupSteps: z.int().min(0).default(0),
    intervalSteps: z.int().min(1).default(1),
  })
  .refine(({ lower, upper }) => lower !== null || upper !== null, { path: ['lower'], message: 'give lower, upper or both' });

export type ThresholdOptions = z.output<typeof thresholdOptions>;

/** Prunes a trial whose latest value is outside the bounds or NaN. */
export function createThresholdPruner(options: ThresholdOptions): Pruner {
  return { id: 'threshold', decide: (self) => decide(self, options) };
}

function decide(self: Curve, { lower, upper, ...interval }: ThresholdOptions): PruneDecision {
  const step = dueStep(self, interval);
  if (step === null) return keep;
  const value = valueAt(self, step)!;
  const at = `value ${shown(value)} at step ${step}`;
  if (Number.isNaN(value)) return { prune: true, reason: at };
  if (lower !== null && value < lower) return { prune: true, reason: `${at} is below the lower bound ${shown(lower)}` };
  if (upper !== null && value > upper) return { prune: true, reason: `${at} is above the upper bound ${shown(upper)}` };
  return keep;
}

/**
 * Stops a trial whose value is outside the bounds or NaN.
 *
 * @example
 * ```ts
 * import { threshold } from 'assay';
 *
 * const pruner = threshold({ upper: 10, warmupSteps: 5 });
 * ```
 */
export const threshold = definePruner({ id: 'threshold', options: thresholdOptions, create: createThresholdPruner });

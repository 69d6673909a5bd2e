import { z } from 'zod';

/** Options of population-based training, shared by its sampler and its pruner. */
export const pbtOptions = z.strictObject({
  /** Number of trials that start without a parent; equal to the number that run at once. */
  population: z.int().min(2),
  /** Steps between two comparisons. The objective must keep a checkpoint at least as often. */
  interval: z.int().min(1),
  /** Share of the population that is stopped at each comparison, and share of the best that are forked. */
  quantile: z.number().gt(0).max(0.5).default(0.25),
  /** Probability that a parameter is sampled again instead of multiplied. */
  resample: z.number().min(0).max(1).default(0.25),
  /** A number is multiplied by one of these. */
  factors: z.array(z.number().positive()).min(1).default([0.8, 1.2]),
  /** Flat names of parameters that a fork inherits unchanged, such as those that determine a checkpoint's shapes. */
  fixed: z.array(z.string()).default([]),
});

export type PbtOptions = z.output<typeof pbtOptions>;

import { z } from 'zod';

/** Of population-based training, its sampler and its pruner alike. */
export const pbtOptions = z.strictObject({
  /** How many trials begin anew; as many as run at once. */
  population: z.int().min(2),
  /** Steps between two comparisons. The objective keeps a checkpoint at least as often. */
  interval: z.int().min(1),
  /** The share of the population that gives up at each comparison, and the share at the top that others go on from. */
  quantile: z.number().gt(0).max(0.5).default(0.25),
  /** How likely a parameter is drawn anew and not multiplied. */
  resample: z.number().min(0).max(1).default(0.25),
  /** A number is multiplied by one of these. */
  factors: z.array(z.number().positive()).min(1).default([0.8, 1.2]),
  /** Flat names of parameters that a trial takes over as they are: whatever a checkpoint's shapes depend on. */
  fixed: z.array(z.string()).default([]),
});

export type PbtOptions = z.output<typeof pbtOptions>;

import { z } from 'zod';

/** Defaults are those of Optuna 5, but for `group`: without branches it changes nothing, with them it models each branch jointly. */
export const tpeOptions = z.strictObject({
  /** Uniform draws until so many trials are complete or pruned. */
  startupTrials: z.int().min(0).default(10),
  /** Points drawn from the good trials' density, of which the best is suggested. */
  candidates: z.int().min(1).default(24),
  /** Model parameters jointly; false: each by itself. */
  multivariate: z.boolean().default(true),
  /** Model parameters jointly that always appear together; false: only those that all trials have, the rest one by one. */
  group: z.boolean().default(true),
  /** Count trials under way among the bad ones, so that parallel workers keep apart. */
  constantLiar: z.boolean().default(true),
  /** Weight of the prior kernel, next to 1 for an observation. */
  priorWeight: z.number().positive().default(1),
  /** Keep kernels at least about range / min(100, observations) wide. */
  magicClip: z.boolean().default(true),
  /** Let the range's ends take part in the width of the outermost kernels. */
  endpoints: z.boolean().default(false),
  /** How many trials count as good: 10 % but at most 25, or hyperopt's sqrt(n) / 4. */
  gamma: z.enum(['default', 'hyperopt']).default('default'),
});

export type TpeOptions = z.output<typeof tpeOptions>;
export type TpeInput = z.input<typeof tpeOptions>;

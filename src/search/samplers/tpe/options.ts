import { z } from 'zod';

/** Defaults are those of Optuna 5, but for `group`: without branches it changes nothing, with them it models each branch jointly. */
export const tpeOptions = z.strictObject({
  /** Whose rules: those of Optuna 5, or those of its release 4.9 (see `settle`). */
  release: z.enum(['5', '4.9']).default('5'),
  /** Uniform draws until so many trials are complete or pruned. */
  startupTrials: z.int().min(0).default(10),
  /** Points drawn from the good trials' density, of which the best is suggested. */
  candidates: z.int().min(1).default(24),
  /** Model parameters jointly; false: each by itself. null: true, in release 4.9 false. */
  multivariate: z.boolean().nullable().default(null),
  /** Model parameters jointly that always appear together; false: only those that all trials have, the rest one by one. null: as `multivariate`, in release 4.9 false. */
  group: z.boolean().nullable().default(null),
  /** Count trials under way among the bad ones, so that parallel workers keep apart. null: true, in release 4.9 false. */
  constantLiar: z.boolean().nullable().default(null),
  /** Weight of the prior kernel, next to 1 for an observation. */
  priorWeight: z.number().positive().default(1),
  /** Keep kernels at least about range / min(100, observations) wide. */
  magicClip: z.boolean().default(true),
  /** Let the range's ends take part in the width of the outermost kernels. */
  endpoints: z.boolean().default(false),
  /** How many trials count as good: 10 % but at most 25, or hyperopt's sqrt(n) / 4. */
  gamma: z.enum(['default', 'hyperopt']).default('default'),
});

export type TpeInput = z.input<typeof tpeOptions>;

type OpenOptions = z.output<typeof tpeOptions>;

/** Options with nothing left open. */
export type TpeOptions = { readonly [Name in keyof OpenOptions]: NonNullable<OpenOptions[Name]> };

/**
 * Release 4.9 models each parameter by itself and leaves out running trials; in it joint kernels are all equally wide, the
 * good trials are at most 25 whatever the number of objectives and weigh what they contribute to the hypervolume, and in a
 * study with constraints a trial that has none counts as violating them.
 */
export function settledOptions(options: OpenOptions): TpeOptions {
  const newer = options.release === '5';
  const multivariate = options.multivariate ?? newer;
  return { ...options, multivariate, group: options.group ?? (newer && multivariate), constantLiar: options.constantLiar ?? newer };
}

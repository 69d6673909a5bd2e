import { z } from 'zod';

/** Defaults are those of Optuna 5, except for `group`: without branches it changes nothing, with them it models each branch jointly. */
export const tpeOptions = z.strictObject({
  /** Rules of Optuna 5, or of its release 4.9 (see `settledOptions`). */
  release: z.enum(['5', '4.9']).default('5'),
  /** Number of complete or pruned trials before the model is used; until then draws are uniform. */
  startupTrials: z.int().min(0).default(10),
  /** Number of points drawn from the good trials' density, of which the best is suggested. */
  candidates: z.int().min(1).default(24),
  /** Models parameters jointly; false: each separately (null: true, in release 4.9 false). */
  multivariate: z.boolean().nullable().default(null),
  /**
   * Models parameters jointly that always appear together; false: only those that all trials have, the others separately (null: as
   * `multivariate`, in release 4.9 false).
   */
  group: z.boolean().nullable().default(null),
  /** Counts running trials as bad ones, so that parallel workers keep a distance (null: true, in release 4.9 false). */
  constantLiar: z.boolean().nullable().default(null),
  /** Weight of the prior kernel, next to 1 for an observation. */
  priorWeight: z.number().positive().default(1),
  /** Keeps kernels at least about range / min(100, observations) wide. */
  magicClip: z.boolean().default(true),
  /** Includes the range's ends in the widths of the outermost kernels. */
  endpoints: z.boolean().default(false),
  /** Number of good trials: 10 % but at most 25, or hyperopt's sqrt(n) / 4. */
  gamma: z.enum(['default', 'hyperopt']).default('default'),
});

type OpenOptions = z.output<typeof tpeOptions>;

/** Options without null. */
export type TpeOptions = { readonly [Name in keyof OpenOptions]: NonNullable<OpenOptions[Name]> };

/**
 * Replaces null by the defaults of the release. Release 4.9 models each parameter separately and ignores running trials; its joint
 * kernels are all equally wide, at most 25 trials are good whatever the number of objectives, weighted by their contributions to the
 * hypervolume, and in a study with constraints a trial without any counts as violating them.
 */
export function settledOptions(options: OpenOptions): TpeOptions {
  const newer = options.release === '5';
  const multivariate = options.multivariate ?? newer;
  return { ...options, multivariate, group: options.group ?? (newer && multivariate), constantLiar: options.constantLiar ?? newer };
}

import { z } from 'zod';

export const gpOptions = z.strictObject({
  /** Space-filling trials until so many are finished. */
  startupTrials: z.int().min(1).default(8),
  /** The covariance: rough (Matern 5/2) or very smooth. */
  kernel: z.enum(['matern52', 'gaussian']).default('matern52'),
  /** Learn also a sum of functions of one parameter each: what is learnt on one axis then holds wherever the others are. */
  additive: z.boolean().default(true),
  /** Lengthscales that grow with the dimension, or the reference's. */
  prior: z.enum(['dimension', 'reference']).default('dimension'),
  /** What is done to the values before they are modelled: standardised, or also bent until they look normal. */
  output: z.enum(['none', 'power']).default('power'),
  /** Stretch axes where the objective changes. */
  warp: z.boolean().default(false),
  /** How trials under way count: as if they ended as expected, or in all the ways in which they may end (qLogEI). */
  pending: z.enum(['believe', 'integrate']).default('integrate'),
  /** Trials modelled at most; of more, the best half and an even choice of the others. */
  capacity: z.int().min(10).default(200),
});

export type GpOptions = z.output<typeof gpOptions>;

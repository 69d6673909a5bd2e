import { z } from 'zod';

export const gpOptions = z.strictObject({
  /** Number of finished trials before the process is used; until then trials are space-filling. */
  startupTrials: z.int().min(1).default(8),
  /** Kernel: rough (Matern 5/2) or very smooth (Gaussian). */
  kernel: z.enum(['matern52', 'gaussian']).default('matern52'),
  /** Adds a sum of functions of one parameter each: what is learnt on one axis then holds for all values of the others. */
  additive: z.boolean().default(true),
  /** Prior of the lengthscales: growing with the dimension, or that of the reference implementation. */
  prior: z.enum(['dimension', 'reference']).default('dimension'),
  /** Transform of the values before modelling: standardised, or also power-transformed towards a normal distribution. */
  output: z.enum(['none', 'power']).default('power'),
  /** Warps axes to stretch the regions in which the objective changes. */
  warp: z.boolean().default(false),
  /** Running trials count with their predicted value, or are integrated over their possible outcomes (qLogEI). */
  pending: z.enum(['believe', 'integrate']).default('integrate'),
  /** Maximum number of trials in the model; of more, the best half and an even selection of the others. */
  capacity: z.int().min(10).default(200),
});

export type GpOptions = z.output<typeof gpOptions>;

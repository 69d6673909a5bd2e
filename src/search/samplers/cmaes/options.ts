import { z } from 'zod';

export const cmaesOptions = z.strictObject({
  /** Adapts one variance per parameter only: for more than about 100 parameters, or parameters that do not interact. */
  separable: z.boolean().default(false),
  /**
   * After convergence: `ipop` restarts elsewhere with twice the population, `bipop` alternates that with short runs of small populations,
   * `none` continues.
   */
  restarts: z.enum(['none', 'ipop', 'bipop']).default('ipop'),
  /** Trials per generation (null: 4 + 3 ln(parameters), rounded down). */
  population: z.int().min(3).nullable().default(null),
  /** Start of the first run by flat name; default: the middle of the range. */
  x0: z.record(z.string(), z.number()).default({}),
  /** Standard deviation at the start of a run, as a share of each parameter's range (on its own scale). */
  sigma0: z.number().positive().max(1).default(0.14),
});

export type CmaesOptions = z.output<typeof cmaesOptions>;

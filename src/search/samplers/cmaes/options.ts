import { z } from 'zod';

export const cmaesOptions = z.strictObject({
  /** Adapt one variance per parameter only: for more than about 100 parameters, or where they do not interact. */
  separable: z.boolean().default(false),
  /**
   * What to do when a run has converged: `ipop` starts again somewhere else with twice the population, `bipop` takes turns
   * between that and short runs of small populations, `none` goes on.
   */
  restarts: z.enum(['none', 'ipop', 'bipop']).default('ipop'),
  /** Trials of one generation; null: 4 + 3 ln(parameters), rounded down. */
  population: z.int().min(3).nullable().default(null),
  /** Where the first run starts, by flat names; the middle of the range for parameters that are not named. */
  x0: z.record(z.string(), z.number()).default({}),
  /** Standard deviation at the start of a run, as a share of each parameter's range (on its own scale). */
  sigma0: z.number().positive().max(1).default(0.14),
});

export type CmaesOptions = z.output<typeof cmaesOptions>;
export type CmaesInput = z.input<typeof cmaesOptions>;

import { z } from 'zod';

export const importanceOptions = z
  .strictObject({
    /**
     * `ped-anova`: which parameters decide whether a trial is among the best; every parameter, branches included.
     * `fanova`: which share of the variance of all values each explains, by a forest. `mdi`: which parameters the forest
     * splits on.
     */
    evaluator: z.enum(['ped-anova', 'fanova', 'mdi']).default('ped-anova'),
    /** Which objective, from 0. By default all of them: PED-ANOVA then asks what it takes to reach the Pareto front. */
    objective: z.int().min(0).optional(),
    /** PED-ANOVA: the best share of the trials counts as good, ... */
    targetQuantile: z.number().gt(0).lt(1).default(0.1),
    /** ... compared with this share of the best; 1: with all. */
    regionQuantile: z.number().gt(0).max(1).default(1),
    /** PED-ANOVA: compare with where the trials lie; false: with the uniform distribution. */
    local: z.boolean().default(true),
    /**
     * Parameters that only some trials have. `plain`: as the papers have it; PED-ANOVA then makes more of them the rarer they are, and the
     * forests leave them out. `weighed`: by the share of the trials that have them; the forests draw what a trial lacks at random.
     */
    conditionals: z.enum(['plain', 'weighed']).default('plain'),
    trees: z.int().min(1).default(64),
    maxDepth: z.int().min(1).default(64),
    /** How often the trials are resampled for the interval. */
    resamples: z.int().min(0).default(60),
    /** Share of the resampled importances between `low` and `high`. */
    confidence: z.number().gt(0).lt(1).default(0.9),
    seed: z.int().min(0).default(0),
  })
  .refine(({ targetQuantile, regionQuantile }) => targetQuantile < regionQuantile, {
    path: ['targetQuantile'],
    message: 'must be smaller than regionQuantile',
  });

export type ImportanceOptions = z.output<typeof importanceOptions>;
export type ImportanceInput = z.input<typeof importanceOptions>;

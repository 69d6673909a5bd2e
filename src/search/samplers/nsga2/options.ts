import { z } from 'zod';

export const nsga2Options = z.strictObject({
  /** Number of parents, and of uniform draws at the start. */
  population: z.int().min(2).default(20),
  /** Recombination of two parents' numbers: `sbx` lands near one of them or beyond, `uniform` takes either. */
  crossover: z.enum(['sbx', 'uniform']).default('sbx'),
  /** Probability that a child has two parents; otherwise it is a mutated copy of one. */
  crossoverRate: z.number().min(0).max(1).default(0.9),
  /** Probability that a parameter mutates (null: one parameter on average). */
  mutationRate: z.number().min(0).max(1).nullable().default(null),
  /** Distribution index of the crossover: the larger, the closer a recombined number stays to a parent's. */
  crossoverIndex: z.number().positive().default(5),
  /** Distribution index of the mutation: the larger, the smaller the mutations of numbers. */
  mutationIndex: z.number().positive().default(10),
});

export type Nsga2Options = z.output<typeof nsga2Options>;

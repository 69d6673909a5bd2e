import { z } from 'zod';

export const nsga2Options = z.strictObject({
  /** How many trials are kept as parents, and how many uniform draws come first. */
  population: z.int().min(2).default(20),
  /** How numbers of two parents become one: `sbx` lands near one of them or beyond, `uniform` takes either. */
  crossover: z.enum(['sbx', 'uniform']).default('sbx'),
  /** How often a child has two parents; else it is one parent's, mutated. */
  crossoverRate: z.number().min(0).max(1).default(0.9),
  /** How likely each parameter mutates; null: one of them on average. */
  mutationRate: z.number().min(0).max(1).nullable().default(null),
  /** The larger, the closer a recombined number stays to a parent's. */
  crossoverIndex: z.number().positive().default(5),
  /** The larger, the smaller the mutations of numbers. */
  mutationIndex: z.number().positive().default(10),
});

export type Nsga2Options = z.output<typeof nsga2Options>;

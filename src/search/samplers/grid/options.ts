import { z } from 'zod';

const count = z.int().min(1).max(1_000_000);

export const gridOptions = z.strictObject({
  /**
   * Number of values of a numeric parameter, evenly spaced on its scale, both ends included (1: the middle): by flat name, or one number
   * as the limit of every parameter. Default: all values of ints and steps; continuous parameters require it.
   */
  points: z.union([count, z.record(z.string(), count)]).default({}),
  /** Visits the cells in a random order per study, so that the first ones are spread over the grid; false: in order. */
  shuffle: z.boolean().default(true),
});

export type GridOptions = z.output<typeof gridOptions>;

import { z } from 'zod';

const count = z.int().min(1).max(1_000_000);

export const gridOptions = z.strictObject({
  /**
   * How many values of a numeric parameter to try, evenly spaced on its scale, both ends among them (1: the middle). By flat
   * names, or one number that limits them all. Without it all values of ints and steps are tried; continuous ones need it.
   */
  points: z.union([count, z.record(z.string(), count)]).default({}),
  /** Try the cells in an order of each study's own, so that the first ones are spread over the grid; false: in order. */
  shuffle: z.boolean().default(true),
});

export type GridOptions = z.output<typeof gridOptions>;
export type GridInput = z.input<typeof gridOptions>;

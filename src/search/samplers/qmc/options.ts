import { z } from 'zod';

export const qmcOptions = z.strictObject({
  sequence: z.enum(['sobol', 'halton']).default('sobol'),
  /** Scrambles the points per study and keeps their uniformity: needed for unbiased means, and avoids the point in the corner. */
  scramble: z.boolean().default(true),
});

export type QmcOptions = z.output<typeof qmcOptions>;

import { z } from 'zod';

export const qmcOptions = z.strictObject({
  sequence: z.enum(['sobol', 'halton']).default('sobol'),
  /** Shuffle the points so that they stay as even, but every study has its own: needed for unbiased means, and avoids the corner. */
  scramble: z.boolean().default(true),
});

export type QmcOptions = z.output<typeof qmcOptions>;
export type QmcInput = z.input<typeof qmcOptions>;

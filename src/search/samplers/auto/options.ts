import { z } from 'zod';

export const autoOptions = z.strictObject({
  /** Every n-th trial is suggested by TPE, which explores where the Gaussian process is overconfident. */
  tpeEvery: z.int().min(2).default(8),
  /** Number of trials from which every other trial is suggested by TPE. */
  mixFrom: z.int().min(1).default(300),
});

export type AutoOptions = z.output<typeof autoOptions>;

import { z } from 'zod';

export const autoOptions = z.strictObject({
  /** Every so many-th trial is TPE's: it looks where the process is wrongly sure, and keeps out of its own ruts. */
  tpeEvery: z.int().min(2).default(8),
  /** From so many trials on, every other one is. */
  mixFrom: z.int().min(1).default(300),
});

export type AutoOptions = z.output<typeof autoOptions>;

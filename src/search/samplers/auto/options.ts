import { z } from 'zod';

export const autoOptions = z.strictObject({
  /** From so many finished trials on, every other one is TPE's. */
  mixFrom: z.int().min(1).default(300),
});

export type AutoOptions = z.output<typeof autoOptions>;
export type AutoInput = z.input<typeof autoOptions>;

import { z } from 'zod';

/** The change from one contract to the next, at the open of a session. */
export const rollSchema = z.strictObject({
  /** Trading date of the first session in the new contract. */
  date: z.string(),
  from: z.string(),
  to: z.string(),
});

export type Roll = z.infer<typeof rollSchema>;

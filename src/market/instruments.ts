import { z } from 'zod';
import { calendarIds } from './calendars/index.ts';

/** What one unit of an instrument is worth, and what trading it takes. Fees and margins are configuration: null until they are given. */
export const instrumentSchema = z.strictObject({
  /** As in the data set: `NQ`, `MNQZ4`. */
  symbol: z.string(),
  /** The product of which a contract is one delivery month: `NQ`. */
  root: z.string(),
  unit: z.enum(['share', 'contract']),
  /** Account currency per point of price and unit: 20 for NQ. */
  multiplier: z.number().positive(),
  /** Smallest difference of two prices. */
  tick: z.number().positive(),
  currency: z.string(),
  calendar: z.enum(calendarIds),
  /** Account currency per unit and side, everything included. */
  feePerSide: z.number().nonnegative().nullable(),
  /** Account currency per unit. */
  initialMargin: z.number().positive().nullable(),
  maintenanceMargin: z.number().positive().nullable(),
  /** First date on which these facts hold. */
  validFrom: z.string(),
});

export type Instrument = Readonly<z.infer<typeof instrumentSchema>>;

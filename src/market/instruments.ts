import type { CalendarId } from './calendars/index.ts';

/** What one unit of an instrument is worth, and what trading it takes. Fees and margins are configuration: null until they are given. */
export interface Instrument {
  /** As in the data set: `NQ`, `MNQZ4`. */
  readonly symbol: string;
  /** The product of which a contract is one delivery month: `NQ`. */
  readonly root: string;
  readonly unit: 'share' | 'contract';
  /** Account currency per point of price and unit: 20 for NQ. */
  readonly multiplier: number;
  /** Smallest difference of two prices. */
  readonly tick: number;
  readonly currency: string;
  readonly calendar: CalendarId;
  /** Account currency per unit and side, everything included. */
  readonly feePerSide: number | null;
  /** Account currency per unit. */
  readonly initialMargin: number | null;
  readonly maintenanceMargin: number | null;
  /** First date on which these facts hold. */
  readonly validFrom: string;
}

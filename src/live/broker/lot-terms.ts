import { AssayError } from '../../core/errors.ts';
import type { SessionCalendar } from '../../market/calendars/calendar.ts';
import { lastTradeMs } from '../../market/instruments.ts';
import { type AssetTerms, needed } from '../../trading/env/instruments.ts';
import { microsOf } from './micros.ts';

/** What one lot of an instrument is worth and takes, in whole ticks and micro-dollars. */
export interface LotTerms {
  readonly symbol: string;
  readonly tick: number;
  /** Micro-dollars of one tick of one lot. */
  readonly tickMicros: number;
  /** All fees of one lot and side. */
  readonly feeMicros: number;
  /** Per lot; null for shares, which are paid in full. */
  readonly initialMarginMicros: number | null;
  readonly maintenanceMarginMicros: number | null;
  readonly calendar: SessionCalendar;
  /** Epoch milliseconds at which a contract's last day of trading ends; null: it does not expire. */
  readonly lastTradeMs: number | null;
}

/**
 * The terms of an account's asset as integers; a lot is one share or contract.
 * @param year in which it is traded, which the single digit of a contract's year is read by.
 * @throws AssayError `config_invalid` for a term that is missing, a tick whose value is no whole number of micro-dollars, and an asset in
 * fractions.
 */
export function lotTermsOf(terms: AssetTerms, calendar: SessionCalendar, year: number): LotTerms {
  const { symbol, multiplier, unit, fractional } = terms;
  if (fractional === true)
    throw new AssayError('config_invalid', `${symbol} is held in fractions, which no broker order has`, {
      place: `environment.instruments.${symbol}.fractional`,
      hint: 'leave it out: orders are whole shares or contracts',
    });
  const tick = needed(terms, 'tick');
  const margin = (name: 'initialMargin' | 'maintenanceMargin') =>
    unit === 'share' ? null : microsOf(needed(terms, name), `${name} of ${symbol}`);
  return {
    symbol,
    tick,
    tickMicros: microsOf(tick * multiplier, `the value of a tick of ${symbol}`),
    feeMicros: microsOf(needed(terms, 'feePerSide'), `feePerSide of ${symbol}`),
    initialMarginMicros: margin('initialMargin'),
    maintenanceMarginMicros: margin('maintenanceMargin'),
    calendar,
    lastTradeMs: unit === 'share' ? null : lastTradeMs(symbol, year),
  };
}

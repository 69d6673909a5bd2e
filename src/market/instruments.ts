import { z } from 'zod';
import { calendarIds } from './calendars/index.ts';
import { parseContract, thirdFriday } from './contracts.ts';
import { minuteMs, zoneClock } from './local-time.ts';

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
  /** Time (ISO, UTC) at which a contract expires, where its source says it. */
  expiration: z.string().optional(),
});

export type Instrument = Readonly<z.infer<typeof instrumentSchema>>;

/** Facts that an exchange fixes, of the products in {@link products}. */
interface Product {
  readonly name: string;
  readonly multiplier: number;
  readonly tick: number;
  readonly validFrom: string;
}

/** Where the table comes from; fees and margins are in none of it, because they change and differ by broker. */
export const productSource = 'CME Group contract specifications of equity index futures, read in 2026';

/** US equity index futures on CME Globex, in US dollars: delivery in March, June, September and December, on the third Friday. */
const products: Readonly<Record<string, Product>> = {
  ES: { name: 'E-mini S&P 500', multiplier: 50, tick: 0.25, validFrom: '2016-01-01' },
  MES: { name: 'Micro E-mini S&P 500', multiplier: 5, tick: 0.25, validFrom: '2019-05-06' },
  NQ: { name: 'E-mini Nasdaq-100', multiplier: 20, tick: 0.25, validFrom: '2016-01-01' },
  MNQ: { name: 'Micro E-mini Nasdaq-100', multiplier: 2, tick: 0.25, validFrom: '2019-05-06' },
  RTY: { name: 'E-mini Russell 2000', multiplier: 50, tick: 0.1, validFrom: '2017-07-10' },
  M2K: { name: 'Micro E-mini Russell 2000', multiplier: 5, tick: 0.1, validFrom: '2019-05-06' },
  YM: { name: 'E-mini Dow', multiplier: 5, tick: 1, validFrom: '2016-01-01' },
  MYM: { name: 'Micro E-mini Dow', multiplier: 0.5, tick: 1, validFrom: '2019-05-06' },
};

/** Facts about trading an instrument that only its user knows; what is left out stays null. */
export type InstrumentTerms = Partial<Pick<Instrument, 'feePerSide' | 'initialMargin' | 'maintenanceMargin'>>;

/** The instrument of a future's symbol: a root (`NQ`), a contract (`NQZ4`) or a continuous name (`NQ.c.0`); null for a product that is not in the table. */
export function knownInstrument(symbol: string, terms: InstrumentTerms = {}): Instrument | null {
  const root = rootOf(symbol);
  const product = root === null ? undefined : products[root];
  if (root === null || product === undefined) return null;
  const { multiplier, tick, validFrom } = product;
  return {
    symbol,
    root,
    unit: 'contract',
    multiplier,
    tick,
    currency: 'USD',
    calendar: 'globex-equity',
    feePerSide: null,
    initialMargin: null,
    maintenanceMargin: null,
    validFrom,
    ...terms,
  };
}

/** New York's time at which trading of an expiring contract ends, in minutes of the day. */
const lastTradeMinute = 570;

/**
 * Epoch milliseconds at which a contract of the table is traded for the last time: the third Friday of its month, 09:30 New York. Null for a
 * symbol that names no contract, such as a root.
 * @param year near which a single digit of the year is read.
 */
export function lastTradeMs(symbol: string, year: number): number | null {
  const contract = Object.hasOwn(products, symbol) ? null : parseContract(symbol, year);
  if (contract === null || !Object.hasOwn(products, contract.root)) return null;
  return zoneClock('America/New_York').utcMsOf(Date.parse(`${thirdFriday(contract)}T00:00:00Z`) + lastTradeMinute * minuteMs);
}

function rootOf(symbol: string): string | null {
  if (Object.hasOwn(products, symbol)) return symbol;
  const continuous = /^([A-Z0-9]+)\.[cvn]\.\d+$/.exec(symbol)?.[1];
  return continuous ?? parseContract(symbol)?.root ?? null;
}

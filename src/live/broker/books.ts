import { AssayError } from '../../core/errors.ts';
import { type Side, signOf } from './orders.ts';

/** What an account's books need of a fill. */
export interface BookedFill {
  readonly symbol: string;
  readonly side: Side;
  readonly lots: number;
  readonly priceTicks: number;
  readonly feeMicros: number;
}

/** What is held of one instrument. */
export interface Holding {
  /** Negative where sold short. */
  readonly lots: number;
  /** What its fills took in less what they spent, in micro-dollars, fees left out; futures are counted alike, though nobody pays it. */
  readonly flowMicros: number;
}

/** An account as a fold over its fills: nothing else is stored as truth. All amounts are whole micro-dollars. */
export interface Books {
  readonly capitalMicros: number;
  readonly feesMicros: number;
  readonly holdings: Readonly<Record<string, Holding>>;
}

const nothing: Holding = { lots: 0, flowMicros: 0 };

export function openBooks(capitalMicros: number): Books {
  return { capitalMicros, feesMicros: 0, holdings: {} };
}

export function holdingOf({ holdings }: Books, symbol: string): Holding {
  return holdings[symbol] ?? nothing;
}

/**
 * The books after a fill.
 * @param tickMicros of the fill's instrument
 * @throws AssayError `internal` where an amount is no safe integer.
 */
export function booked(books: Books, { symbol, side, lots, priceTicks, feeMicros }: BookedFill, tickMicros: number): Books {
  const { lots: held, flowMicros } = holdingOf(books, symbol);
  const signed = signOf(side) * lots;
  const holding = { lots: held + signed, flowMicros: flowMicros - signed * priceTicks * tickMicros };
  const feesMicros = books.feesMicros + feeMicros;
  for (const amount of [holding.lots, holding.flowMicros, feesMicros])
    if (!Number.isSafeInteger(amount)) throw new AssayError('internal', `the books of ${symbol} hold ${amount}, which is not exact`);
  return { ...books, feesMicros, holdings: { ...books.holdings, [symbol]: holding } };
}

/** Price, in ticks, at which a holding could be sold or bought back now; only asked where something is held. */
export type MarkOf = (symbol: string, lots: number) => number;

/** Value of one holding, its flows included. */
export function holdingMicros({ lots, flowMicros }: Holding, markTicks: number, tickMicros: number): number {
  // A mark between two ticks, which bars may have, is rounded once, to the micro-dollar.
  return flowMicros + Math.round(lots * markTicks * tickMicros);
}

/** Net asset value at the given marks. */
export function navMicros(books: Books, tickMicrosOf: (symbol: string) => number, markOf: MarkOf): number {
  let nav = books.capitalMicros - books.feesMicros;
  for (const [symbol, holding] of Object.entries(books.holdings))
    nav += holding.lots === 0 ? holding.flowMicros : holdingMicros(holding, markOf(symbol, holding.lots), tickMicrosOf(symbol));
  return nav;
}

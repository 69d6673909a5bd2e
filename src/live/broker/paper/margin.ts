import { type Books, holdingOf } from '../books.ts';
import type { LotTerms } from '../lot-terms.ts';
import type { NewOrder, Side } from '../orders.ts';
import type { Refusal } from './checks.ts';
import type { WorkingOrder } from './working-order.ts';

/** Lots that would be held in a direction if every working order of that direction were filled, and none of the other. */
export function worstCase(books: Books, working: Iterable<WorkingOrder>, symbol: string, side: Side): number {
  let lots = holdingOf(books, symbol).lots * (side === 'buy' ? 1 : -1);
  for (const { order, left } of working) if (order.symbol === symbol && order.side === side) lots += left;
  return Math.max(0, lots);
}

/**
 * Refuses an order that would need more initial margin than the account is worth if everything worked against it; equal is enough. An
 * order that cannot lead to a position in its own direction, such as one that closes, is never refused.
 *
 * @param unitMicros margin of one lot: the initial margin, or the price of a share
 */
export function marginFault(
  order: NewOrder,
  books: Books,
  working: readonly WorkingOrder[],
  symbols: readonly LotTerms[],
  unitMicros: (symbol: string) => number,
  nav: number,
): Refusal | null {
  const own = Math.max(0, worstCaseWith(order, books, working));
  if (own === 0) return null;
  let needed = 0;
  for (const { symbol } of symbols) {
    const lots =
      symbol === order.symbol ? own : Math.max(worstCase(books, working, symbol, 'buy'), worstCase(books, working, symbol, 'sell'));
    if (lots > 0) needed += lots * unitMicros(symbol);
  }
  if (needed <= nav) return null;
  return { code: 'margin', because: `the worst case needs ${needed / 1e6} dollars of margin, and the account is worth ${nav / 1e6}` };
}

function worstCaseWith(order: NewOrder, books: Books, working: readonly WorkingOrder[]): number {
  const held = holdingOf(books, order.symbol).lots * (order.side === 'buy' ? 1 : -1);
  let lots = held + order.lots;
  for (const { order: other, left } of working) if (other.symbol === order.symbol && other.side === order.side) lots += left;
  return lots;
}

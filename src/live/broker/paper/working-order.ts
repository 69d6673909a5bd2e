import type { NewOrder, Side } from '../orders.ts';
import type { TradingPlace } from './place.ts';

/** An order that has been accepted and is not filled. */
export interface WorkingOrder {
  readonly order: NewOrder;
  readonly arrivedAt: bigint;
  /** Lots that are still open. */
  left: number;
  /** How many fills it had. */
  fills: number;
  /** A stop that was touched is a market order from then on. */
  touched: boolean;
  /** The worst price that a market order is filled at; null until it can be told. */
  collar: number | null;
  /** Displayed size before it in the queue of its price; null: not known, it stands behind the best price. */
  ahead: number | null;
}

/** True if `a` is the better price for whoever trades on `side`, or the same. */
export function isAtLeast(side: Side, a: number, b: number): boolean {
  return side === 'buy' ? a <= b : a >= b;
}

/** True if a price is strictly beyond `b` for a resting order of `side`: below a purchase, above a sale. */
export function isThrough(side: Side, price: number, b: number): boolean {
  return side === 'buy' ? price < b : price > b;
}

export function limitOf({ kind }: NewOrder): number | null {
  return kind.type === 'limit' ? kind.limitTicks : null;
}

/** True for an order that takes whatever price there is within the collar. */
export function isMarket({ order, touched }: WorkingOrder): boolean {
  return order.kind.type === 'market' || touched;
}

/** The place in the queue of a limit order that has just been accepted. */
export function joinQueue(working: WorkingOrder, place: TradingPlace): void {
  const limit = limitOf(working.order);
  if (limit === null) return;
  const best = place.own(working.order.side).best;
  if (!place.isSound || best === null) working.ahead = null;
  else if (best.ticks === limit) working.ahead = best.size;
  else working.ahead = isThrough(working.order.side, best.ticks, limit) ? 0 : null;
}

/** What a new book says about the queue of a resting order. */
export function seeBook(working: WorkingOrder, place: TradingPlace): void {
  const limit = limitOf(working.order);
  const best = place.own(working.order.side).best;
  if (limit === null || best === null) return;
  // Behind the best price nothing is told.
  if (best.ticks !== limit && !isThrough(working.order.side, best.ticks, limit)) return;
  const displayed = best.ticks === limit ? best.size : 0;
  working.ahead = working.ahead === null ? displayed : Math.min(working.ahead, displayed);
}

/**
 * Lots of a trade that reach a resting limit order.
 * @param left of the trade's size, after what our earlier orders got
 */
export function reachedBy(working: WorkingOrder, trade: { readonly ticks: number; readonly aggressor: Side | null }, left: number): number {
  const limit = limitOf(working.order);
  const { side } = working.order;
  if (limit === null) return 0;
  if (isThrough(side, trade.ticks, limit)) return Math.min(working.left, left);
  if (trade.ticks !== limit || trade.aggressor === null || trade.aggressor === side || working.ahead === null) return 0;
  const excess = Math.max(0, left - working.ahead);
  working.ahead = Math.max(0, working.ahead - left);
  return Math.min(working.left, excess);
}

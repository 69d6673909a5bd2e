import { collarOf } from './checks.ts';
import type { MarketRecord } from './market-record.ts';
import type { TradingPlace } from './place.ts';
import { isAtLeast, isMarket, isThrough, limitOf, reachedBy, seeBook, type WorkingOrder } from './working-order.ts';

/** A fill that a match leads to; `working` is changed by whoever books it. */
export interface Fill {
  readonly working: WorkingOrder;
  readonly ticks: number;
  readonly lots: number;
  readonly liquidity: 'taker' | 'maker';
  /** Modelled slippage per lot, on bars. */
  readonly slippageMicros?: number;
}

/** Fills of an order that has just arrived: what is displayed, within its limit or the collar. */
export function matchArrival(working: WorkingOrder, place: TradingPlace): readonly Fill[] {
  const { order } = working;
  if (!place.isSound) return [];
  const limit = isMarket(working) ? working.collar : limitOf(order);
  if (limit === null) return [];
  const isWithin = (ticks: number) => isAtLeast(order.side, ticks, limit);
  const opposite = place.opposite(order.side);
  if (order.timeInForce === 'fok' && opposite.available(isWithin) < working.left) return [];
  return opposite.take(working.left, isWithin).map(({ ticks, lots }) => ({ working, ticks, lots, liquidity: 'taker' }));
}

/** Fills after a new book: waiting market orders take, resting limits are reached by the other side at their own price. */
export function matchBook(orders: readonly WorkingOrder[], place: TradingPlace): readonly Fill[] {
  return orders.flatMap((working): readonly Fill[] => {
    if (isMarket(working)) return matchArrival(working, place);
    const limit = limitOf(working.order);
    if (limit === null) return [];
    const { side } = working.order;
    const reached = place.opposite(side).take(working.left, (ticks) => isAtLeast(side, ticks, limit));
    const lots = reached.reduce((sum, each) => sum + each.lots, 0);
    seeBook(working, place);
    return lots === 0 ? [] : [{ working, ticks: limit, lots, liquidity: 'maker' }];
  });
}

/** Fills after a trade: queues advance, what it goes through is filled, stops that it touches become market orders. */
export function matchTrade(
  orders: readonly WorkingOrder[],
  place: TradingPlace,
  trade: Extract<MarketRecord, { kind: 'trade' }>,
  collarTicks: number,
): readonly Fill[] {
  const fills: Fill[] = [];
  let left = trade.size;
  for (const working of orders) {
    const lots = reachedBy(working, trade, left);
    if (lots === 0) continue;
    left -= lots;
    fills.push({ working, ticks: limitOf(working.order)!, lots, liquidity: 'maker' });
  }
  for (const working of orders) {
    const { kind, side } = working.order;
    if (kind.type !== 'stop' || working.touched || isThrough(side, trade.ticks, kind.stopTicks)) continue;
    working.touched = true;
    working.collar = collarOf(side, place, collarTicks);
    fills.push(...matchArrival(working, place));
  }
  return fills;
}

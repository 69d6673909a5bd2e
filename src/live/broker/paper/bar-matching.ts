import { signOf } from '../orders.ts';
import type { MarketRecord } from './market-record.ts';
import type { TradingPlace } from './place.ts';
import type { Fill } from './quote-matching.ts';
import { isAtLeast, isThrough, type WorkingOrder } from './working-order.ts';

type BarRecord = Extract<MarketRecord, { kind: 'bar' }>;

/**
 * Fills of a whole bar: market orders at its open, stops at its open where it gaps beyond them and else at their price, limits at their
 * own price where the bar goes through it. A bar says nothing of sizes, so each is filled whole.
 */
export function matchBar(orders: readonly WorkingOrder[], bar: BarRecord): readonly Fill[] {
  return orders.flatMap((working): readonly Fill[] => {
    const ticks = priceIn(bar, working);
    if (ticks === null) return [];
    return [
      {
        working,
        ticks,
        lots: working.left,
        liquidity: working.order.kind.type === 'limit' ? 'maker' : 'taker',
        slippageMicros: bar.slippageMicros,
      },
    ];
  });
}

/** Fill of an order at the close of the bar that has just ended. */
export function matchClose(working: WorkingOrder, { lastBar }: TradingPlace): readonly Fill[] {
  const { close, slippageMicros } = lastBar!;
  return [{ working, ticks: onGrid(close, working), lots: working.left, liquidity: 'taker', slippageMicros }];
}

function priceIn({ open, high, low }: BarRecord, working: WorkingOrder): number | null {
  const { kind, side } = working.order;
  switch (kind.type) {
    case 'market':
      return onGrid(open, working);
    case 'limit':
      return isThrough(side, side === 'buy' ? low : high, kind.limitTicks) ? kind.limitTicks : null;
    case 'stop':
      if (isAtLeast(side, kind.stopTicks, open)) return onGrid(open, working);
      return isAtLeast(side, kind.stopTicks, side === 'buy' ? high : low) ? kind.stopTicks : null;
    case 'close':
      return null;
  }
}

/** A bar's price may lie between two ticks; a fill does not, and is then at the worse one. */
function onGrid(ticks: number, { order }: WorkingOrder): number {
  return (signOf(order.side) > 0 ? Math.ceil(ticks) : Math.floor(ticks)) + 0;
}

import { priceScale } from '../dbn/kinds.ts';
import type { Snapshot } from './second-snapshots.ts';

const tradeNames = ['bought', 'sold', 'unsided', 'trades'] as const;

/** Names of a snapshot's columns: `bid1, bidSize1, ask1, askSize1, ...`, the flow since the last snapshot, trades of the second. */
export function snapshotColumns(levels: 1 | 10): readonly string[] {
  const ranks = Array.from({ length: levels }, (_, rank) => rank + 1);
  return [...ranks.flatMap((rank) => [`bid${rank}`, `bidSize${rank}`, `ask${rank}`, `askSize${rank}`]), 'ofiSeconds', ...tradeNames];
}

/**
 * The bar of a snapshot and the values of its columns. A level that is not there has the price NaN and the size 0.
 * @param lastMid the mid of the snapshot before; null at a session's first.
 */
export function snapshotValues(
  snapshot: Snapshot,
  levels: 1 | 10,
  lastMid: number | null,
): { readonly prices: readonly [number, number, number, number]; readonly volume: number; readonly extra: readonly number[] } {
  const { bids, asks, ofiSeconds, bought, sold, unsided } = snapshot;
  const mid = (bids.price[0]! + asks.price[0]!) / 2 / priceScale;
  const open = lastMid ?? mid;
  const extra: number[] = [];
  for (let rank = 0; rank < levels; rank++)
    extra.push(bids.price[rank]! / priceScale, bids.size[rank]!, asks.price[rank]! / priceScale, asks.size[rank]!);
  extra.push(ofiSeconds, ...tradeNames.map((name) => snapshot[name]));
  return { prices: [open, Math.max(open, mid), Math.min(open, mid), mid], volume: bought + sold + unsided, extra };
}

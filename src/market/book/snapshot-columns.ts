import { priceScale } from '../dbn/kinds.ts';
import type { Snapshot } from './second-snapshots.ts';

const tradeNames = ['bought', 'sold', 'unsided', 'trades'] as const;

/** Names of the columns of levels: `bid1, bidSize1, ask1, askSize1, ...`. */
export function levelColumns(levels: 1 | 10): readonly string[] {
  return Array.from({ length: levels }, (_, rank) => rank + 1).flatMap((rank) => [
    ...[`bid${rank}`, `bidSize${rank}`],
    ...[`ask${rank}`, `askSize${rank}`],
  ]);
}

/** Names of a snapshot's columns: levels, the flow since the last snapshot, trades of the second. */
export function snapshotColumns(levels: 1 | 10): readonly string[] {
  return [...levelColumns(levels), 'ofiSeconds', ...tradeNames];
}

/** Values of {@link levelColumns}. A level that is not there has the price NaN and the size 0. */
export function levelValues({ bids, asks }: Snapshot, levels: 1 | 10): number[] {
  const values: number[] = [];
  for (let rank = 0; rank < levels; rank++)
    values.push(bids.price[rank]! / priceScale, bids.size[rank]!, asks.price[rank]! / priceScale, asks.size[rank]!);
  return values;
}

/** Open, high, low and close of a snapshot's bar: from the last mid to this one. @param lastMid null at a session's first. */
export function midPrices({ bids, asks }: Snapshot, lastMid: number | null): readonly [number, number, number, number] {
  const mid = (bids.price[0]! + asks.price[0]!) / 2 / priceScale;
  const open = lastMid ?? mid;
  return [open, Math.max(open, mid), Math.min(open, mid), mid];
}

/**
 * The bar of a snapshot and the values of its columns.
 * @param lastMid as in {@link midPrices}.
 */
export function snapshotValues(
  snapshot: Snapshot,
  levels: 1 | 10,
  lastMid: number | null,
): { readonly prices: readonly [number, number, number, number]; readonly volume: number; readonly extra: readonly number[] } {
  const { ofiSeconds, bought, sold, unsided } = snapshot;
  return {
    prices: midPrices(snapshot, lastMid),
    volume: bought + sold + unsided,
    extra: [...levelValues(snapshot, levels), ofiSeconds, ...tradeNames.map((name) => snapshot[name])],
  };
}

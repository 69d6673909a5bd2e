import type { Accounts } from './account.ts';
import type { Market } from './market.ts';

/** Number of values of one observation: per asset its features and then its position, so [f1 12, p1, f2 12, p2] = 26. */
export function observationSize(market: Market): number {
  return market.bars.bars.length * (market.featuresPerAsset + 1);
}

/**
 * Writes the observation of copy `i` at the close of bar `row`. A position is the asset's weight in units of `unitWeight`, as an action is:
 * 1 is a full long position.
 */
export function observe(out: Float32Array, offset: number, market: Market, row: number, a: Accounts, i: number, unitWeight: number): void {
  const { features, featuresPerAsset, bars } = market;
  const { nav, shares } = a;
  const unitValue = nav[i]! * unitWeight;
  let from = row * a.assets * featuresPerAsset;
  let to = offset;
  for (let k = 0; k < a.assets; k++) {
    for (let j = 0; j < featuresPerAsset; j++) out[to++] = features[from++]!;
    const held = shares[i * a.assets + k]!;
    out[to++] = held === 0 ? 0 : (held * bars.bars[k]!.close[row]!) / unitValue;
  }
}

import type { Accounts } from './account.ts';
import type { Market } from './market.ts';
import type { TradingRules } from './rules.ts';
import { fullUnits, unitLimit } from './units.ts';

/** Number of values of one observation: per asset its features and then its position, so 26 for twelve features of two assets. */
export function observationSize(market: Market): number {
  return market.bars.bars.length * (market.featuresPerAsset + 1);
}

/**
 * Writes the observation of copy `i` at the close of bar `row`. A position is counted as an action is: 1 is a full long position, whose
 * weight the others are divided by; with the sizing `margin` its number of units.
 */
export function observe(out: Float32Array, offset: number, market: Market, row: number, a: Accounts, i: number, rules: TradingRules): void {
  const { features, featuresPerAsset, bars } = market;
  const { nav, shares } = a;
  const { units } = rules;
  const unitValue = nav[i]! * rules.unitWeight;
  let from = row * a.assets * featuresPerAsset;
  let to = offset;
  for (let k = 0; k < a.assets; k++) {
    for (let j = 0; j < featuresPerAsset; j++) out[to++] = features[from++]!;
    const held = shares[i * a.assets + k]!;
    if (held === 0) out[to++] = 0;
    else if (units === null) out[to++] = (held * bars.bars[k]!.close[row]!) / unitValue;
    else out[to++] = held / (units.sizing === 'margin' ? Math.max(1, unitLimit(units, k, nav[i]!)) : fullUnits(a, i, row, k, rules, units));
  }
}

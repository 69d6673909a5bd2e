import type { Accounts } from './account.ts';
import { costPerSide, impactedValue } from './costs.ts';
import { isUnfilled, type TradingRules } from './rules.ts';

/**
 * Carries copy `i` from the close of bar `row` to the close of the next in fractional shares: trades at its open to the target weights, pays
 * the costs, marks at its close.
 *
 * @param targets of all copies, count x assets, in units of `unitWeight`: a target of 1 is `unitWeight` of NAV at the open; NaN keeps what
 * is held
 */
export function tradeShares(a: Accounts, i: number, row: number, targets: Float32Array | Float64Array, rules: TradingRules): void {
  const { bars, unitWeight, unitCosts } = rules;
  const mayKeep = rules.deadBand > 0 || rules.latencyBars > 0;
  const { assets, shares } = a;
  const first = i * assets;
  let navAtOpen = a.cash[i]!;
  let gain = 0;
  for (let k = 0; k < assets; k++) {
    const { open, close } = bars[k]!;
    const held = shares[first + k]!;
    navAtOpen += held * open[row + 1]!;
    gain += held * (open[row + 1]! - close[row]!);
  }
  // A bankrupt account holds nothing: a negative stake would turn long into short.
  const stake = Math.max(0, navAtOpen) * unitWeight;
  let traded = 0;
  let impacted = 0;
  let charged = 0;
  let spent = 0;
  let value = 0;
  for (let k = 0; k < assets; k++) {
    const { open, close } = bars[k]!;
    const price = open[row + 1]!;
    const held = shares[first + k]!;
    let target = (targets[first + k]! * stake) / price;
    if (mayKeep && isKept(target, held, price, stake, rules.deadBand)) target = held;
    if (isUnfilled(rules, k, row + 1)) target = held;
    const bought = (target - held) * price;
    const fill = Math.abs(bought);
    spent += bought;
    traded += fill;
    impacted += impactedValue(fill);
    if (unitCosts !== null) charged += Math.abs(target - held) * costPerSide(unitCosts[k]!, row + 1);
    shares[first + k] = target;
    value += target * close[row + 1]!;
    gain += target * (close[row + 1]! - price);
  }
  const cost = (traded * rules.transactionBp + impacted * rules.impactBp) / 10_000 + charged;
  const cash = a.cash[i]! - spent - cost;
  a.cash[i] = cash;
  a.nav[i] = cash + value;
  a.gross[i]! += gain;
  a.paid[i]! += cost;
  a.stepGain[i] = gain;
  a.stepCost[i] = cost;
  a.stepTraded[i] = traded;
  a.stepImpacted[i] = impacted;
}

/** True without an order, and in the dead band, unless more than a full position is held. */
function isKept(target: number, held: number, price: number, stake: number, deadBand: number): boolean {
  if (Number.isNaN(target)) return true;
  return Math.abs(target - held) * price < deadBand * stake && Math.abs(held) * price <= stake;
}

/** Sells everything of copy `i` at the close of bar `row`; the costs are added to the step's costs. */
export function closeShares(a: Accounts, i: number, row: number, rules: TradingRules): void {
  const { bars, unitCosts } = rules;
  const first = i * a.assets;
  let traded = 0;
  let impacted = 0;
  let charged = 0;
  let value = 0;
  for (let k = 0; k < a.assets; k++) {
    const held = a.shares[first + k]! * bars[k]!.close[row]!;
    value += held;
    traded += Math.abs(held);
    impacted += impactedValue(Math.abs(held));
    if (unitCosts !== null) charged += Math.abs(a.shares[first + k]!) * costPerSide(unitCosts[k]!, row);
    a.shares[first + k] = 0;
  }
  const cost = (traded * rules.transactionBp + impacted * rules.impactBp) / 10_000 + charged;
  a.cash[i]! += value - cost;
  a.nav[i] = a.cash[i]!;
  a.paid[i]! += cost;
  a.stepCost[i]! += cost;
  a.stepTraded[i]! += traded;
  a.stepImpacted[i]! += impacted;
}

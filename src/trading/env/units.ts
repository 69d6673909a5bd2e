import type { Accounts } from './account.ts';
import { type Charges, fillCost, impactedValue } from './costs.ts';
import { isUnfilled, type TradingRules, type UnitRules } from './rules.ts';

/** Accounts in whole shares or contracts, after specification MARKET, M12. */

/** The nearest whole number; halves away from zero. */
export function roundHalfAway(x: number): number {
  // + 0 turns -0 into 0.
  return (x < 0 ? -Math.round(-x) : Math.round(x)) + 0;
}

/** Most units of asset `k` that an account may hold: its limit, and what its share of the initial margin allows. */
export function unitLimit(units: UnitRules, k: number, nav: number): number {
  const margin = units.initialMargin[k]!;
  const limit = units.maxUnits[k]!;
  if (margin === 0) return nav > 0 ? limit : 0;
  const allowed = (Math.max(0, nav) * units.marginShare) / margin;
  return Math.min(limit, units.whole[k] === 1 ? Math.floor(allowed) : allowed);
}

/**
 * Units that a target of 1 in asset `k` stands for at the close of bar `row`, before rounding and limits: the exposure's, or the most that
 * is allowed.
 */
export function fullUnits(a: Accounts, i: number, row: number, k: number, rules: TradingRules, units: UnitRules): number {
  const nav = a.nav[i]!;
  if (units.sizing === 'margin') return unitLimit(units, k, nav);
  return (rules.unitWeight * Math.max(0, nav)) / (rules.bars[k]!.close[row]! * units.multiplier[k]!);
}

/**
 * Decides at the close of bar `row` how many units copy `i` wants: into `a.orders`. Sizes depend on what is known then, NAV and close, and
 * not on the price of the fill, so that a live account orders the same number.
 */
export function orderUnits(a: Accounts, i: number, row: number, targets: ArrayLike<number>, rules: TradingRules, units: UnitRules): void {
  const first = i * a.assets;
  for (let k = 0; k < a.assets; k++) {
    const held = a.shares[first + k]!;
    const limit = unitLimit(units, k, a.nav[i]!);
    const raw = targets[first + k]! * fullUnits(a, i, row, k, rules, units);
    if (Math.abs(raw - held) < rules.deadBand && Math.abs(held) <= limit) {
      a.orders[first + k] = held;
      continue;
    }
    const wanted = units.whole[k] === 1 ? roundHalfAway(raw) : raw;
    a.orders[first + k] = Math.max(-limit, Math.min(limit, wanted));
  }
}

/**
 * Carries copy `i` from the close of bar `row` to the close of the next: rolls held contracts (sold at the old one's open, bought at the new
 * one's, both sides paid), trades at the open to `a.orders`, marks at the close. Contracts pay no notional: their gains and losses move to
 * cash at each mark (variation margin). Shares are paid for.
 */
export function tradeUnits(a: Accounts, i: number, row: number, rules: TradingRules, units: UnitRules): void {
  const first = i * a.assets;
  a.stepCost[i] = 0;
  a.stepTraded[i] = 0;
  a.stepImpacted[i] = 0;
  let gain = 0;
  let cash = a.cash[i]!;
  let value = 0;
  for (let k = 0; k < a.assets; k++) {
    const { open, close } = rules.bars[k]!;
    const multiplier = units.multiplier[k]!;
    const price = open[row + 1]!;
    const held = a.shares[first + k]!;
    const order = a.orders[first + k]!;
    const wanted = Number.isNaN(order) || isUnfilled(rules, k, row + 1) ? held : order;
    const rolled = held === 0 ? Number.NaN : (units.rollPrices[k]?.[row + 1] ?? Number.NaN);
    const isRolled = !Number.isNaN(rolled);
    if (isRolled) {
      payFill(a, i, k, row + 1, held, multiplier * rolled, rules);
      payFill(a, i, k, row + 1, held, multiplier * price, rules);
    }
    if (wanted !== held) payFill(a, i, k, row + 1, wanted - held, multiplier * price, rules);
    const earned = held * multiplier * ((isRolled ? rolled : price) - close[row]!) + wanted * multiplier * (close[row + 1]! - price);
    gain += earned;
    if (units.paid[k] === 1) {
      cash -= multiplier * (wanted * price - held * (isRolled ? rolled : price));
      value += wanted * multiplier * close[row + 1]!;
    } else cash += earned;
    a.shares[first + k] = wanted;
  }
  const cost = a.stepCost[i]!;
  a.cash[i] = cash - cost;
  a.nav[i] = cash - cost + value;
  a.gross[i]! += gain;
  a.paid[i]! += cost;
  a.stepGain[i] = gain;
}

/** Closes every position of copy `i` at the close of bar `row`; the costs are added to the step's costs. */
export function closeUnits(a: Accounts, i: number, row: number, rules: TradingRules, units: UnitRules): void {
  const first = i * a.assets;
  const costBefore = a.stepCost[i]!;
  let value = 0;
  for (let k = 0; k < a.assets; k++) {
    const held = a.shares[first + k]!;
    if (held === 0) continue;
    const worth = units.multiplier[k]! * rules.bars[k]!.close[row]!;
    payFill(a, i, k, row, held, worth, rules);
    if (units.paid[k] === 1) value += held * worth;
    a.shares[first + k] = 0;
  }
  const cost = a.stepCost[i]! - costBefore;
  a.cash[i]! += value - cost;
  a.nav[i] = a.cash[i]!;
  a.paid[i]! += cost;
}

/** Adds a fill to copy `i`'s costs and value traded of the step. */
function payFill(a: Accounts, i: number, k: number, row: number, units: number, worth: number, charges: Charges): void {
  const value = Math.abs(units) * worth;
  a.stepCost[i]! += fillCost(charges, k, row, units, worth);
  a.stepTraded[i]! += value;
  a.stepImpacted[i]! += impactedValue(value);
}

/** True if NAV of copy `i` is below what its positions need to be kept. */
export function isShortOfMargin(a: Accounts, i: number, units: UnitRules): boolean {
  let need = 0;
  for (let k = 0; k < a.assets; k++) need += Math.abs(a.shares[i * a.assets + k]!) * units.maintenanceMargin[k]!;
  return need > 0 && a.nav[i]! < need;
}

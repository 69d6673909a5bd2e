import { type Accounts, drawdownExceeds, forgetOrders, settleStep } from './account.ts';
import type { TradingRules } from './rules.ts';
import { closeShares, tradeShares } from './shares.ts';
import { closeUnits, isShortOfMargin, orderUnits, tradeUnits } from './units.ts';

/**
 * Carries copy `i` through one decision at the close of bar `row`, the same in training and backtest: trades at the next open, closes
 * everything at that bar's close where `closes` says so or the drawdown limit is broken, and settles the books. True if the episode ends:
 * the limit is broken, or nothing is left.
 *
 * @param targets in [-1, 1], count x assets
 * @param closes true at the last decision of a session whose positions are not held overnight
 */
export function advance(
  a: Accounts,
  i: number,
  row: number,
  targets: Float32Array | Float64Array,
  closes: boolean,
  rules: TradingRules,
): boolean {
  const { units, trades } = rules;
  trades?.begin(a, i);
  if (units === null) tradeShares(a, i, row, rules.latencyBars === 0 ? targets : lateTargets(a, i, targets, rules), rules);
  else {
    orderUnits(a, i, row, targets, rules, units);
    if (rules.latencyBars > 0) delay(a, i, rules);
    if (a.marginCall[i] === 1) {
      a.orders.fill(0, i * a.assets, (i + 1) * a.assets);
      forgetOrders(a, i);
    }
    tradeUnits(a, i, row, rules, units);
  }
  trades?.fill(a, i, row, rules);
  rules.onFill?.(i);
  if (closes) closeAll(a, i, row + 1, rules);
  const isShort = units !== null && isShortOfMargin(a, i, units);
  const ends = drawdownExceeds(a, i, rules.maxDrawdown) || a.nav[i]! <= 0;
  if (ends && !closes) closeAll(a, i, row + 1, rules);
  if (units !== null) {
    a.marginCall[i] = isShort && !ends ? 1 : 0;
    if (isShort) a.marginCalls[i]!++;
  }
  settleStep(a, i);
  return ends;
}

/** Closes everything at the close of bar `row`; orders on their way end with it. */
function closeAll(a: Accounts, i: number, row: number, rules: TradingRules): void {
  rules.trades?.close(a, i, row, rules);
  if (rules.units === null) closeShares(a, i, row, rules);
  else closeUnits(a, i, row, rules, rules.units);
  forgetOrders(a, i);
}

function lateTargets(a: Accounts, i: number, targets: Float32Array | Float64Array, rules: TradingRules): Float64Array {
  for (let at = i * a.assets; at < (i + 1) * a.assets; at++) a.orders[at] = targets[at]!;
  delay(a, i, rules);
  return a.orders;
}

/** Exchanges the orders of copy `i` for those of `latencyBars` decisions ago (NaN: none was made). */
function delay(a: Accounts, i: number, { latencyBars }: TradingRules): void {
  const { assets, orders, pending, nextOrder } = a;
  const slot = (i * latencyBars + nextOrder[i]!) * assets;
  for (let k = 0; k < assets; k++) {
    const order = orders[i * assets + k]!;
    orders[i * assets + k] = pending[slot + k]!;
    pending[slot + k] = order;
  }
  nextOrder[i] = (nextOrder[i]! + 1) % latencyBars;
}

import { AssayError } from '../../core/errors.ts';
import type { BarColumns } from '../../market/bars.ts';
import { type CostModel, impactedValue } from './costs.ts';

/**
 * State of `count` accounts as plain columns, so that a step allocates nothing. {@link advance} is one decision at the close of a bar, the
 * same in training and backtest.
 */
export interface Accounts {
  readonly assets: number;
  /** Net asset value after all costs, marked at the last close. */
  readonly nav: Float64Array;
  readonly cash: Float64Array;
  /** count x assets. */
  readonly shares: Float64Array;
  /** Highest NAV since the episode began, the start value included. */
  readonly peak: Float64Array;
  /** Start value plus all gains and losses before costs, kept apart from cash and shares so that the books can be checked. */
  readonly gross: Float64Array;
  readonly paid: Float64Array;
  /** Of the last step: gain before costs, costs, value traded, and value traded weighted by its impact factor. */
  readonly stepGain: Float64Array;
  readonly stepCost: Float64Array;
  readonly stepTraded: Float64Array;
  readonly stepImpacted: Float64Array;
}

/** Books balance to this fraction of the larger side: NAV = gross - costs. */
export const balanceTolerance = 1e-9;

export function createAccounts(count: number, assets: number): Accounts {
  const column = () => new Float64Array(count);
  return {
    assets,
    nav: column(),
    cash: column(),
    shares: new Float64Array(count * assets),
    peak: column(),
    gross: column(),
    paid: column(),
    stepGain: column(),
    stepCost: column(),
    stepTraded: column(),
    stepImpacted: column(),
  };
}

/** Starts copy `i` with cash only. */
export function openAccount(a: Accounts, i: number, capital: number): void {
  a.nav[i] = capital;
  a.cash[i] = capital;
  a.peak[i] = capital;
  a.gross[i] = capital;
  a.paid[i] = 0;
  a.shares.fill(0, i * a.assets, (i + 1) * a.assets);
}

/** True if copy `i` has fallen more than `limit` (a fraction) below its peak. A fall of exactly the limit has not. */
export function drawdownExceeds(a: Accounts, i: number, limit: number): boolean {
  return a.nav[i]! < a.peak[i]! * (1 - limit) * (1 - balanceTolerance);
}

/** Rules that all accounts of an environment or a backtest trade under; made once. */
export interface TradingRules {
  readonly bars: readonly BarColumns[];
  /** The weight, as a fraction of NAV, of a target of 1 in one asset. */
  readonly unitWeight: number;
  readonly costs: CostModel;
  /** The fall from the peak, as a fraction, beyond which an episode ends. */
  readonly maxDrawdown: number;
  /** Called between the fill at the open and any sale at the close. */
  readonly onFill?: (i: number) => void;
}

/**
 * Carries copy `i` from the close of bar `row` to the close of the next: trades at its open to the target weights, pays the costs,
 * marks at its close.
 *
 * @param targets of all copies, count x assets, in units of `unitWeight`: a target of 1 is `unitWeight` of NAV at the open
 */
export function stepAccount(a: Accounts, i: number, row: number, targets: Float32Array, rules: Omit<TradingRules, 'maxDrawdown'>): void {
  const { bars, unitWeight, costs } = rules;
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
  let spent = 0;
  let value = 0;
  for (let k = 0; k < assets; k++) {
    const { open, close } = bars[k]!;
    const price = open[row + 1]!;
    const target = (targets[first + k]! * stake) / price;
    const bought = (target - shares[first + k]!) * price;
    const fill = Math.abs(bought);
    spent += bought;
    traded += fill;
    impacted += impactedValue(fill);
    shares[first + k] = target;
    value += target * close[row + 1]!;
    gain += target * (close[row + 1]! - price);
  }
  const cost = (traded * costs.transactionBp + impacted * costs.impactBp) / 10_000;
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

/** Sells everything of copy `i` at the close of bar `row`; the costs are added to the step's costs. */
export function closePositions(a: Accounts, i: number, bars: readonly BarColumns[], row: number, costs: CostModel): void {
  const first = i * a.assets;
  let traded = 0;
  let impacted = 0;
  let value = 0;
  for (let k = 0; k < a.assets; k++) {
    const held = a.shares[first + k]! * bars[k]!.close[row]!;
    value += held;
    traded += Math.abs(held);
    impacted += impactedValue(Math.abs(held));
    a.shares[first + k] = 0;
  }
  const cost = (traded * costs.transactionBp + impacted * costs.impactBp) / 10_000;
  a.cash[i]! += value - cost;
  a.nav[i] = a.cash[i]!;
  a.paid[i]! += cost;
  a.stepCost[i]! += cost;
  a.stepTraded[i]! += traded;
  a.stepImpacted[i]! += impacted;
}

/**
 * Ends copy `i`'s step: checks the books, then moves the peak.
 * @throws AssayError `internal` unless NAV = gross - costs and all of it is finite.
 */
export function settleStep(a: Accounts, i: number): void {
  const nav = a.nav[i]!;
  const difference = Math.abs(nav - (a.gross[i]! - a.paid[i]!));
  if (!(difference <= balanceTolerance * Math.max(Math.abs(nav), Math.abs(a.gross[i]!))))
    throw new AssayError('internal', `the books do not balance: NAV ${nav}, gross ${a.gross[i]}, costs ${a.paid[i]}`);
  if (nav > a.peak[i]!) a.peak[i] = nav;
}

/**
 * Carries copy `i` through one decision at the close of bar `row`: trades at the next open, sells everything at its close where the
 * session ends or the drawdown limit is broken, and settles the books. True if the limit was broken.
 *
 * @param targets in [-1, 1]: see {@link stepAccount}
 */
export function advance(a: Accounts, i: number, row: number, targets: Float32Array, closesSession: boolean, rules: TradingRules): boolean {
  const { bars, costs, maxDrawdown, onFill } = rules;
  stepAccount(a, i, row, targets, rules);
  onFill?.(i);
  if (closesSession) closePositions(a, i, bars, row + 1, costs);
  const terminated = drawdownExceeds(a, i, maxDrawdown);
  if (terminated && !closesSession) closePositions(a, i, bars, row + 1, costs);
  settleStep(a, i);
  return terminated;
}

/** Restarts the drawdown of copy `i` from its present NAV. */
export function resetPeak(a: Accounts, i: number): void {
  a.peak[i] = a.nav[i]!;
}

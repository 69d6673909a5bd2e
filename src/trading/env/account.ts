import { AssayError } from '../../core/errors.ts';

/** State of `count` accounts as plain columns, so that a step allocates nothing. */
export interface Accounts {
  readonly assets: number;
  /** Net asset value after all costs, marked at the last close. */
  readonly nav: Float64Array;
  readonly cash: Float64Array;
  /** Shares or contracts held, negative where sold short; count x assets. */
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
  /** 1 where NAV was below the maintenance margin at the end of the last step: everything is closed at the next open. Empty for weights. */
  readonly marginCall: Uint8Array;
  /** Number of margin calls since the account was opened. */
  readonly marginCalls: Int32Array;
  /** Wanted units at the next open, count x assets; NaN: keep what is held. Empty for weights without latency. */
  readonly orders: Float64Array;
  /** Orders on their way, count x latency x assets, a ring per copy that begins at `nextOrder`. */
  readonly pending: Float64Array;
  readonly nextOrder: Int32Array;
}

/** Books balance to this fraction of the larger side: NAV = gross - costs. */
export const balanceTolerance = 1e-9;

interface AccountKind {
  /** Default: orders are filled at the next open. */
  readonly latencyBars?: number;
  /** Default: fractional shares by weights. */
  readonly inUnits?: boolean;
}

export function createAccounts(count: number, assets: number, { latencyBars = 0, inUnits = false }: AccountKind = {}): Accounts {
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
    marginCall: new Uint8Array(inUnits ? count : 0),
    marginCalls: new Int32Array(inUnits ? count : 0),
    orders: new Float64Array(inUnits || latencyBars > 0 ? count * assets : 0),
    pending: new Float64Array(count * latencyBars * assets),
    nextOrder: new Int32Array(latencyBars > 0 ? count : 0),
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
  if (a.marginCall.length > 0) {
    a.marginCall[i] = 0;
    a.marginCalls[i] = 0;
  }
  forgetOrders(a, i);
}

/** Cancels the orders of copy `i` that are on their way. */
export function forgetOrders(a: Accounts, i: number): void {
  if (a.nextOrder.length === 0) return;
  const each = a.pending.length / a.nextOrder.length;
  a.pending.fill(Number.NaN, i * each, (i + 1) * each);
  a.nextOrder[i] = 0;
}

/** True if copy `i` has fallen more than `limit` (a fraction) below its peak. A fall of exactly the limit has not. */
export function drawdownExceeds(a: Accounts, i: number, limit: number): boolean {
  return a.nav[i]! < a.peak[i]! * (1 - limit) * (1 - balanceTolerance);
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

/** Restarts the drawdown of copy `i` from its present NAV. */
export function resetPeak(a: Accounts, i: number): void {
  a.peak[i] = a.nav[i]!;
}

import { AssayError } from '../../core/errors.ts';
import { advance, createAccounts, openAccount, resetPeak, type TradingRules } from './account.ts';
import { checkMarket, decisionsOf, type Market, type SessionRange } from './market.ts';
import { observationSize, observe } from './observation.ts';
import type { EnvironmentConfig } from './trading-env.ts';

/**
 * Writes a wanted position in [-1, 1] per asset for each row of observations. Deterministic, and a function of the rows since their last
 * start: `starts` is 1 where a row's episode begins, so that who remembers forgets.
 */
export type ActingPolicy = (observations: Float32Array, actions: Float32Array, starts: Uint8Array) => void | Promise<void>;

/** What one pass over a session range left behind, in time order. Columns have one entry per step. */
export interface Walk {
  /** Row of the decision of each step. */
  readonly rows: Int32Array;
  /** Net of all costs, as a fraction of the NAV before the step. */
  readonly stepReturns: Float64Array;
  /** steps x assets. */
  readonly actions: Float32Array;
  /** Shares held after the fill at the next open, steps x assets. */
  readonly shares: Float64Array;
  /** In account currency. */
  readonly costs: Float64Array;
  readonly traded: Float64Array;
  /** NAV after each step. */
  readonly navs: Float64Array;
  /** One per session: NAV at its end over NAV at its start, less 1. */
  readonly dailyReturns: readonly number[];
  /** How often the drawdown limit ended an episode. */
  readonly earlyTerminations: number;
}

/**
 * Walk through every decision of the range once, the same dynamics and costs as in training. Where the drawdown limit is
 * broken everything is sold and counted as an early termination; the walk goes on from there with a fresh peak, so that
 * every policy is judged on every session.
 *
 * With one lane, one account goes through the whole range: that is how a model is judged. With more, the sessions are
 * dealt out in consecutive blocks to accounts that start with the same capital, and one call of the policy serves all of
 * them. Nothing is held over night, so only what depends on the account's size, its running peak or a policy's memory can differ.
 */
export async function walk(market: Market, range: SessionRange, config: EnvironmentConfig, policy: ActingPolicy, lanes = 1): Promise<Walk> {
  const decisions = decisionsOf(market, range);
  checkMarket(market, decisions);
  const { rows, closesSession } = decisions;
  const bars = market.bars.bars;
  const assets = bars.length;
  const unitWeight = config.grossExposure / assets;
  const size = observationSize(market);
  const steps = rows.length;
  const starts = laneStarts(closesSession, lanes);
  const accounts = createAccounts(lanes, assets);
  for (let lane = 0; lane < lanes; lane++) openAccount(accounts, lane, config.capital);
  const observations = new Float32Array(lanes * size);
  const actions = new Float32Array(lanes * assets);
  const begins = new Uint8Array(lanes).fill(1);
  const result = {
    rows,
    stepReturns: new Float64Array(steps),
    actions: new Float32Array(steps * assets),
    shares: new Float64Array(steps * assets),
    costs: new Float64Array(steps),
    traded: new Float64Array(steps),
    navs: new Float64Array(steps),
  };
  let earlyTerminations = 0;
  let filling = 0;
  const rules: TradingRules = {
    bars,
    unitWeight,
    costs: config.costs,
    maxDrawdown: config.maxDrawdown,
    onFill: (lane) => {
      for (let k = 0; k < assets; k++) {
        result.actions[filling * assets + k] = actions[lane * assets + k]!;
        result.shares[filling * assets + k] = accounts.shares[lane * assets + k]!;
      }
    },
  };

  const take = (lane: number, step: number): void => {
    const row = rows[step]!;
    checkAction(actions, lane * assets, assets, row);
    const navBefore = accounts.nav[lane]!;
    filling = step;
    if (advance(accounts, lane, row, actions, lane * assets, closesSession[step] === 1, rules)) {
      earlyTerminations++;
      begins[lane] = 1;
      resetPeak(accounts, lane);
    }
    // Nothing can be earned on less than nothing: a bankrupt account stays where it is.
    result.stepReturns[step] = navBefore > 0 ? accounts.nav[lane]! / navBefore - 1 : 0;
    result.costs[step] = accounts.stepCost[lane]!;
    result.traded[step] = accounts.stepTraded[lane]!;
    result.navs[step] = accounts.nav[lane]!;
  };

  const longest = starts.slice(1).reduce((most, end, lane) => Math.max(most, end - starts[lane]!), 0);
  for (let tick = 0; tick < longest; tick++) {
    for (let lane = 0; lane < lanes; lane++) {
      const step = starts[lane]! + tick;
      if (step < starts[lane + 1]!) observe(observations, lane * size, market, rows[step]!, accounts, lane, unitWeight);
    }
    const pending = policy(observations, actions, begins);
    if (pending !== undefined) await pending;
    begins.fill(0);
    for (let lane = 0; lane < lanes; lane++) {
      const step = starts[lane]! + tick;
      if (step < starts[lane + 1]!) take(lane, step);
    }
  }
  return { ...result, dailyReturns: sessionReturns(result.stepReturns, closesSession), earlyTerminations };
}

/** First step of each lane, and the number of steps at the end: whole sessions, as evenly as they divide. */
function laneStarts(closesSession: Uint8Array, lanes: number): readonly number[] {
  const sessionStarts = [0];
  closesSession.forEach((closes, step) => {
    if (closes === 1) sessionStarts.push(step + 1);
  });
  const sessions = sessionStarts.length - 1;
  return Array.from({ length: lanes + 1 }, (_, lane) => sessionStarts[Math.floor((lane * sessions) / lanes)]!);
}

function sessionReturns(stepReturns: Float64Array, closesSession: Uint8Array): readonly number[] {
  const daily: number[] = [];
  let growth = 1;
  stepReturns.forEach((stepReturn, step) => {
    growth *= 1 + stepReturn;
    if (closesSession[step] !== 1) return;
    daily.push(growth - 1);
    growth = 1;
  });
  return daily;
}

function checkAction(actions: Float32Array, offset: number, assets: number, row: number): void {
  for (let k = offset; k < offset + assets; k++) {
    const value = actions[k]!;
    if (!(Math.abs(value) <= 1))
      throw new AssayError('not_finite', `the policy's action at row ${row} is ${value}, not a number in [-1, 1]`, {
        hint: 'the training has diverged: try a lower learning rate',
      });
  }
}

import { AssayError } from '../../core/errors.ts';
import { advance, createAccounts, openAccount, resetPeak, type TradingRules } from './account.ts';
import { checkMarket, decisionsOf, type Market, type SessionRange } from './market.ts';
import { observationSize, observe } from './observation.ts';
import type { EnvironmentConfig } from './trading-env.ts';

/**
 * Writes a wanted position in [-1, 1] per asset for each row of observations. Deterministic, and a function of the rows since their last
 * start: `starts` is 1 at the first row of an episode, where recurrent policies reset their state.
 */
export type BatchPolicy = (observations: Float32Array, actions: Float32Array, starts: Uint8Array) => void | Promise<void>;

/** Result of one pass over a session range, in time order. Columns have one entry per step. */
export interface Backtest {
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
  /** Number of episodes that the drawdown limit ended. */
  readonly earlyTerminations: number;
}

/**
 * Backtests a policy on every decision of the range, with the same dynamics and costs as in training. Where the drawdown limit is broken
 * everything is sold and counted as an early termination; the backtest continues from there with a fresh peak, so that every policy is
 * evaluated on every session.
 *
 * With one block, one account trades the whole range: models are evaluated so. With n blocks, the sessions are divided into n consecutive
 * blocks, each with its own account of the same capital, and one call of the policy serves all of them. Nothing is held over night, so only
 * the effects of account size, running peak and a policy's memory can differ.
 */
export async function backtest(
  market: Market,
  range: SessionRange,
  config: EnvironmentConfig,
  policy: BatchPolicy,
  blocks = 1,
): Promise<Backtest> {
  const decisions = decisionsOf(market, range);
  checkMarket(market, decisions);
  const { rows, closesSession, sessions } = decisions;
  const bars = market.bars.bars;
  const assets = bars.length;
  const unitWeight = config.grossExposure / assets;
  const size = observationSize(market);
  const steps = rows.length;
  const starts = blockStarts(sessions, blocks);
  const accounts = createAccounts(blocks, assets);
  for (let block = 0; block < blocks; block++) openAccount(accounts, block, config.capital);
  const observations = new Float32Array(blocks * size);
  const actions = new Float32Array(blocks * assets);
  const begins = new Uint8Array(blocks).fill(1);
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
    onFill: (block) => {
      for (let k = 0; k < assets; k++) {
        result.actions[filling * assets + k] = actions[block * assets + k]!;
        result.shares[filling * assets + k] = accounts.shares[block * assets + k]!;
      }
    },
  };

  const take = (block: number, step: number): void => {
    const row = rows[step]!;
    checkAction(actions, block * assets, assets, row);
    const navBefore = accounts.nav[block]!;
    filling = step;
    if (advance(accounts, block, row, actions, closesSession[step] === 1, rules)) {
      earlyTerminations++;
      begins[block] = 1;
      resetPeak(accounts, block);
    }
    // A return on a NAV of 0 or less is undefined: a bankrupt account returns 0.
    result.stepReturns[step] = navBefore > 0 ? accounts.nav[block]! / navBefore - 1 : 0;
    result.costs[step] = accounts.stepCost[block]!;
    result.traded[step] = accounts.stepTraded[block]!;
    result.navs[step] = accounts.nav[block]!;
  };

  const longest = starts.slice(1).reduce((most, end, block) => Math.max(most, end - starts[block]!), 0);
  for (let tick = 0; tick < longest; tick++) {
    for (let block = 0; block < blocks; block++) {
      const step = starts[block]! + tick;
      if (step < starts[block + 1]!) observe(observations, block * size, market, rows[step]!, accounts, block, unitWeight);
    }
    const pending = policy(observations, actions, begins);
    if (pending !== undefined) await pending;
    begins.fill(0);
    for (let block = 0; block < blocks; block++) {
      const step = starts[block]! + tick;
      if (step < starts[block + 1]!) take(block, step);
    }
  }
  return { ...result, dailyReturns: sessionReturns(result.stepReturns, sessions), earlyTerminations };
}

/** First step of each block, and the number of steps at the end: whole sessions, divided as evenly as possible. */
function blockStarts(sessions: Int32Array, blocks: number): readonly number[] {
  const starts: number[] = [];
  sessions.forEach((session, step) => {
    if (session !== sessions[step - 1]) starts.push(step);
  });
  const count = starts.length;
  starts.push(sessions.length);
  return Array.from({ length: blocks + 1 }, (_, block) => starts[Math.floor((block * count) / blocks)]!);
}

function sessionReturns(stepReturns: Float64Array, sessions: Int32Array): readonly number[] {
  const daily: number[] = [];
  let growth = 1;
  stepReturns.forEach((stepReturn, step) => {
    growth *= 1 + stepReturn;
    if (sessions[step + 1] === sessions[step]) return;
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

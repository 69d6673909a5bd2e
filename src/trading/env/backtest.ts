import { AssayError } from '../../core/errors.ts';
import { type RewardFactory, rewardPlaceOf } from '../rewards/reward.ts';
import { createAccounts, openAccount, resetPeak } from './account.ts';
import { advance } from './advance.ts';
import { decisionsUnder } from './decisions.ts';
import { checkMarket, type Market, type SessionRange } from './market.ts';
import { observationSize, observe } from './observation.ts';
import type { EnvironmentConfig } from './options.ts';
import { type TradingRules, tradingRules } from './rules.ts';
import { createTradeBook, type Trade } from './trades.ts';

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
  /** Shares or contracts held after the fill at the next open, steps x assets. */
  readonly shares: Float64Array;
  /** Net of all costs, in account currency. */
  readonly stepGains: Float64Array;
  /** In account currency. */
  readonly costs: Float64Array;
  readonly traded: Float64Array;
  /** NAV after each step. */
  readonly navs: Float64Array;
  /** One per session: NAV at its end over NAV at its start, less 1. */
  readonly dailyReturns: readonly number[];
  /** Number of episodes that the drawdown limit ended. */
  readonly earlyTerminations: number;
  /** Number of times that NAV fell below the maintenance margin. */
  readonly marginCalls: number;
  /** Closed trades, in the order of their ends. */
  readonly trades: readonly Trade[];
  /** The rules that it was traded under. */
  readonly rules: TradingRules;
  /** Session of each step. */
  readonly sessions: Int32Array;
  /** The training reward of the same steps, in account currency; null if none was asked for. */
  readonly reward: RewardOfSteps | null;
}

export interface RewardOfSteps {
  readonly total: Float64Array;
  /** The part of the total that shapes it, see `Reward.stepShaping`. */
  readonly shaping: Float64Array;
}

export interface BacktestOptions {
  /** Default 1. */
  readonly blocks?: number;
  /** Computed beside the returns, which it does not change. */
  readonly reward?: RewardFactory;
}

/**
 * Backtests a policy on every decision of the range, with the same dynamics and costs as in training. Where the drawdown limit is broken
 * everything is sold and counted as an early termination; the backtest continues from there with a fresh peak, so that every policy is
 * evaluated on every session.
 *
 * With one block, one account trades the whole range: models are evaluated so. With n blocks, the sessions are divided into n consecutive
 * blocks, each with its own account of the same capital, and one call of the policy serves all of them. Flat overnight, only the effects of
 * account size, running peak and a policy's memory can differ; what is held overnight is closed at each block's end.
 */
export async function backtest(
  market: Market,
  range: SessionRange,
  config: EnvironmentConfig,
  policy: BatchPolicy,
  { blocks = 1, reward }: BacktestOptions = {},
): Promise<Backtest> {
  const decisions = decisionsUnder(config, market, range);
  checkMarket(market, decisions);
  const { rows, sessions, closes } = decisions;
  const assets = market.bars.bars.length;
  const size = observationSize(market);
  const steps = rows.length;
  const starts = blockStarts(sessions, blocks);
  const observations = new Float32Array(blocks * size);
  const actions = new Float32Array(blocks * assets);
  const begins = new Uint8Array(blocks).fill(1);
  const result = {
    rows,
    stepReturns: new Float64Array(steps),
    stepGains: new Float64Array(steps),
    actions: new Float32Array(steps * assets),
    shares: new Float64Array(steps * assets),
    costs: new Float64Array(steps),
    traded: new Float64Array(steps),
    navs: new Float64Array(steps),
  };
  let earlyTerminations = 0;
  let filling = 0;
  const rewards = reward?.(blocks, rewardPlaceOf(market.bars, config)) ?? null;
  const rewarded = rewards === null ? null : { total: new Float64Array(steps), shaping: new Float64Array(steps) };
  const trades: Trade[] = [];
  const book = createTradeBook(blocks, assets, (block, trade) => {
    trades.push({ ...trade });
    rewards?.onTrade?.(block, trade);
  });
  const onFill = (block: number): void => {
    for (let k = 0; k < assets; k++) {
      result.actions[filling * assets + k] = actions[block * assets + k]!;
      result.shares[filling * assets + k] = accounts.shares[block * assets + k]!;
    }
  };
  const rules = tradingRules(market.bars, config, { trades: book, onFill });
  const accounts = createAccounts(blocks, assets, { latencyBars: config.latencyBars, inUnits: rules.units !== null });
  for (let block = 0; block < blocks; block++) openAccount(accounts, block, config.capital);

  const take = (block: number, step: number): void => {
    const row = rows[step]!;
    checkAction(actions, block * assets, assets, row);
    const navBefore = accounts.nav[block]!;
    filling = step;
    const ended = advance(accounts, block, row, actions, closes[step] === 1 || endsBlock(step, block), rules);
    if (rewards !== null && rewarded !== null) {
      rewarded.total[step] = rewards.ofStep(accounts, block, navBefore, { terminated: ended, openPnl: book.openPnl });
      rewarded.shaping[step] = rewards.stepShaping?.[block] ?? 0;
    }
    if (ended) {
      earlyTerminations++;
      begins[block] = 1;
      resetPeak(accounts, block);
      rewards?.reset(block);
    }
    // A return on a NAV of 0 or less is undefined: a bankrupt account returns 0.
    result.stepReturns[step] = navBefore > 0 ? accounts.nav[block]! / navBefore - 1 : 0;
    result.stepGains[step] = accounts.nav[block]! - navBefore;
    result.costs[step] = accounts.stepCost[block]!;
    result.traded[step] = accounts.stepTraded[block]!;
    result.navs[step] = accounts.nav[block]!;
  };

  // Held overnight, a block ends with what it holds: its neighbour begins with cash.
  const endsBlock = (step: number, block: number): boolean =>
    config.overnight === 'hold' && block + 1 < blocks && step + 1 === starts[block + 1];
  const longest = starts.slice(1).reduce((most, end, block) => Math.max(most, end - starts[block]!), 0);
  for (let tick = 0; tick < longest; tick++) {
    for (let block = 0; block < blocks; block++) {
      const step = starts[block]! + tick;
      if (step < starts[block + 1]!) observe(observations, block * size, market, rows[step]!, accounts, block, rules);
    }
    const pending = policy(observations, actions, begins);
    if (pending !== undefined) await pending;
    begins.fill(0);
    for (let block = 0; block < blocks; block++) {
      const step = starts[block]! + tick;
      if (step < starts[block + 1]!) take(block, step);
    }
  }
  return {
    ...result,
    dailyReturns: sessionReturns(result.stepReturns, sessions),
    earlyTerminations,
    marginCalls: accounts.marginCalls.reduce((sum, calls) => sum + calls, 0),
    trades,
    rules,
    sessions,
    reward: rewarded,
  };
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

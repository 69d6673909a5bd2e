import { AssayError } from '../../core/errors.ts';
import { start } from '../agents/live-memory.ts';
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
 * Writes a wanted position in [-1, 1] per asset for one observation. Deterministic, and a function of the observations since its memory was
 * last cleared: `starts` holds what the observation begins, an episode, a session or nothing (`start` in live-memory.ts).
 */
export type AccountPolicy = (observation: Float32Array, action: Float32Array, starts: Uint8Array) => void | Promise<void>;

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
  /** Computed beside the returns, which it does not change. */
  readonly reward?: RewardFactory;
}

/**
 * Backtests a policy on every decision of the range on one account, with the same dynamics and costs as in training. Where the drawdown limit
 * is broken everything is sold and counted as an early termination; the same account goes on from its NAV with the next decision, as a new
 * episode: a fresh peak, a cleared memory. So every policy is evaluated on every session, and what it lost is never given back.
 */
export async function backtest(
  market: Market,
  range: SessionRange,
  config: EnvironmentConfig,
  policy: AccountPolicy,
  { reward }: BacktestOptions = {},
): Promise<Backtest> {
  const decisions = decisionsUnder(config, market, range);
  checkMarket(market, decisions);
  const { rows, sessions, closes } = decisions;
  const { session } = market.bars;
  const assets = market.bars.bars.length;
  const steps = rows.length;
  const observation = new Float32Array(observationSize(market));
  const action = new Float32Array(assets);
  const starts = Uint8Array.of(start.episode);
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
  const rewards = reward?.(1, rewardPlaceOf(market.bars, config)) ?? null;
  const rewarded = rewards === null ? null : { total: new Float64Array(steps), shaping: new Float64Array(steps) };
  const trades: Trade[] = [];
  const book = createTradeBook(1, assets, (account, trade) => {
    trades.push({ ...trade });
    rewards?.onTrade?.(account, trade);
  });
  const onFill = (): void => {
    result.actions.set(action, filling * assets);
    result.shares.set(accounts.shares, filling * assets);
  };
  const rules = tradingRules(market.bars, config, { trades: book, onFill });
  const accounts = createAccounts(1, assets, { latencyBars: config.latencyBars, inUnits: rules.units !== null });
  openAccount(accounts, 0, config.capital);

  for (let step = 0; step < steps; step++) {
    const row = rows[step]!;
    observe(observation, 0, market, row, accounts, 0, rules);
    const pending = policy(observation, action, starts);
    if (pending !== undefined) await pending;
    checkAction(action, row);
    const navBefore = accounts.nav[0]!;
    filling = step;
    const ended = advance(accounts, 0, row, action, closes[step] === 1, rules);
    if (rewards !== null && rewarded !== null) {
      rewarded.total[step] = rewards.ofStep(accounts, 0, navBefore, { terminated: ended, openPnl: book.openPnl });
      rewarded.shaping[step] = rewards.stepShaping?.[0] ?? 0;
    }
    const next = rows[step + 1];
    starts[0] = ended ? start.episode : next !== undefined && session[next] !== session[row] ? start.session : start.nothing;
    if (ended) {
      earlyTerminations++;
      resetPeak(accounts, 0);
      rewards?.reset(0);
    }
    // A return on a NAV of 0 or less is undefined: a bankrupt account returns 0.
    result.stepReturns[step] = navBefore > 0 ? accounts.nav[0]! / navBefore - 1 : 0;
    result.stepGains[step] = accounts.nav[0]! - navBefore;
    result.costs[step] = accounts.stepCost[0]!;
    result.traded[step] = accounts.stepTraded[0]!;
    result.navs[step] = accounts.nav[0]!;
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

function checkAction(action: Float32Array, row: number): void {
  for (const value of action)
    if (!(Math.abs(value) <= 1))
      throw new AssayError('not_finite', `the policy's action at row ${row} is ${value}, not a number in [-1, 1]`, {
        hint: 'the training has diverged: try a lower learning rate',
      });
}

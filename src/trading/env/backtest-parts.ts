import { rangesOf } from '../../features/training-rows.ts';
import { type AccountPolicy, type Backtest, type BacktestOptions, backtest } from './backtest.ts';
import type { Market, SessionParts } from './market.ts';
import type { EnvironmentConfig } from './options.ts';

/**
 * Backtests a policy on one range of sessions or on several, each with an account of its own that starts with the same capital; their steps
 * follow one another.
 */
export async function backtestParts(
  market: Market,
  parts: SessionParts,
  config: EnvironmentConfig,
  policy: AccountPolicy,
  options: BacktestOptions = {},
): Promise<Backtest> {
  const results: Backtest[] = [];
  for (const range of rangesOf(parts)) results.push(await backtest(market, range, config, policy, options));
  return joined(results);
}

function joined(results: readonly Backtest[]): Backtest {
  const [first] = results;
  if (results.length === 1) return first!;
  const floats = (of: (result: Backtest) => Float64Array) => Float64Array.from(results.flatMap((result) => [...of(result)]));
  const whole = (of: (result: Backtest) => Int32Array) => Int32Array.from(results.flatMap((result) => [...of(result)]));
  const sum = (of: (result: Backtest) => number) => results.reduce((total, result) => total + of(result), 0);
  const isRewarded = results.every(({ reward }) => reward !== null);
  return {
    rows: whole(({ rows }) => rows),
    sessions: whole(({ sessions }) => sessions),
    stepReturns: floats(({ stepReturns }) => stepReturns),
    stepGains: floats(({ stepGains }) => stepGains),
    actions: Float32Array.from(results.flatMap(({ actions }) => [...actions])),
    shares: floats(({ shares }) => shares),
    costs: floats(({ costs }) => costs),
    traded: floats(({ traded }) => traded),
    navs: floats(({ navs }) => navs),
    dailyReturns: results.flatMap(({ dailyReturns }) => dailyReturns),
    earlyTerminations: sum(({ earlyTerminations }) => earlyTerminations),
    marginCalls: sum(({ marginCalls }) => marginCalls),
    trades: results.flatMap(({ trades }) => trades),
    rules: first!.rules,
    reward: isRewarded ? { total: floats(({ reward }) => reward!.total), shaping: floats(({ reward }) => reward!.shaping) } : null,
  };
}

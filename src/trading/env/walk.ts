import { AssayError } from '../../core/errors.ts';
import { closePositions, createAccounts, drawdownExceeds, openAccount, resetPeak, settleStep, stepAccount } from './account.ts';
import { checkMarket, decisionsOf, type Market, type SessionRange } from './market.ts';
import { observationSize, observe } from './observation.ts';
import type { EnvironmentConfig } from './trading-env.ts';

/** Writes an action in [-1, 1] per asset for one observation. Deterministic. */
export type ActingPolicy = (observation: Float32Array, action: Float32Array) => void;

/** What one pass over a session range left behind. Parallel columns have one entry per step. */
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
  /** One per session: NAV at its end over NAV at its start, less 1. */
  readonly dailyReturns: readonly number[];
  /** How often the drawdown limit ended an episode. */
  readonly earlyTerminations: number;
  readonly costsPaid: number;
  readonly meanNav: number;
  readonly finalNav: number;
}

/**
 * Walk one account through the range once, from its first decision to its last, the same dynamics and costs as in
 * training. Where the drawdown limit is broken everything is sold and counted as an early termination; the walk goes on
 * from there with a fresh peak, so that every policy is judged on every session.
 */
export function walk(market: Market, range: SessionRange, config: EnvironmentConfig, policy: ActingPolicy): Walk {
  const decisions = decisionsOf(market, range);
  checkMarket(market, decisions);
  const { rows, closesSession } = decisions;
  const bars = market.bars.bars;
  const assets = bars.length;
  const unitWeight = config.grossExposure / assets;
  const steps = rows.length;
  const accounts = createAccounts(1, assets);
  openAccount(accounts, 0, config.capital);
  const observation = new Float32Array(observationSize(market));
  const action = new Float32Array(assets);
  const stepReturns = new Float64Array(steps);
  const actions = new Float32Array(steps * assets);
  const shares = new Float64Array(steps * assets);
  const costs = new Float64Array(steps);
  const traded = new Float64Array(steps);
  const dailyReturns: number[] = [];
  let earlyTerminations = 0;
  let navSum = 0;
  let sessionStart = config.capital;

  for (let step = 0; step < steps; step++) {
    const row = rows[step]!;
    observe(observation, 0, market, row, accounts, 0, unitWeight);
    policy(observation, action);
    checkAction(action, row);
    const navBefore = accounts.nav[0]!;
    stepAccount(accounts, 0, bars, row, action, 0, unitWeight, config.costs);
    actions.set(action, step * assets);
    shares.set(accounts.shares, step * assets);
    const closing = closesSession[step] === 1;
    if (closing) closePositions(accounts, 0, bars, row + 1, config.costs);
    const terminated = drawdownExceeds(accounts, 0, config.maxDrawdown);
    if (terminated && !closing) closePositions(accounts, 0, bars, row + 1, config.costs);
    settleStep(accounts, 0);
    if (terminated) {
      earlyTerminations++;
      resetPeak(accounts, 0);
    }
    const nav = accounts.nav[0]!;
    stepReturns[step] = nav / navBefore - 1;
    costs[step] = accounts.stepCost[0]!;
    traded[step] = accounts.stepTraded[0]!;
    navSum += nav;
    if (closing) {
      dailyReturns.push(nav / sessionStart - 1);
      sessionStart = nav;
    }
  }
  return {
    rows,
    stepReturns,
    actions,
    shares,
    costs,
    traded,
    dailyReturns,
    earlyTerminations,
    costsPaid: accounts.paid[0]!,
    meanNav: navSum / steps,
    finalNav: accounts.nav[0]!,
  };
}

function checkAction(action: Float32Array, row: number): void {
  for (const value of action)
    if (!(Math.abs(value) <= 1))
      throw new AssayError('not_finite', `the policy's action at row ${row} is ${value}, not a number in [-1, 1]`, {
        hint: 'the training has diverged: try a lower learning rate',
      });
}

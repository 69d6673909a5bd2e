import { AssayError } from '../../core/errors.ts';
import type { SessionCalendar } from '../../market/calendars/calendar.ts';
import type { FoldEvaluation } from '../../search/study/walk-forward.ts';
import type { Metrics } from '../../search/trial/trial.ts';
import {
  annualSharpe,
  annualSortino,
  annualTurnover,
  cagr,
  fewestForYear,
  maxDrawdown,
  sharpe,
  totalReturn,
  winRate,
} from '../../validation/metrics.ts';
import { mean } from '../../validation/moments.ts';
import { leastDistinct } from '../../validation/variation.ts';
import type { Backtest } from '../env/backtest.ts';
import type { EnvironmentConfig } from '../env/options.ts';
import { accountMetrics, tradeMetrics } from './account-metrics.ts';
import { episodesOf, rewardMetrics } from './reward-metrics.ts';

/** Performance metrics of one backtest, net of costs, annualised by the calendar's sessions; NaN where undefined. */
export function backtestMetrics(result: Backtest, config: EnvironmentConfig, { sessionsPerYear }: SessionCalendar): Metrics {
  const { dailyReturns, stepReturns, actions, traded, costs, navs } = result;
  const sessions = dailyReturns.length;
  return {
    sharpeDaily: sharpe(dailyReturns),
    sharpeAnnual: annualSharpe(dailyReturns, sessionsPerYear),
    sortinoAnnual: annualSortino(dailyReturns, sessionsPerYear),
    totalReturn: totalReturn(stepReturns),
    /** Compound, per year; absent below 60 sessions. */
    ...(sessions >= fewestForYear && { annualReturn: cagr(dailyReturns, sessionsPerYear) }),
    maxDrawdown: maxDrawdown(stepReturns),
    winRateDaily: winRate(dailyReturns),
    /** Value traded over mean NAV, per year. */
    turnover: annualTurnover(sum(traded), mean(navs), sessions, sessionsPerYear),
    /** Costs as a fraction of the start capital. */
    costs: sum(costs) / config.capital,
    /** Mean size of the wanted positions: 0 never trades, 1 is always full. */
    exposure: mean(actions.map(Math.abs)),
    earlyTerminations: result.earlyTerminations,
    sessions,
    steps: stepReturns.length,
    ...tradeMetrics(result),
    ...accountMetrics(result),
    ...rewardMetrics(result),
  };
}

/** The evaluation of one backtest: the evidence that gates check. */
export function evaluationOf(result: Backtest, config: EnvironmentConfig, calendar: SessionCalendar): FoldEvaluation {
  return {
    metrics: backtestMetrics(result, config, calendar),
    dailyReturns: result.dailyReturns,
    ...(result.reward && { sessionRewards: episodesOf(result, result.reward).map(({ reward }) => reward) }),
    stepReturns: result.stepReturns,
    earlyTerminations: result.earlyTerminations,
    drawdownLimit: config.maxDrawdown,
    friction: frictionOf(result),
  };
}

/** The rates that were charged; by the unit, what they came to in basis points of the value traded (0 if nothing was). */
function frictionOf({ rules, costs, traded }: Backtest): FoldEvaluation['friction'] {
  const paid = sum(costs);
  if (rules.unitCosts === null) return { transactionBp: rules.transactionBp, impactBp: rules.impactBp, paid };
  const value = sum(traded);
  return { transactionBp: value === 0 ? 0 : (1e4 * paid) / value, impactBp: 0, paid };
}

/**
 * Objective of the search: the daily Sharpe ratio net of all costs, not annualised. An account that never moved has none and counts as 0,
 * so that not trading is better than losing. Any other account without a ratio (fewer than three sessions, or returns without variation)
 * has NaN, which fails the trial: {@link noObjective} says why.
 */
export function objectiveValue(result: Backtest): number {
  const { dailyReturns } = result;
  return dailyReturns.length > 1 && dailyReturns.every((r) => r === 0) ? 0 : sharpe(dailyReturns);
}

/** Error of a trial whose account traded but has no objective value. */
export function noObjective({ dailyReturns, traded, sessions }: Pick<Backtest, 'dailyReturns' | 'traded' | 'sessions'>): AssayError {
  const tradedOn = new Set(sessions.filter((_, step) => traded[step]! > 0)).size;
  return new AssayError(
    'not_finite',
    `traded on ${tradedOn} of ${dailyReturns.length} sessions: a daily Sharpe ratio needs returns that vary, at least ${leastDistinct} different ones`,
    { hint: 'measure on more sessions (sessions.innerSessions), or have the agent trade more: lower lambdaTurnover, or train for longer' },
  );
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

import { AssayError } from '../../core/errors.ts';
import type { AlignedBars } from '../../market/bars.ts';
import type { SessionCalendar } from '../../market/calendars/calendar.ts';
import { tradingDateOf } from '../../market/sessions.ts';
import type { FoldEvaluation } from '../../search/study/walk-forward.ts';
import type { DailyReturns } from '../../search/trial/daily-returns.ts';
import type { Metrics } from '../../search/trial/trial.ts';
import { activeDays, isInactive } from '../../validation/activity.ts';
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
import { mean, sampleVariance } from '../../validation/moments.ts';
import { leastDistinct } from '../../validation/variation.ts';
import type { Backtest } from '../env/backtest.ts';
import type { EnvironmentConfig } from '../env/options.ts';
import { accountMetrics, tradeMetrics } from './account-metrics.ts';
import { episodesOf, rewardMetrics } from './reward-metrics.ts';

/** How results are measured. */
export interface Measure {
  readonly environment: EnvironmentConfig;
  readonly calendar: SessionCalendar;
  /** Of `sessions.leastActiveShare`: below it an account's ratios are 0. */
  readonly leastActiveShare: number;
}

/** Performance metrics of one backtest, net of costs, annualised by the calendar's sessions; NaN where undefined. */
export function backtestMetrics(result: Backtest, { environment, calendar, leastActiveShare }: Measure): Metrics {
  const { dailyReturns, stepReturns, actions, traded, costs, navs } = result;
  const { sessionsPerYear } = calendar;
  const sessions = dailyReturns.length;
  const inactive = isInactive(dailyReturns, leastActiveShare);
  return {
    sharpeDaily: objectiveValue(result, leastActiveShare),
    sharpeAnnual: inactive ? 0 : annualSharpe(dailyReturns, sessionsPerYear),
    sortinoAnnual: inactive ? 0 : annualSortino(dailyReturns, sessionsPerYear),
    totalReturn: totalReturn(stepReturns),
    /** Compound, per year; absent below 60 sessions. */
    ...(sessions >= fewestForYear && { annualReturn: cagr(dailyReturns, sessionsPerYear) }),
    maxDrawdown: maxDrawdown(stepReturns),
    winRateDaily: winRate(dailyReturns),
    /** Value traded over mean NAV, per year. */
    turnover: annualTurnover(sum(traded), mean(navs), sessions, sessionsPerYear),
    /** Costs as a fraction of the start capital. */
    costs: sum(costs) / environment.capital,
    /** Mean size of the wanted positions: 0 never trades, 1 is always full. */
    exposure: mean(actions.map(Math.abs)),
    exposureDeviation: deviationOf(actions, actions.length / stepReturns.length),
    earlyTerminations: result.earlyTerminations,
    sessions,
    steps: stepReturns.length,
    ...tradeMetrics(result),
    ...accountMetrics(result),
    ...rewardMetrics(result),
    /** Highest and lowest NAV as multiples of the first, with which folds are put in a row. */
    ...extremesOf(stepReturns),
    sessionsPerYear,
    /** Sessions in which anything was bought or sold. */
    daysTraded: daysTraded(result),
    /** Sessions that returned anything. */
    activeDays: activeDays(dailyReturns),
    leastActiveShare,
  };
}

/** Standard deviation of the wanted positions over the steps, the largest of all assets; 0 where none ever moves. */
function deviationOf(actions: Float32Array, assets: number): number {
  const ofAsset = Array.from({ length: assets }, (_, asset) => actions.filter((__, i) => i % assets === asset));
  // Equal values have a deviation of rounding errors.
  return Math.max(...ofAsset.map((own) => (own.every((one) => one === own[0]) ? 0 : Math.sqrt(sampleVariance(own)))));
}

/** The evaluation of one backtest: the evidence that gates check. */
export function evaluationOf(result: Backtest, measure: Measure): FoldEvaluation {
  return {
    metrics: backtestMetrics(result, measure),
    dailyReturns: result.dailyReturns,
    ...(result.reward && { sessionRewards: episodesOf(result, result.reward).map(({ reward }) => reward) }),
    stepReturns: result.stepReturns,
    earlyTerminations: result.earlyTerminations,
    drawdownLimit: measure.environment.maxDrawdown,
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
 * Objective of the search: the daily Sharpe ratio net of all costs, not annualised. An account that never moved, or on too few sessions for
 * its ratio to say more than how few they are, counts as 0, so that not trading is better than losing. Any other account without a ratio
 * (fewer than three sessions, or returns without variation) has NaN, which fails the trial: {@link noObjective} says why.
 */
export function objectiveValue({ dailyReturns }: Pick<Backtest, 'dailyReturns'>, leastActiveShare: number): number {
  return isInactive(dailyReturns, leastActiveShare) ? 0 : sharpe(dailyReturns);
}

/** Error of a trial whose account traded but has no objective value. */
export function noObjective(result: Pick<Backtest, 'dailyReturns' | 'traded' | 'sessions'>): AssayError {
  return new AssayError(
    'not_finite',
    `traded on ${daysTraded(result)} of ${result.dailyReturns.length} sessions: a daily Sharpe ratio needs returns that vary, at least ${leastDistinct} different ones`,
    { hint: 'measure on more sessions (sessions.innerSessions), or have the agent trade more: lower lambdaTurnover, or train for longer' },
  );
}

/** One net return for each session's trading date: what over-fitting is judged from. */
export function datedReturns({ dailyReturns, rows, sessions }: Backtest, { time, calendar }: AlignedBars): DailyReturns {
  const days: string[] = [];
  for (const [step, session] of sessions.entries()) {
    if (session === sessions[step - 1]) continue;
    // The bar that the decision is filled in: held overnight, it is the first of the next session.
    days.push(tradingDateOf(calendar, time[rows[step]! + 1]!));
  }
  return { days, returns: dailyReturns };
}

/** Number of sessions in which anything was bought or sold. */
function daysTraded({ traded, sessions }: Pick<Backtest, 'traded' | 'sessions'>): number {
  return new Set(sessions.filter((_, step) => traded[step]! > 0)).size;
}

function extremesOf(stepReturns: Float64Array): { readonly highestNav: number; readonly lowestNav: number } {
  let [nav, highestNav, lowestNav] = [1, 1, 1];
  for (const stepReturn of stepReturns) {
    nav *= 1 + stepReturn;
    highestNav = Math.max(highestNav, nav);
    lowestNav = Math.min(lowestNav, nav);
  }
  return { highestNav, lowestNav };
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

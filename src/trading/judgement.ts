import type { FoldEvaluation } from '../search/study/walk-forward.ts';
import type { Metrics } from '../search/trial/trial.ts';
import { annualSharpe, annualSortino, annualTurnover, maxDrawdown, sharpe, totalReturn, winRate } from '../validation/metrics.ts';
import { mean } from '../validation/moments.ts';
import type { EnvironmentConfig } from './env/trading-env.ts';
import type { Walk } from './env/walk.ts';

/** What a walk says about its policy, everything net of costs. Figures that cannot be computed are NaN. */
export function backtestMetrics(walk: Walk, config: EnvironmentConfig): Metrics {
  const { dailyReturns, stepReturns, actions, traded, costs, navs } = walk;
  const sessions = dailyReturns.length;
  return {
    sharpeDaily: sharpe(dailyReturns),
    sharpeAnnual: annualSharpe(dailyReturns),
    sortinoAnnual: annualSortino(dailyReturns),
    totalReturn: totalReturn(stepReturns),
    maxDrawdown: maxDrawdown(stepReturns),
    winRateDaily: winRate(dailyReturns),
    /** Value traded over mean NAV, per year. */
    turnover: annualTurnover(sum(traded), mean(navs), sessions),
    /** Costs as a fraction of the start capital. */
    costs: sum(costs) / config.capital,
    /** Mean size of the wanted positions: 0 never trades, 1 is always full. */
    exposure: mean(actions.map(Math.abs)),
    earlyTerminations: walk.earlyTerminations,
    sessions,
    steps: stepReturns.length,
  };
}

/** The evidence that gates look at. */
export function evaluationOf(walk: Walk, config: EnvironmentConfig): FoldEvaluation {
  return {
    metrics: backtestMetrics(walk, config),
    dailyReturns: walk.dailyReturns,
    stepReturns: walk.stepReturns,
    earlyTerminations: walk.earlyTerminations,
    drawdownLimit: config.maxDrawdown,
    friction: { ...config.costs, paid: sum(walk.costs) },
  };
}

/**
 * What the search maximises: the daily Sharpe ratio net of all costs, not annualised. An account that never moved has
 * none; it counts as 0, so that doing nothing beats losing. Any other account without a ratio has NaN, which fails the trial: fewer
 * than three sessions, or returns that do not vary.
 */
export function objectiveValue(walk: Walk): number {
  const { dailyReturns } = walk;
  return dailyReturns.length > 1 && dailyReturns.every((r) => r === 0) ? 0 : sharpe(dailyReturns);
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

import {
  averageCorrelation,
  effectiveTrials,
  expectedMaximumSharpe,
  probabilisticSharpe,
  sampleOf,
  varianceOfTrials,
  varianceWithoutSkill,
} from '../deflated-sharpe.ts';
import { robustVariance } from '../moments.ts';

/** One count of the luck that a Sharpe ratio is measured against. Ratios are per day. */
export interface Luck {
  /** Models without skill of which the best is taken: trials, independent trials or looks. */
  readonly chances: number;
  /** Variance of their Sharpe ratios. */
  readonly variance: number;
  /** Expected Sharpe ratio of the best of them, at least 0. */
  readonly bar: number;
  /** Deflated Sharpe ratio: probability that the true ratio is above the bar. */
  readonly probability: number;
}

/** What was searched and looked at before these returns were chosen. */
export interface Chances {
  /** N: all trials on the same data. */
  readonly trials: number;
  /** Daily Sharpe ratios of the study's trials on its inner validation part; NaN where one is unknown. */
  readonly trialSharpes: readonly number[];
  /** Daily returns of trials there, `[trial][day]` of the same days: how far trials repeat each other. Empty: they count as independent. */
  readonly innerReturns: readonly ArrayLike<number>[];
  /** k: models judged on the days of these returns. */
  readonly looks: number;
}

export interface DeflatedThreeWays {
  /** All trials, with the variance of the study's. */
  readonly all: Luck;
  /** Independent trials by their mean correlation, with the variance by the median absolute deviation, which a few odd trials cannot move. */
  readonly effective: Luck;
  /** Looks at these days, with the variance of estimates without skill, 1 / (days - 1): days that were never searched know nothing of trials. */
  readonly looked: Luck;
}

/**
 * The deflated Sharpe ratio (Bailey and Lopez de Prado 2014) of daily returns by three counts of luck. NaN where a count lacks data or the
 * returns do not vary.
 * @example 24 trials and 3 looks: the first bar is that of 24 chances, the last that of 3.
 */
export function deflatedThreeWays(returns: ArrayLike<number>, { trials, trialSharpes, innerReturns, looks }: Chances): DeflatedThreeWays {
  const sample = sampleOf(returns);
  const against = (chances: number, variance: number): Luck => {
    const bar = Math.max(0, expectedMaximumSharpe(variance, chances));
    return { chances, variance, bar, probability: probabilisticSharpe(sample, bar) };
  };
  const correlation = averageCorrelation(innerReturns);
  // Trials that oppose each other on average are still no more than all of them.
  const independent = Number.isNaN(correlation) ? trials : effectiveTrials(trials, Math.max(0, correlation));
  return {
    all: against(trials, varianceOfTrials(trialSharpes)),
    // A trial of unknown ratio leaves both variances unknown; the median alone would not notice.
    effective: against(independent, trialSharpes.some(Number.isNaN) ? Number.NaN : robustVariance(trialSharpes)),
    looked: against(looks, varianceWithoutSkill(sample.periods)),
  };
}

/**
 * The variance of trials' Sharpe ratios on `innerDays` as it would be on `outerDays`, where the spread is pure noise: V (T_in - 1) / (T - 1).
 * @example A variance of .02 over 51 days is .004 over 251.
 */
export function varianceOverDays(variance: number, innerDays: number, outerDays: number): number {
  return innerDays > 1 && outerDays > 1 ? (variance * (innerDays - 1)) / (outerDays - 1) : Number.NaN;
}

/**
 * Years of returns below which the best of `trials` trials without skill is expected to show this annual Sharpe ratio: (E[max] / SR)^2
 * (Bailey, Borwein, Lopez de Prado and Zhu 2014). NaN unless the ratio is above 0.
 * @example 45 trials, ratio 1: 4.998 years.
 */
export function minimumBacktestYears(trials: number, annualSharpe: number): number {
  return annualSharpe > 0 ? (expectedMaximumSharpe(1, trials) / annualSharpe) ** 2 : Number.NaN;
}

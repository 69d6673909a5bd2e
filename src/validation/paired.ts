import { createRng } from '../core/rng.ts';
import { sharpe } from './metrics.ts';
import { mean } from './moments.ts';
import { drawCircular, drawnSharpe, percentileInterval } from './statistics/resampling.ts';

/** Net daily returns of two arms on the same days, seed by seed: `[seed][day]`, equal seeds and days in both. */
export interface PairedReturns {
  readonly reference: readonly (readonly number[])[];
  readonly arm: readonly (readonly number[])[];
}

export interface PairedDifference {
  /** Mean over the seeds of the arm's daily Sharpe ratio, minus the reference's. An account that never traded counts as 0. */
  readonly difference: number;
  /** Percentile interval of {@link level}, from resampled blocks of days. */
  readonly low: number;
  readonly high: number;
  readonly level: number;
  readonly days: number;
}

const resamples = 2000;
/** Days that are drawn together, so that their dependence is kept. */
const blockDays = 5;
const level = 0.95;

/**
 * Compares two arms by the daily Sharpe ratio, with a paired circular block bootstrap (Politis and Romano 1992): each resample draws the
 * same days for every seed of both arms, so what the days have in common cancels. The unit is the day, not the seed. The same returns give
 * the same interval. The interval is NaN below two blocks of days, everything where an arm has no ratio: returns that are not finite, or that
 * do not vary without being 0 throughout.
 */
export function pairedDifference({ reference, arm }: PairedReturns): PairedDifference {
  const days = reference[0]?.length ?? 0;
  const difference = mean(arm.map(dailyRatio)) - mean(reference.map(dailyRatio));
  if (Number.isNaN(difference) || days < 2 * blockDays) return { difference, low: Number.NaN, high: Number.NaN, level, days };
  const rng = createRng('paired difference');
  const rows = new Int32Array(days);
  const meanOf = (seeds: PairedReturns['arm']): number => mean(seeds.map((returns) => drawnSharpe(returns, rows)));
  const drawn = Float64Array.from({ length: resamples }, () => {
    drawCircular(rows, blockDays, rng);
    return meanOf(arm) - meanOf(reference);
  });
  return { difference, ...percentileInterval(drawn, level), level, days };
}

/** The daily Sharpe ratio of an account; 0 for one that never traded. */
export function dailyRatio(returns: readonly number[]): number {
  return returns.length > 0 && returns.every((one) => one === 0) ? 0 : sharpe(returns);
}

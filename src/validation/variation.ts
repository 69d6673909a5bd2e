import { exceedsRounding, leastDeviation, meanAbsolute, sampleVariance } from './moments.ts';

/** Absolute rounding of a return, which is a ratio near 1 less 1: four units in the last place of 1. */
const returnRounding = 2 ** -50;
const leastDistinct = 3;

/**
 * True if the values vary enough that a ratio over their deviation says something: a standard deviation of at least 1e-12 of the
 * mean absolute value, and at least 3 distinct values. Values that only rounding keeps apart are one value. False where one is NaN
 * or infinite, and for fewer than 3 values.
 */
export function varies(values: ArrayLike<number>): boolean {
  const size = meanAbsolute(values);
  const deviation = Math.sqrt(sampleVariance(values));
  if (!Number.isFinite(deviation) || !exceedsRounding(deviation, size)) return false;
  return distinctValues(values, Math.max(leastDeviation * size, returnRounding)) >= leastDistinct;
}

/** The ratio itself, or 0 for one beyond 1e12 or infinite, which only values without variation give. NaN stays NaN. */
export function plausibleRatio(ratio: number): number {
  return Math.abs(ratio) > 1 / leastDeviation ? 0 : ratio;
}

/**
 * The daily Sharpe ratio that a trial or a seed counts with, from its metrics `sharpeDaily` and `turnover`. An account that never
 * traded has none and counts as 0, as it does in the objective. NaN where it is unknown.
 */
export function countedSharpe({ sharpeDaily = Number.NaN, turnover }: Readonly<Record<string, number>>): number {
  return Number.isNaN(sharpeDaily) && turnover === 0 ? 0 : plausibleRatio(sharpeDaily);
}

/** The metrics with 0 for the Sharpe ratios of an account that never traded: what it counts with in a mean. */
export function countingFlat(metrics: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  if (!Number.isNaN(metrics['sharpeDaily']) || countedSharpe(metrics) !== 0) return metrics;
  return { ...metrics, sharpeDaily: 0, ...('sharpeAnnual' in metrics && { sharpeAnnual: 0 }) };
}

function distinctValues(values: ArrayLike<number>, tolerance: number): number {
  const sorted = Float64Array.from(values).sort();
  let distinct = sorted.length === 0 ? 0 : 1;
  for (let i = 1; i < sorted.length; i++) if (sorted[i]! - sorted[i - 1]! > tolerance) distinct++;
  return distinct;
}

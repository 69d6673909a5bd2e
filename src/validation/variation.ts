import { exceedsRounding, leastDeviation, meanAbsolute, sampleVariance } from './moments.ts';

/** Absolute rounding error of a return, which is a ratio near 1 minus 1: four units in the last place of 1. */
const returnRounding = 2 ** -50;
/** Fewest distinct values, and so the fewest values, of a ratio over their deviation. */
export const leastDistinct = 3;

/**
 * True if the values vary enough for a ratio over their deviation: a standard deviation of at least 1e-12 of the mean absolute value,
 * and at least {@link leastDistinct} distinct values. Values that differ by rounding only are one value. False for NaN, infinite values, and fewer than 3
 * values.
 */
export function varies(values: ArrayLike<number>): boolean {
  const size = meanAbsolute(values);
  const deviation = Math.sqrt(sampleVariance(values));
  if (!Number.isFinite(deviation) || !exceedsRounding(deviation, size)) return false;
  return distinctValues(values, Math.max(leastDeviation * size, returnRounding)) >= leastDistinct;
}

/** The ratio, or 0 if its magnitude is above 1e12, which only values without variation give. NaN stays NaN. */
export function plausibleRatio(ratio: number): number {
  return Math.abs(ratio) > 1 / leastDeviation ? 0 : ratio;
}

/**
 * Daily Sharpe ratio of a trial for variances, from its metrics `sharpeDaily` and `turnover`. 0 for an account that never traded, as in the
 * objective; trials of earlier releases, and of other programs, have NaN there. NaN if unknown.
 */
export function countedSharpe({ sharpeDaily = Number.NaN, turnover }: Readonly<Record<string, number>>): number {
  return Number.isNaN(sharpeDaily) && turnover === 0 ? 0 : plausibleRatio(sharpeDaily);
}

function distinctValues(values: ArrayLike<number>, tolerance: number): number {
  const sorted = new Float64Array(values).sort();
  let distinct = sorted.length === 0 ? 0 : 1;
  for (let i = 1; i < sorted.length; i++) if (sorted[i]! - sorted[i - 1]! > tolerance) distinct++;
  return distinct;
}

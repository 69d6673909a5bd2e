/** Sample moments. Every function gives NaN for an empty sample and passes NaN on. */

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** Variance with divisor n - 1; NaN below two values. */
export function sampleVariance(values: ArrayLike<number>): number {
  if (values.length < 2) return Number.NaN;
  return centralMoment(values, mean(values), 2) * (values.length / (values.length - 1));
}

/** Third standardised moment, biased; 0 for a normal sample, NaN if all values are equal up to rounding. */
export function skewness(values: ArrayLike<number>): number {
  return standardisedMoment(values, 3);
}

/** Fourth standardised moment, biased and raw: 3 for a normal sample, NaN if all values are equal up to rounding. */
export function kurtosis(values: ArrayLike<number>): number {
  return standardisedMoment(values, 4);
}

/** A deviation below this share of the mean absolute value is rounding. */
export const leastDeviation = 1e-12;

/** True if a deviation of any kind is more than rounding for values of the mean absolute size `size`. */
export function exceedsRounding(deviation: number, size: number): boolean {
  return deviation > 0 && deviation >= leastDeviation * size;
}

export function meanAbsolute(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.abs(values[i]!);
  return sum / values.length;
}

export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Variance that is robust to outliers: (1.4826 * median absolute deviation)^2, equal to the variance for a normal population (Hampel
 * 1974). NaN below two values.
 */
export function robustVariance(values: ArrayLike<number>): number {
  if (values.length < 2) return Number.NaN;
  const center = median(values);
  return (1.4826 * median(Float64Array.from(values, (value) => Math.abs(value - center)))) ** 2;
}

function standardisedMoment(values: ArrayLike<number>, order: number): number {
  const center = mean(values);
  const variance = centralMoment(values, center, 2);
  if (!exceedsRounding(Math.sqrt(variance), meanAbsolute(values))) return Number.NaN;
  return centralMoment(values, center, order) / variance ** (order / 2);
}

function centralMoment(values: ArrayLike<number>, center: number, order: number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const deviation = values[i]! - center;
    let power = deviation;
    for (let k = 1; k < order; k++) power *= deviation;
    sum += power;
  }
  return sum / values.length;
}

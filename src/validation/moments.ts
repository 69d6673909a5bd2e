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

/** Third standardised moment, biased; 0 for a normal sample, NaN where all values are equal. */
export function skewness(values: ArrayLike<number>): number {
  const center = mean(values);
  return centralMoment(values, center, 3) / centralMoment(values, center, 2) ** 1.5;
}

/** Fourth standardised moment, biased and raw: 3 for a normal sample, NaN where all values are equal. */
export function kurtosis(values: ArrayLike<number>): number {
  const center = mean(values);
  return centralMoment(values, center, 4) / centralMoment(values, center, 2) ** 2;
}

export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * A variance that a few wild values cannot move: (1.4826 * median absolute deviation)^2, equal to the variance for a
 * normal population (Hampel 1974). NaN below two values.
 */
export function robustVariance(values: ArrayLike<number>): number {
  if (values.length < 2) return Number.NaN;
  const center = median(values);
  return (1.4826 * median(Float64Array.from(values, (value) => Math.abs(value - center)))) ** 2;
}

function centralMoment(values: ArrayLike<number>, center: number, order: number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! - center) ** order;
  return sum / values.length;
}

/** Correlation as a function of the squared scaled distance: once differentiable at 0 in r2, and 1 there. */
export type KernelShape = 'matern52' | 'gaussian';

/**
 * Correlations and their derivatives by the squared distance, for the first `length` entries. Matern 5/2 (Rasmussen and
 * Williams 2006, eq. 4.17): (1 + t + t^2/3) exp(-t) with t = sqrt(5 r2), slope -5/6 (1 + t) exp(-t); Gaussian: exp(-r2/2).
 * @param slopes null where they are not needed.
 */
export function correlate(
  shape: KernelShape,
  squaredDistances: Float64Array,
  values: Float64Array,
  slopes: Float64Array | null,
  length: number,
): void {
  if (shape === 'gaussian') {
    for (let i = 0; i < length; i++) {
      const value = Math.exp(-0.5 * squaredDistances[i]!);
      values[i] = value;
      if (slopes !== null) slopes[i] = -0.5 * value;
    }
    return;
  }
  for (let i = 0; i < length; i++) {
    const t = Math.sqrt(5 * squaredDistances[i]!);
    const decay = Math.exp(-t);
    values[i] = (1 + t + (t * t) / 3) * decay;
    if (slopes !== null) slopes[i] = (-5 / 6) * (1 + t) * decay;
  }
}

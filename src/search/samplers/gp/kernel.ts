/** Correlation as a function of the squared scaled distance: once differentiable at 0 in r2, and 1 there. */
export type KernelShape = 'matern52' | 'gaussian';

/*
 * exp(-t) for t >= 0 from two tables and a Taylor series about the nearest 1/64: a relative error below 1e-15 at half the
 * time of Math.exp, which was two thirds of the time of a fit.
 */
const perUnit = 32;
const wholes = Float64Array.from({ length: 760 }, (_, k) => Math.exp(-k));
const parts = Float64Array.from({ length: perUnit }, (_, k) => Math.exp(-(k + 0.5) / perUnit));
const underflow = 745;

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
    const t = Math.min(Math.sqrt(5 * squaredDistances[i]!), underflow);
    const k = (t * perUnit) | 0;
    const r = (k + 0.5) / perUnit - t;
    const series = 1 + r * (1 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r / 720)))));
    const decay = wholes[k >> 5]! * parts[k & 31]! * series;
    values[i] = (1 + t + (t * t) / 3) * decay;
    if (slopes !== null) slopes[i] = (-5 / 6) * (1 + t) * decay;
  }
}

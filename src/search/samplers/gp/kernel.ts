/** Correlation as a function of the squared scaled distance: once differentiable at 0 in r2, and 1 there. */
export type KernelShape = 'matern52' | 'gaussian';

/*
 * exp(-t) for t >= 0 from two tables and a Taylor series about the nearest 1/64: a relative error below 1e-15 at half the
 * time of Math.exp, which was two thirds of the time of a fit.
 */
/** Table entries per unit of t; its inverse `unit` avoids divisions, which would take half as long again. */
const perUnit = 32;
const unit = 0.03125;
const wholes = Float64Array.from({ length: 760 }, (_, k) => Math.exp(-k));
const parts = Float64Array.from({ length: perUnit }, (_, k) => Math.exp(-(k + 0.5) * unit));
const underflow = 745;
const sixth = 1 / 6;
const of24 = 1 / 24;
const of120 = 1 / 120;
const of720 = 1 / 720;

/**
 * Writes correlations and their derivatives by the squared distance r2, for the first `length` entries; r2 is the factor times the entry.
 * Matern 5/2 (Rasmussen and Williams 2006, eq. 4.17): (1 + t + t^2/3) exp(-t) with t = sqrt(5 r2), gradient -5/6 (1 + t) exp(-t);
 * Gaussian: exp(-r2/2).
 * @param gradients receives the derivatives (null: not computed).
 */
export function correlate(
  shape: KernelShape,
  squares: Float64Array,
  factor: number,
  values: Float64Array,
  gradients: Float64Array | null,
  length: number,
): void {
  if (shape === 'gaussian') {
    for (let i = 0; i < length; i++) {
      const value = Math.exp(-0.5 * factor * squares[i]!);
      values[i] = value;
      if (gradients !== null) gradients[i] = -0.5 * value;
    }
    return;
  }
  const five = 5 * factor;
  const third = 1 / 3;
  const gradient = -5 / 6;
  for (let i = 0; i < length; i++) {
    const t = Math.sqrt(five * squares[i]!);
    if (t > underflow) {
      values[i] = 0;
      if (gradients !== null) gradients[i] = 0;
      continue;
    }
    const k = (t * perUnit) | 0;
    const r = (k + 0.5) * unit - t;
    const series = 1 + r * (1 + r * (0.5 + r * (sixth + r * (of24 + r * (of120 + r * of720)))));
    const decay = wholes[k >> 5]! * parts[k & 31]! * series;
    const linear = (1 + t) * decay;
    values[i] = linear + t * t * third * decay;
    if (gradients !== null) gradients[i] = gradient * linear;
  }
}

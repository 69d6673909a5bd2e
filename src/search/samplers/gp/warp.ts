/**
 * Kumaraswamy's distribution function on [0, 1], 1 - (1 - x^a)^b: stretches the part of an axis where the objective changes
 * (Snoek et al. 2014, "Input warping for Bayesian optimization of non-stationary functions"). The identity for a = b = 1.
 */
export interface Warp {
  readonly a: number;
  readonly b: number;
}

/** Distance kept from 0 and 1, where the derivatives may be infinite. */
const edge = 1e-6;

export function warped(x: number, { a, b }: Warp): number {
  return 1 - (1 - inside(x) ** a) ** b;
}

/** Gradients by x, log a and log b. */
export function warpGradients(x: number, { a, b }: Warp): readonly [number, number, number] {
  const at = inside(x);
  const p = at ** a;
  const q = 1 - p;
  const rest = q ** (b - 1);
  return [(a * b * rest * p) / at, a * b * rest * p * Math.log(at), -b * rest * q * Math.log(q)];
}

function inside(x: number): number {
  return Math.min(Math.max(x, edge), 1 - edge);
}

import { erfc, erfcx } from './erf.ts';
import { rationalQuantile } from './rational-quantile.ts';

/** The standard normal distribution and its truncation, mostly in log space. NaN in, NaN out. */

const logSqrtTwoPi = 0.9189385332046728;
const ln2 = Math.LN2;

/** log of the density at z. */
export function logNormalPdf(z: number): number {
  return -0.5 * z * z - logSqrtTwoPi;
}

/** Phi(z), the probability below z. */
export function normalCdf(z: number): number {
  return 0.5 * erfc(-z * Math.SQRT1_2);
}

/** log Phi(z), with a relative error of about 1e-15 from z = -1e150 up to where it is 0. */
export function logNormalCdf(z: number): number {
  if (z > 0) return Math.log1p(-0.5 * erfc(z * Math.SQRT1_2));
  if (z > -1) return Math.log(0.5 * erfc(-z * Math.SQRT1_2));
  if (z === Number.NEGATIVE_INFINITY) return z;
  return Math.log(0.5 * erfcx(-z * Math.SQRT1_2)) - 0.5 * z * z;
}

/** The z with Phi(z) = p; infinite at 0 and 1. */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  return p <= 0.5 ? lowerQuantile(Math.log(p)) : -lowerQuantile(Math.log1p(-p));
}

/** log(exp(a) + exp(b)). */
export function logAddExp(a: number, b: number): number {
  const larger = Math.max(a, b);
  return larger === Number.NEGATIVE_INFINITY ? larger : larger + Math.log1p(Math.exp(Math.min(a, b) - larger));
}

/** log(1 - exp(x)) for x <= 0 (Maechler 2012, "Accurately computing log(1 - exp(-|a|))"). */
function log1mExp(x: number): number {
  return x > -ln2 ? Math.log(-Math.expm1(x)) : Math.log1p(-Math.exp(x));
}

/**
 * log[Phi(b) - Phi(a)] for a <= b, without cancellation: in the tails by differences of logs, on narrow intervals by the
 * density's Taylor series around the middle (relative error below 1e-14 up to the width where the differences take over).
 */
export function logNormalMass(a: number, b: number): number {
  const width = b - a;
  const middle = a + 0.5 * width;
  if (width * Math.max(1, Math.abs(middle)) < 0.02) {
    const m2 = middle * middle;
    const w2 = width * width;
    return logNormalPdf(middle) + Math.log(width) + Math.log1p(w2 * ((m2 - 1) / 24 + (w2 * ((m2 - 6) * m2 + 3)) / 1920));
  }
  if (a > 0) return logNormalMass(-b, -a);
  if (b > 0) return Math.log1p(-0.5 * (erfc(-a * Math.SQRT1_2) + erfc(b * Math.SQRT1_2)));
  const upper = logNormalCdf(b);
  return upper === Number.NEGATIVE_INFINITY ? upper : upper + log1mExp(logNormalCdf(a) - upper);
}

/**
 * The q-quantile of the standard normal truncated to [a, b], a < b. Works on the side with the smaller tail, so that it
 * keeps its relative accuracy on both sides.
 */
export function truncatedNormalQuantile(q: number, a: number, b: number): number {
  if (q <= 0) return a;
  if (q >= 1) return b;
  if (a <= 0 && b >= 0 && b - a > 1) return middleQuantile(q, a, b);
  const mass = logNormalMass(a, b);
  const below = logAddExp(logNormalCdf(a), Math.log(q) + mass);
  const above = logAddExp(logNormalCdf(-b), Math.log1p(-q) + mass);
  const x = below <= above ? lowerQuantile(below) : -lowerQuantile(above);
  return Math.min(Math.max(x, a), b);
}

/** Quantile for an interval around 0 that is not narrow: no cancellation or underflow, so no logarithms are needed. */
function middleQuantile(q: number, a: number, b: number): number {
  const [left, right] = [normalCdf(a), normalCdf(-b)];
  const mass = 1 - left - right;
  const [below, above] = [left + q * mass, right + (1 - q) * mass];
  const x = below <= above ? lowerQuantile(Math.log(below)) : -lowerQuantile(Math.log(above));
  return Math.min(Math.max(x, a), b);
}

/** The z <= 0 with log Phi(z) = logP, for logP <= log(1/2). */
function lowerQuantile(logP: number): number {
  if (logP > -700) return rationalQuantile(logP);
  if (logP === Number.NEGATIVE_INFINITY || Number.isNaN(logP)) return logP;
  // Newton's method on log Phi, which is concave, so it hardly overshoots; starts at Phi(z) ~ exp(-z^2 / 2).
  let z = -Math.sqrt(-2 * logP);
  for (let i = 0; i < 8; i++) {
    const value = logNormalCdf(z);
    const change = (value - logP) / Math.exp(logNormalPdf(z) - value);
    z -= change;
    // Newton's method squares the error: after a change of 1e-8 the result is exact in double precision.
    if (Math.abs(change) <= 1e-8 * Math.abs(z)) break;
  }
  return z;
}

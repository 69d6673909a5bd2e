/**
 * Error functions by W. J. Cody's rational Chebyshev approximations (Mathematics of Computation 23 (1969) 631-637; the
 * coefficients are those of his CALERF). Relative error below 1e-15 or so on the whole line. NaN in, NaN out.
 */

// |x| <= 0.46875: erf(x) = x * A(x^2) / B(x^2)
const a0 = 3.1611237438705656;
const a1 = 113.864154151050156;
const a2 = 377.485237685302021;
const a3 = 3209.37758913846947;
const a4 = 0.185777706184603153;
const b0 = 23.6012909523441209;
const b1 = 244.024637934444173;
const b2 = 1282.61652607737228;
const b3 = 2844.23683343917062;

// 0.46875 < x <= 4: exp(x^2) erfc(x) = C(x) / D(x); highest power first.
const c = [
  2.15311535474403846e-8, 0.564188496988670089, 8.88314979438837594, 66.1191906371416295, 298.635138197400131, 881.95222124176909,
  1712.04761263407058, 2051.07837782607147, 1230.33935479799725,
] as const;
const d = [
  1, 15.7449261107098347, 117.693950891312499, 537.181101862009858, 1621.38957456669019, 3290.79923573345963, 4362.61909014324716,
  3439.36767414372164, 1230.33935480374942,
] as const;

// x > 4: exp(x^2) erfc(x) = (1/sqrt(pi) - y P(y) / Q(y)) / x with y = 1 / x^2; highest power first.
const p = [
  0.0163153871373020978, 0.305326634961232344, 0.360344899949804439, 0.125781726111229246, 0.0160837851487422766, 6.58749161529837803e-4,
] as const;
const q = [1, 2.56852019228982242, 1.87295284992346047, 0.527905102951428412, 0.0605183413124413191, 0.00233520497626869185] as const;

const inverseSqrtPi = 0.5641895835477562869;

/** The error function. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size <= 0.46875) return erfSmall(x);
  return x > 0 ? 1 - erfc(x) : erfc(-x) - 1;
}

/** 1 - erf(x), without cancellation for large x. */
export function erfc(x: number): number {
  if (Math.abs(x) <= 0.46875) return 1 - erfSmall(x);
  if (x < 0) return 2 - erfc(-x);
  return expMinusSquare(x) * scaledTail(x);
}

/** exp(x^2) erfc(x): what is left of erfc where it underflows. Overflows to Infinity for x < -26.6. */
export function erfcx(x: number): number {
  if (Math.abs(x) <= 0.46875) return Math.exp(x * x) * (1 - erfSmall(x));
  if (x < 0) return 2 * Math.exp(x * x) - scaledTail(-x);
  return scaledTail(x);
}

function erfSmall(x: number): number {
  const y = x * x;
  return (x * ((((a4 * y + a0) * y + a1) * y + a2) * y + a3)) / ((((y + b0) * y + b1) * y + b2) * y + b3);
}

/** exp(x^2) erfc(x) for x > 0.46875. */
function scaledTail(x: number): number {
  if (x <= 4) return ratio(c, d, x);
  const y = 1 / (x * x);
  return (inverseSqrtPi - y * ratio(p, q, y)) / x;
}

function ratio(above: readonly number[], below: readonly number[], x: number): number {
  let numerator = 0;
  let denominator = 0;
  for (let i = 0; i < above.length; i++) {
    numerator = numerator * x + above[i]!;
    denominator = denominator * x + below[i]!;
  }
  return numerator / denominator;
}

/** exp(-x^2) with the square split so that its rounding error is not magnified. */
function expMinusSquare(x: number): number {
  const head = Math.trunc(x * 16) / 16;
  return Math.exp(-head * head) * Math.exp(-(x - head) * (x + head));
}

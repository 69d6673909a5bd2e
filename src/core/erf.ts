/**
 * Error functions by W. J. Cody's rational Chebyshev approximations (Mathematics of Computation 23 (1969) 631-637; the
 * coefficients are those of his CALERF). Relative error below 1e-15 or so on the whole line. NaN in, NaN out.
 */

// |x| <= 0.46875: erf(x) = x * A(x^2) / B(x^2)
const a0 = 3.1611237438705655;
const a1 = 113.86415415105016;
const a2 = 377.485237685302;
const a3 = 3209.3775891384694;
const a4 = 0.18577770618460315;
const b0 = 23.601290952344122;
const b1 = 244.02463793444417;
const b2 = 1282.6165260773723;
const b3 = 2844.236833439171;

// 0.46875 < x <= 4: exp(x^2) erfc(x) = C(x) / D(x); highest power first.
const c = [
  2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001, 881.952221241769, 1712.0476126340707,
  2051.0783778260716, 1230.3393547979972,
] as const;
const d = [
  1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597, 4362.619090143247,
  3439.3676741437216, 1230.3393548037495,
] as const;

// x > 4: exp(x^2) erfc(x) = (1/sqrt(pi) - y P(y) / Q(y)) / x with y = 1 / x^2; highest power first.
const p = [
  0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275, 0.0006587491615298378,
] as const;
const q = [1, 2.568520192289822, 1.8729528499234604, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918] as const;

const inverseSqrtPi = 0.5641895835477563;

/** 1 - erf(x), without cancellation for large x. */
export function erfc(x: number): number {
  if (Math.abs(x) <= 0.46875) return 1 - erfSmall(x);
  if (x < 0) return 2 - erfc(-x);
  return expMinusSquare(x) * scaledTail(x);
}

/** exp(x^2) erfc(x), which does not underflow where erfc does. Overflows to Infinity for x < -26.6. */
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

/** exp(-x^2), with the square split so that the exponential does not magnify its rounding error. */
function expMinusSquare(x: number): number {
  if (x === Number.POSITIVE_INFINITY) return 0;
  const head = Math.trunc(x * 16) / 16;
  return Math.exp(-head * head) * Math.exp(-(x - head) * (x + head));
}

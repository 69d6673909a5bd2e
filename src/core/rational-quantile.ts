/**
 * Normal quantiles by M. J. Wichura's rational approximations (Applied Statistics 37 (1988) 477-484, algorithm AS 241,
 * PPND16): relative error of about 1e-16, for probabilities down to the smallest double.
 */

// |p - 1/2| <= 0.425: q * A(r) / B(r) with q = p - 1/2 and r = 0.180625 - q^2; highest power first.
const a = [
  2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946, 1971.5909503065513, 133.14166789178438,
  3.3871328727963665,
] as const;
const b = [
  5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.1870074920579, 42.31333070160091, 1,
] as const;

// s = sqrt(-log p) <= 5: C(s - 1.6) / D(s - 1.6).
const c = [
  0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045, 5.769497221460691,
  4.630337846156546, 1.4234371107496835,
] as const;
const d = [
  1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851, 1.6763848301838038,
  2.053191626637759, 1,
] as const;

// s > 5: E(s - 5) / F(s - 5).
const e = [
  2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124, 0.29656057182850487, 1.7848265399172913,
  5.463784911164114, 6.657904643501103,
] as const;
const f = [
  2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 0.0007868691311456133, 0.014875361290850615, 0.1369298809227358,
  0.599832206555888, 1,
] as const;

const logCentral = Math.log(0.075);

/** The z <= 0 with log Phi(z) = logP, for -700 <= logP <= log(1/2). */
export function rationalQuantile(logP: number): number {
  if (logP >= logCentral) {
    const q = Math.exp(logP) - 0.5;
    const r = 0.180625 - q * q;
    return (q * polynomial(a, r)) / polynomial(b, r);
  }
  const s = Math.sqrt(-logP);
  return s <= 5 ? -polynomial(c, s - 1.6) / polynomial(d, s - 1.6) : -polynomial(e, s - 5) / polynomial(f, s - 5);
}

function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (const coefficient of coefficients) sum = sum * x + coefficient;
  return sum;
}

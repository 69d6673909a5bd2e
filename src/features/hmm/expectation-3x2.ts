import { diagonalForm } from './densities.ts';
import { type Expectation, emptyExpectation, type Workspace } from './expectation.ts';
import type { HmmParameters } from './model.ts';

/**
 * The E step for three diagonal states over two inputs, the usual model of regimes, with every sum in a local variable: about four times as
 * fast as the loops of `expectation` (docs/benchmarks.md), whose results it gives to rounding.
 */
export function expectation3x2(parameters: HmmParameters, x: Float64Array, workspace: Workspace): Expectation | null {
  if (!parameters.covariances.every((variance) => variance > 0 && variance < Number.POSITIVE_INFINITY)) return null;
  const logLikelihood = forward3x2(parameters, x, workspace);
  if (!Number.isFinite(logLikelihood)) return null;
  const result = emptyExpectation(parameters, logLikelihood);
  backward3x2(parameters, x, workspace, result);
  return result;
}

/** Normalisers are multiplied before their logarithm is taken, as long as the product is so far from 0 that the next one, itself above 1e-200, fits. */
const smallestProduct = 1e-100;

function forward3x2(parameters: HmmParameters, x: Float64Array, { rows, alpha, scaled }: Workspace): number {
  const { constants, halves } = diagonalForm(parameters);
  const [c0, c1, c2] = constants as unknown as [number, number, number];
  const [h00, h01, h10, h11, h20, h21] = halves as unknown as [number, number, number, number, number, number];
  const [m00, m01, m10, m11, m20, m21] = parameters.means as unknown as [number, number, number, number, number, number];
  const [a00, a01, a02, a10, a11, a12, a20, a21, a22] = parameters.transition as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  let [p0, p1, p2] = parameters.start as unknown as [number, number, number];
  let logLikelihood = 0;
  let product = 1;
  for (let t = 0; t < rows; t++) {
    const x0 = x[2 * t]!;
    const x1 = x[2 * t + 1]!;
    const l0 = c0 - (x0 - m00) * (x0 - m00) * h00 - (x1 - m01) * (x1 - m01) * h01;
    const l1 = c1 - (x0 - m10) * (x0 - m10) * h10 - (x1 - m11) * (x1 - m11) * h11;
    const l2 = c2 - (x0 - m20) * (x0 - m20) * h20 - (x1 - m21) * (x1 - m21) * h21;
    // The largest density counts as 1.
    let [b0, b1, b2] = [1, 1, 1];
    let largest = l0;
    if (l0 >= l1 && l0 >= l2) {
      b1 = Math.exp(l1 - l0);
      b2 = Math.exp(l2 - l0);
    } else if (l1 >= l2) {
      largest = l1;
      b0 = Math.exp(l0 - l1);
      b2 = Math.exp(l2 - l1);
    } else {
      largest = l2;
      b0 = Math.exp(l0 - l2);
      b1 = Math.exp(l1 - l2);
    }
    const sum = p0 * b0 + p1 * b1 + p2 * b2;
    const scale = 1 / sum;
    const [s0, s1, s2] = [b0 * scale, b1 * scale, b2 * scale];
    const [f0, f1, f2] = [p0 * s0, p1 * s1, p2 * s2];
    const at = 3 * t;
    scaled[at] = s0;
    scaled[at + 1] = s1;
    scaled[at + 2] = s2;
    alpha[at] = f0;
    alpha[at + 1] = f1;
    alpha[at + 2] = f2;
    p0 = f0 * a00 + f1 * a10 + f2 * a20;
    p1 = f0 * a01 + f1 * a11 + f2 * a21;
    p2 = f0 * a02 + f1 * a12 + f2 * a22;
    logLikelihood += largest;
    product *= sum;
    if (product < smallestProduct) {
      logLikelihood += Math.log(product);
      product = 1;
    }
  }
  return logLikelihood + Math.log(product);
}

function backward3x2(parameters: HmmParameters, x: Float64Array, { rows, alpha, scaled }: Workspace, result: Expectation): void {
  const [m00, m01, m10, m11, m20, m21] = parameters.means as unknown as [number, number, number, number, number, number];
  const [a00, a01, a02, a10, a11, a12, a20, a21, a22] = parameters.transition as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  let [beta0, beta1, beta2] = [1, 1, 1];
  let [w0, w1, w2] = [0, 0, 0];
  let [u00, u01, u10, u11, u20, u21] = [0, 0, 0, 0, 0, 0];
  let [q00, q01, q10, q11, q20, q21] = [0, 0, 0, 0, 0, 0];
  let [n00, n01, n02, n10, n11, n12, n20, n21, n22] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  let [g0, g1, g2] = [0, 0, 0];
  for (let t = rows - 1; t >= 0; t--) {
    const at = 3 * t;
    const x0 = x[2 * t]!;
    const x1 = x[2 * t + 1]!;
    g0 = alpha[at]! * beta0;
    g1 = alpha[at + 1]! * beta1;
    g2 = alpha[at + 2]! * beta2;
    w0 += g0;
    w1 += g1;
    w2 += g2;
    let d0 = x0 - m00;
    let d1 = x1 - m01;
    let e0 = g0 * d0;
    let e1 = g0 * d1;
    u00 += e0;
    u01 += e1;
    q00 += e0 * d0;
    q01 += e1 * d1;
    d0 = x0 - m10;
    d1 = x1 - m11;
    e0 = g1 * d0;
    e1 = g1 * d1;
    u10 += e0;
    u11 += e1;
    q10 += e0 * d0;
    q11 += e1 * d1;
    d0 = x0 - m20;
    d1 = x1 - m21;
    e0 = g2 * d0;
    e1 = g2 * d1;
    u20 += e0;
    u21 += e1;
    q20 += e0 * d0;
    q21 += e1 * d1;
    if (t === 0) break;
    const v0 = scaled[at]! * beta0;
    const v1 = scaled[at + 1]! * beta1;
    const v2 = scaled[at + 2]! * beta2;
    const f0 = alpha[at - 3]!;
    const f1 = alpha[at - 2]!;
    const f2 = alpha[at - 1]!;
    n00 += f0 * v0;
    n01 += f0 * v1;
    n02 += f0 * v2;
    n10 += f1 * v0;
    n11 += f1 * v1;
    n12 += f1 * v2;
    n20 += f2 * v0;
    n21 += f2 * v1;
    n22 += f2 * v2;
    beta0 = a00 * v0 + a01 * v1 + a02 * v2;
    beta1 = a10 * v0 + a11 * v1 + a12 * v2;
    beta2 = a20 * v0 + a21 * v1 + a22 * v2;
  }
  result.first.set([g0, g1, g2]);
  result.weights.set([w0, w1, w2]);
  result.sums.set([u00, u01, u10, u11, u20, u21]);
  result.squares.set([q00, q01, q10, q11, q20, q21]);
  result.moves.set([n00 * a00, n01 * a01, n02 * a02, n10 * a10, n11 * a11, n12 * a12, n20 * a20, n21 * a21, n22 * a22]);
}

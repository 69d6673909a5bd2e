import { AssayError } from '../../core/errors.ts';
import { cholesky, inverseTransposed, multiplyUpper, solveLower } from '../../core/linear-algebra/cholesky.ts';

/** A linear model per target: prediction = intercept + weights . features. */
export interface LinearModel {
  readonly weights: Float64Array;
  readonly intercept: number;
}

/**
 * Ridge regression of one target on the rows of a feature matrix, by the normal equations and a Cholesky decomposition. Features must be
 * standardised; `penalty` is in rows and small against their number: it only keeps repeated columns from making the equations singular.
 * @throws AssayError `not_finite` if features or targets hold NaN or infinity.
 */
export function fitRidge(features: Float32Array, width: number, rows: Int32Array, target: Float64Array, penalty: number): LinearModel {
  const n = rows.length;
  const meanOf = (value: (i: number) => number): number => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += value(i);
    return sum / n;
  };
  const center = Float64Array.from({ length: width }, (_, j) => meanOf((i) => features[rows[i]! * width + j]!));
  const targetMean = meanOf((i) => target[i]!);
  const gram = new Float64Array(width * width);
  const moment = new Float64Array(width);
  const x = new Float64Array(width);
  for (let i = 0; i < n; i++) {
    const first = rows[i]! * width;
    for (let j = 0; j < width; j++) x[j] = features[first + j]! - center[j]!;
    const y = target[i]! - targetMean;
    for (let j = 0; j < width; j++) {
      moment[j]! += x[j]! * y;
      for (let k = 0; k <= j; k++) gram[j * width + k]! += x[j]! * x[k]!;
    }
  }
  for (let j = 0; j < width; j++) gram[j * width + j]! += penalty;
  const weights = solvePositiveDefinite(gram, moment, width);
  const intercept = weights.reduce((sum, weight, j) => sum - weight * center[j]!, targetMean);
  return { weights, intercept };
}

/** Solves A w = b for a positive definite A given by its lower triangle, which is overwritten. */
function solvePositiveDefinite(a: Float64Array, b: Float64Array, n: number): Float64Array {
  if (!b.every(Number.isFinite) || !cholesky(a, n))
    throw new AssayError('not_finite', 'the ridge regression has no finite solution', {
      hint: 'look for NaN or infinity in the features and the targets',
    });
  const inverse = inverseTransposed(a, n);
  const whitened = new Float64Array(n);
  solveLower(a, n, b, whitened);
  const w = new Float64Array(n);
  multiplyUpper(inverse, n, whitened, w);
  return w;
}

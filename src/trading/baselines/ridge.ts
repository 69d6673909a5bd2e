/** A linear model per target: prediction = intercept + weights . features. */
export interface LinearModel {
  readonly weights: Float64Array;
  readonly intercept: number;
}

/**
 * Ridge regression of one target on the rows of a feature matrix by the normal equations and Cholesky's decomposition.
 * Features are taken as standardised; `penalty` is in rows, small against their number: it only keeps columns that repeat
 * one another from making the equations singular.
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
  const weights = solveCholesky(gram, moment, width);
  const intercept = weights.reduce((sum, weight, j) => sum - weight * center[j]!, targetMean);
  return { weights, intercept };
}

/** Solve A w = b for a positive definite A given by its lower triangle, which is overwritten. */
function solveCholesky(a: Float64Array, b: Float64Array, n: number): Float64Array {
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!;
      a[i * n + j] = i === j ? Math.sqrt(sum) : sum / a[j * n + j]!;
    }
  }
  const w = Float64Array.from(b);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) w[i]! -= a[i * n + k]! * w[k]!;
    w[i]! /= a[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) w[i]! -= a[k * n + i]! * w[k]!;
    w[i]! /= a[i * n + i]!;
  }
  return w;
}

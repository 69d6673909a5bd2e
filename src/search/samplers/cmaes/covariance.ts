import { symmetricEigen } from './eigen.ts';

/** weight * vector vector' */
export interface RankOne {
  readonly weight: number;
  readonly vector: Float64Array;
}

/** Covariance matrix of a normal distribution; immutable. */
export interface Covariance {
  /** The diagonal. */
  readonly variances: Float64Array;
  /** Largest eigenvalue / smallest. */
  readonly condition: number;
  /** C^(1/2) z up to a rotation: turns a standard normal z into a draw. */
  readonly colour: (z: Float64Array) => Float64Array;
  /** C^(-1/2) y. */
  readonly whiten: (y: Float64Array) => Float64Array;
  /** keep * C + the terms. */
  readonly updated: (keep: number, terms: readonly RankOne[]) => Covariance;
}

/** Smallest eigenvalue as a share of the largest; rounding could make smaller ones 0 or negative, so they are raised to it. */
const narrowest = 1e-15;

export function identity(dimension: number, separable: boolean): Covariance {
  const ones = new Float64Array(dimension).fill(1);
  if (separable) return diagonal(ones);
  const matrix = new Float64Array(dimension * dimension);
  for (let i = 0; i < dimension; i++) matrix[i * dimension + i] = 1;
  return full(matrix, dimension);
}

function diagonal(raw: Float64Array): Covariance {
  const floor = narrowest * largest(raw);
  const variances = raw.map((variance) => Math.max(variance, floor));
  const deviations = variances.map(Math.sqrt);
  return {
    variances,
    condition: largest(variances) / smallest(variances),
    colour: (z) => z.map((value, i) => value * deviations[i]!),
    whiten: (y) => y.map((value, i) => value / deviations[i]!),
    updated: (keep, terms) =>
      diagonal(variances.map((variance, i) => terms.reduce((sum, { weight, vector }) => sum + weight * vector[i]! ** 2, keep * variance))),
  };
}

function full(matrix: Float64Array, n: number): Covariance {
  const { values, vectors } = symmetricEigen(matrix, n);
  const floor = narrowest * largest(values);
  const deviations = values.map((value) => Math.sqrt(Math.max(value, floor)));
  return {
    variances: Float64Array.from({ length: n }, (_, i) => matrix[i * n + i]!),
    condition: (largest(deviations) / smallest(deviations)) ** 2,
    colour: (z) =>
      multiply(
        vectors,
        z.map((value, k) => value * deviations[k]!),
      ),
    whiten: (y) =>
      multiply(
        vectors,
        multiplyTransposed(vectors, y).map((value, k) => value / deviations[k]!),
      ),
    updated: (keep, terms) => {
      const next = matrix.map((value) => keep * value);
      for (const { weight, vector } of terms)
        for (let i = 0; i < n; i++) {
          const row = weight * vector[i]!;
          for (let j = 0; j < n; j++) next[i * n + j]! += row * vector[j]!;
        }
      return full(next, n);
    },
  };
}

function multiply(matrix: Float64Array, x: Float64Array): Float64Array {
  const n = x.length;
  return x.map((_, i) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += matrix[i * n + k]! * x[k]!;
    return sum;
  });
}

function multiplyTransposed(matrix: Float64Array, x: Float64Array): Float64Array {
  const n = x.length;
  const product = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let k = 0; k < n; k++) product[k]! += matrix[i * n + k]! * x[i]!;
  return product;
}

function largest(values: Float64Array): number {
  return values.reduce((a, b) => Math.max(a, b));
}

function smallest(values: Float64Array): number {
  return values.reduce((a, b) => Math.min(a, b));
}

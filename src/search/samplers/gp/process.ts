import { cholesky, dot, inverseTransposed, multiplyUpper, solveLower } from '../../../core/linear-algebra/cholesky.ts';
import type { Point } from './coordinates.ts';
import { type Hyperparameters, hyperparametersOf, layoutOf, type ModelForm } from './hyperparameters.ts';
import { correlate } from './kernel.ts';
import { warped, warpSlopes } from './warp.ts';

/** Observations: points and targets of the same length. */
export interface Data {
  readonly points: readonly Point[];
  readonly targets: Float64Array;
}

/** A Gaussian process conditioned on data (Rasmussen and Williams 2006, algorithm 2.1). */
export interface Process {
  readonly form: ModelForm;
  readonly hyperparameters: Hyperparameters;
  readonly points: readonly Point[];
  /** The points after warping. */
  readonly places: readonly Float64Array[];
  /** Lower triangular, n x n. */
  readonly factor: Float64Array;
  /** Transpose of its inverse. */
  readonly inverse: Float64Array;
  readonly mean: number;
  /** K^-1 (targets - mean). */
  readonly weights: Float64Array;
  /** log p(targets), without the constant -n/2 log(2 pi). */
  readonly logLikelihood: number;
}

/** @returns null if the covariance is not positive definite in floating point. */
export function condition(form: ModelForm, hyperparameters: Hyperparameters, data: Data): Process | null {
  const n = data.points.length;
  const places = data.points.map((point) => placed(form, hyperparameters, point));
  const distances = pairDistances(form, hyperparameters, places);
  const correlations = new Float64Array(distances.length);
  correlate(form.shape, distances, correlations, null, distances.length);
  const factor = factorOf(n, correlations, hyperparameters);
  return factor === null ? null : conditioned(form, hyperparameters, data, places, factor);
}

/** The points where the kernel sees them. */
export function placed(form: ModelForm, { warps }: Hyperparameters, point: Point): Float64Array {
  if (form.warpedAxes.length === 0) return point;
  const place = point.slice();
  form.warpedAxes.forEach((axis, k) => {
    place[axis] = warped(point[axis]!, { a: warps[2 * k]!, b: warps[2 * k + 1]! });
  });
  return place;
}

/** Squared scaled distances of all pairs i > k, row by row. */
function pairDistances(form: ModelForm, { inverseSquaredLengthscales }: Hyperparameters, places: readonly Float64Array[]): Float64Array {
  const n = places.length;
  const distances = new Float64Array((n * (n - 1)) / 2);
  let pair = 0;
  for (let i = 1; i < n; i++)
    for (let k = 0; k < i; k++) distances[pair++] = squaredDistance(form.choices, inverseSquaredLengthscales, places[i]!, places[k]!);
  return distances;
}

export function squaredDistance(choices: readonly boolean[], inverse: Float64Array, a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < inverse.length; j++) {
    const gap = a[j]! - b[j]!;
    sum += inverse[j]! * (choices[j]! ? (gap === 0 ? 0 : 1) : gap * gap);
  }
  return sum;
}

/** Cholesky factor of the covariance; null if it is not positive definite. */
function factorOf(n: number, correlations: Float64Array, { scale, noise }: Hyperparameters): Float64Array | null {
  const k = new Float64Array(n * n);
  let pair = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) k[i * n + j] = scale * correlations[pair++]!;
    k[i * n + i] = scale + noise;
  }
  return cholesky(k, n) ? k : null;
}

function conditioned(
  form: ModelForm,
  hyperparameters: Hyperparameters,
  { points, targets }: Data,
  places: readonly Float64Array[],
  factor: Float64Array,
): Process {
  const n = points.length;
  const inverse = inverseTransposed(factor, n);
  const whitened = new Float64Array(n);
  solveLower(factor, n, targets, whitened);
  let mean = 0;
  if (form.mean === 'fitted') {
    const ones = new Float64Array(n).fill(1);
    solveLower(factor, n, ones, ones);
    mean = dot(whitened, 0, ones, 0, n) / dot(ones, 0, ones, 0, n);
    for (let i = 0; i < n; i++) whitened[i]! -= mean * ones[i]!;
  }
  const weights = new Float64Array(n);
  multiplyUpper(inverse, n, whitened, weights);
  let logLikelihood = -0.5 * dot(whitened, 0, whitened, 0, n);
  for (let i = 0; i < n; i++) logLikelihood -= Math.log(factor[i * n + i]!);
  return { form, hyperparameters, points, places, factor, inverse, mean, weights, logLikelihood };
}

/**
 * log p(targets) + log prior at the logarithms of the hyperparameters, without constants; the gradient is written.
 * -Infinity where the covariance is not positive definite.
 */
export function logPosterior(form: ModelForm, data: Data, logs: Float64Array, gradient: Float64Array): number {
  const layout = layoutOf(form);
  const { axes } = layout;
  const hyperparameters = hyperparametersOf(logs, layout);
  const { inverseSquaredLengthscales: inverseLengths, scale, noise, warps } = hyperparameters;
  const n = data.points.length;
  const places = data.points.map((point) => placed(form, hyperparameters, point));
  const distances = pairDistances(form, hyperparameters, places);
  const pairs = distances.length;
  const [correlations, slopes] = [new Float64Array(pairs), new Float64Array(pairs)];
  correlate(form.shape, distances, correlations, slopes, pairs);
  gradient.fill(0);
  const factor = factorOf(n, correlations, hyperparameters);
  if (factor === null) return Number.NEGATIVE_INFINITY;
  const { inverse, weights, logLikelihood } = conditioned(form, hyperparameters, data, places, factor);

  const pulls = form.warpedAxes.length === 0 ? [] : places.map(() => new Float64Array(axes));
  let [byScale, byNoise] = [0, 0];
  let pair = 0;
  for (let i = 0; i < n; i++) {
    const place = places[i]!;
    for (let k = 0; k < i; k++, pair++) {
      // d log p / d K_ik, of both triangles together.
      const sensitivity = weights[i]! * weights[k]! - dot(inverse, i * n + i, inverse, k * n + i, n - i);
      byScale += sensitivity * correlations[pair]!;
      const pull = sensitivity * scale * slopes[pair]!;
      const other = places[k]!;
      for (let j = 0; j < axes; j++) {
        const gap = place[j]! - other[j]!;
        gradient[j]! += pull * (form.choices[j]! ? (gap === 0 ? 0 : 1) : gap * gap);
        if (pulls.length > 0) {
          pulls[i]![j]! += pull * gap;
          pulls[k]![j]! -= pull * gap;
        }
      }
    }
    const own = 0.5 * (weights[i]! * weights[i]! - dot(inverse, i * n + i, inverse, i * n + i, n - i));
    byScale += own;
    byNoise += own;
  }
  for (let j = 0; j < axes; j++) gradient[j]! *= inverseLengths[j]!;
  gradient[layout.scale] = byScale * scale;
  gradient[layout.noise] = byNoise * noise;
  form.warpedAxes.forEach((axis, w) => {
    const warp = { a: warps[2 * w]!, b: warps[2 * w + 1]! };
    for (let i = 0; i < n; i++) {
      const [, byA, byB] = warpSlopes(data.points[i]![axis]!, warp);
      const pull = 2 * inverseLengths[axis]! * pulls[i]![axis]!;
      gradient[layout.warps + 2 * w]! += pull * byA;
      gradient[layout.warps + 2 * w + 1]! += pull * byB;
    }
  });
  return logLikelihood + form.prior.logDensity(logs, layout, gradient);
}

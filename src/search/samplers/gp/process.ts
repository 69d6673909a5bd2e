import { cholesky, dot, inverseTransposed, multiplyUpper, solveLower } from '../../../core/linear-algebra/cholesky.ts';
import type { Point } from './coordinates.ts';
import { Covariance, varianceOf } from './covariance.ts';
import { pairGaps } from './gaps.ts';
import type { Hyperparameters, ModelForm } from './hyperparameters.ts';
import type { Trend } from './trend.ts';
import { warped } from './warp.ts';

/** Observations: points and targets of the same length. */
export interface Data {
  readonly points: readonly Point[];
  readonly targets: Float64Array;
  /** Known variance of each target beside the noise that is fitted (absent: none). */
  readonly noise?: Float64Array;
  /** What is known of the function beforehand; the targets are what it leaves (absent: nothing is). */
  readonly trend?: Trend;
}

/** A Gaussian process conditioned on data (Rasmussen and Williams 2006, algorithm 2.1). */
export interface Process {
  readonly form: ModelForm;
  readonly hyperparameters: Hyperparameters;
  readonly points: readonly Point[];
  /** Added to what the process says (absent: nothing). */
  readonly trend?: Trend;
  /** Variance of the noise of each target, fitted and known. */
  readonly noise: Float64Array;
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
  const covariance = new Covariance(form, (n * (n - 1)) / 2);
  covariance.update(pairGaps(form, places), hyperparameters, false);
  const noise = noiseOf(data, hyperparameters);
  const factor = factorOf(n, covariance.values, hyperparameters, noise, new Float64Array(n * n));
  if (factor === null) return null;
  return {
    form,
    hyperparameters,
    points: data.points,
    ...(data.trend !== undefined && { trend: data.trend }),
    noise,
    places,
    factor,
    ...solved(form, factor, data.targets, new Float64Array(n * n)),
  };
}

/** Returns the variance of the noise of each target, fitted and known. */
export function noiseOf({ targets, noise: known }: Data, { noise }: Hyperparameters): Float64Array {
  return known === undefined ? new Float64Array(targets.length).fill(noise) : known.map((own) => own + noise);
}

/** Share of the variance from which noise makes the best noise-free value uncertain. */
const noticeableNoise = 1e-4;

/** True if the values are noisy enough for the best noise-free value to be uncertain. */
export function isNoisy({ noise, hyperparameters }: Process): boolean {
  const most = noise.reduce((a, b) => Math.max(a, b), hyperparameters.noise);
  return most > noticeableNoise * varianceOf(hyperparameters);
}

/** Returns the trend at each point of the process; zeros without one. */
export function trendAt({ points, trend }: Pick<Process, 'points' | 'trend'>): Float64Array {
  return trend === undefined ? new Float64Array(points.length) : Float64Array.from(points, (point) => trend.at(point));
}

/** Returns a point after warping. */
export function placed(form: ModelForm, { warps }: Hyperparameters, point: Point): Float64Array {
  if (form.warpedAxes.length === 0) return point;
  const place = point.slice();
  form.warpedAxes.forEach((axis, k) => {
    place[axis] = warped(point[axis]!, { a: warps[2 * k]!, b: warps[2 * k + 1]! });
  });
  return place;
}

/**
 * Writes the Cholesky factor of the covariance of noisy values into `factor`.
 * @param covariances of all pairs i > k, row by row.
 * @param noise of each value.
 * @returns null if it is not positive definite.
 */
export function factorOf(
  n: number,
  covariances: Float64Array,
  hyperparameters: Hyperparameters,
  noise: Float64Array,
  factor: Float64Array,
): Float64Array | null {
  const variance = varianceOf(hyperparameters);
  let pair = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) factor[i * n + j] = covariances[pair++]!;
    factor[i * n + i] = variance + noise[i]!;
  }
  return cholesky(factor, n) ? factor : null;
}

/** Completes the process from the factor and the targets; writes the inverse into `scratch`. */
export function solved(
  form: ModelForm,
  factor: Float64Array,
  targets: Float64Array,
  scratch: Float64Array<ArrayBuffer>,
): Pick<Process, 'inverse' | 'mean' | 'weights' | 'logLikelihood'> {
  const n = targets.length;
  const inverse = inverseTransposed(factor, n, scratch);
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
  return { inverse, mean, weights, logLikelihood };
}

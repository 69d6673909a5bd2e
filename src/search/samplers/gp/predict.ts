import { dot, multiplyUpper, solveLower } from '../../../core/linear-algebra/cholesky.ts';
import type { Point } from './coordinates.ts';
import { correlate } from './kernel.ts';
import { type Process, placed, squaredDistance } from './process.ts';
import { warpSlopes } from './warp.ts';

/** The process at one point: mean and variance of the noise-free value; with their gradients where asked for. */
export interface Predictor {
  readonly at: (point: Point) => { readonly mean: number; readonly variance: number };
  /** By the point's coordinates; those of choices are 0. */
  readonly gradientAt: (point: Point) => {
    readonly mean: number;
    readonly variance: number;
    readonly meanSlope: Float64Array;
    readonly varianceSlope: Float64Array;
  };
}

/** Reuses its working memory between calls. */
export function createPredictor(process: Process): Predictor {
  const { form, hyperparameters, places, factor, inverse, weights } = process;
  const { inverseSquaredLengthscales: inverseLengths, scale, warps } = hyperparameters;
  const n = places.length;
  const axes = inverseLengths.length;
  const distances = new Float64Array(n);
  const covariances = new Float64Array(n);
  const slopes = new Float64Array(n);
  const whitened = new Float64Array(n);
  const solved = new Float64Array(n);

  const evaluate = (place: Float64Array, withSlopes: boolean): { mean: number; variance: number } => {
    for (let i = 0; i < n; i++) distances[i] = squaredDistance(form.choices, inverseLengths, place, places[i]!);
    correlate(form.shape, distances, covariances, withSlopes ? slopes : null, n);
    for (let i = 0; i < n; i++) covariances[i]! *= scale;
    solveLower(factor, n, covariances, whitened);
    const variance = scale - dot(whitened, 0, whitened, 0, n);
    return { mean: process.mean + dot(covariances, 0, weights, 0, n), variance: Math.max(variance, 0) };
  };

  return {
    at: (point) => evaluate(placed(form, hyperparameters, point), false),
    gradientAt: (point) => {
      const place = placed(form, hyperparameters, point);
      const { mean, variance } = evaluate(place, true);
      multiplyUpper(inverse, n, whitened, solved);
      const meanSlope = new Float64Array(axes);
      const varianceSlope = new Float64Array(axes);
      for (let i = 0; i < n; i++) {
        const other = places[i]!;
        const pull = 2 * scale * slopes[i]!;
        const meanPull = pull * weights[i]!;
        const variancePull = -2 * pull * solved[i]!;
        for (let j = 0; j < axes; j++) {
          const gap = place[j]! - other[j]!;
          meanSlope[j]! += meanPull * gap;
          varianceSlope[j]! += variancePull * gap;
        }
      }
      for (let j = 0; j < axes; j++) {
        const factorOfAxis = form.choices[j]! ? 0 : inverseLengths[j]!;
        meanSlope[j]! *= factorOfAxis;
        varianceSlope[j]! *= factorOfAxis;
      }
      form.warpedAxes.forEach((axis, w) => {
        const [stretch] = warpSlopes(point[axis]!, { a: warps[2 * w]!, b: warps[2 * w + 1]! });
        meanSlope[axis]! *= stretch;
        varianceSlope[axis]! *= stretch;
      });
      return { mean, variance, meanSlope, varianceSlope };
    },
  };
}

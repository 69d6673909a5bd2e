import { dot, multiplyUpper, solveLower, solveLowerFour } from '../../../core/linear-algebra/cholesky.ts';
import type { Point } from './coordinates.ts';
import { Covariance, varianceOf } from './covariance.ts';
import { type Process, placed } from './process.ts';
import { warpGradients } from './warp.ts';

/** Evaluates a process at one point after another; results refer to the point of the last move. The working memory is reused. */
export interface Probe {
  /** Moves to a point; `withGradients` if gradients will be requested. */
  readonly moveTo: (point: Point, withGradients: boolean) => void;
  /** Moves to each of many points, in about half the time per point, and passes the variance of the noise-free value to `see`. */
  readonly visit: (points: readonly Point[], see: (variance: number, index: number) => void) => void;
  /** Variance of the noise-free value. */
  readonly variance: () => number;
  /** Sum of weights times covariances with the observations; with the process's own weights, the posterior mean minus the prior mean. */
  readonly weighed: (weights: Float64Array) => number;
  /** The trend of the process; 0 without one. */
  readonly trend: () => number;
  /** Its gradient by the point's coordinates (null: no trend). */
  readonly trendGradient: () => Float64Array | null;
  /** Gradient of {@link weighed} by the point's coordinates; 0 for choices. */
  readonly weighedGradient: (weights: Float64Array) => Float64Array;
  readonly varianceGradient: () => Float64Array;
  /** (K + N)^-1 k for the covariances k with the observations; the array is used again. */
  readonly pulls: () => Float64Array;
}

export function createProbe({ form, hyperparameters, places, factor, inverse, trend }: Process): Probe {
  const { inverseSquaredLengthscales, scale, warps, additive } = hyperparameters;
  const n = places.length;
  const axes = form.choices.length;
  const columns = form.choices.map((_, j) => Float64Array.from(places, (place) => place[j]!));
  const gaps = form.choices.map(() => new Float64Array(n));
  const covariance = new Covariance(form, n);
  const whitened = new Float64Array(n);
  const solution = new Float64Array(n);
  const pulls = new Float64Array(n);
  const four = new Float64Array(4 * n);
  const fourWhitened = new Float64Array(4 * n);
  const prior = varianceOf(hyperparameters);
  let [at, place]: [Point, Float64Array] = [new Float64Array(axes), new Float64Array(axes)];
  let solved = false;

  const covary = (point: Point, withGradients: boolean): void => {
    [at, place] = [point, placed(form, hyperparameters, point)];
    for (let j = 0; j < axes; j++) {
      const own = gaps[j]!;
      const column = columns[j]!;
      const here = place[j]!;
      const choice = form.choices[j]!;
      if (choice) for (let i = 0; i < n; i++) own[i] = Number(here !== column[i]!);
      else for (let i = 0; i < n; i++) own[i] = (here - column[i]!) ** 2;
    }
    covariance.update(gaps, hyperparameters, withGradients);
  };
  const moveTo = (point: Point, withGradients: boolean): void => {
    covary(point, withGradients);
    solved = false;
  };
  /** Not done by a move, since a mean needs no solution. */
  const solve = (): void => {
    if (!solved) solveLower(factor, n, covariance.values, whitened);
    solved = true;
  };
  const variance = (): number => {
    solve();
    return Math.max(prior - dot(whitened, 0, whitened, 0, n), 0);
  };

  const weighedGradient = (weights: Float64Array): Float64Array => {
    const gradient = new Float64Array(axes);
    for (let j = 0; j < axes; j++) {
      if (form.choices[j]!) continue;
      const column = columns[j]!;
      const here = place[j]!;
      const joint = 2 * scale * inverseSquaredLengthscales[j]!;
      for (let i = 0; i < n; i++) pulls[i] = joint * covariance.jointGradients[i]!;
      if (additive !== null) {
        const own = (2 * additive.scale * additive.inverseSquaredLengthscales[j]!) / axes;
        const gradients = covariance.ownGradients[j]!;
        for (let i = 0; i < n; i++) pulls[i]! += own * gradients[i]!;
      }
      for (let i = 0; i < n; i++) pulls[i]! *= here - column[i]!;
      gradient[j] = dot(pulls, 0, weights, 0, n);
    }
    form.warpedAxes.forEach((axis, w) => {
      const [stretch] = warpGradients(at[axis]!, { a: warps[2 * w]!, b: warps[2 * w + 1]! });
      gradient[axis]! *= stretch;
    });
    return gradient;
  };

  const pullsOf = (): Float64Array => {
    solve();
    multiplyUpper(inverse, n, whitened, solution);
    return solution;
  };

  return {
    moveTo,
    variance,
    weighed: (weights) => dot(covariance.values, 0, weights, 0, n),
    trend: () => trend?.at(at) ?? 0,
    trendGradient: () => trend?.gradientAt(at) ?? null,
    weighedGradient,
    varianceGradient: () => {
      pullsOf();
      for (let i = 0; i < n; i++) solution[i]! *= -2;
      return weighedGradient(solution);
    },
    pulls: pullsOf,
    visit: (points, see) => {
      const whole = points.length & ~3;
      const explained = new Float64Array(points.length);
      for (let from = 0; from < whole; from += 4) {
        for (let r = 0; r < 4; r++) {
          covary(points[from + r]!, false);
          for (let i = 0; i < n; i++) four[4 * i + r] = covariance.values[i]!;
        }
        solveLowerFour(factor, n, four, fourWhitened);
        for (let i = 0; i < n; i++) for (let r = 0; r < 4; r++) explained[from + r]! += fourWhitened[4 * i + r]! ** 2;
        for (let r = 0; r < 4; r++) {
          for (let i = 0; i < n; i++) covariance.values[i] = four[4 * i + r]!;
          at = points[from + r]!;
          see(Math.max(prior - explained[from + r]!, 0), from + r);
        }
      }
      for (let i = whole; i < points.length; i++) {
        moveTo(points[i]!, false);
        see(variance(), i);
      }
    },
  };
}

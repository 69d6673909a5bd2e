import { dot, multiplyUpper, solveLower, solveLowerFour } from '../../../core/linear-algebra/cholesky.ts';
import type { Point } from './coordinates.ts';
import { Covariance, varianceOf } from './covariance.ts';
import { squaredGap } from './gaps.ts';
import { type Process, placed } from './process.ts';
import { warpSlopes } from './warp.ts';

/** Mean and variance of the noise-free value. */
export interface Prediction {
  readonly mean: number;
  readonly variance: number;
}

/** The process at one point, with gradients where asked for. */
export interface Predictor {
  readonly at: (point: Point) => Prediction;
  /** The same at many points, in about half of the time. */
  readonly atAll: (points: readonly Point[]) => readonly Prediction[];
  /** By the point's coordinates; those of choices are 0. */
  readonly gradientAt: (point: Point) => Prediction & { readonly meanSlope: Float64Array; readonly varianceSlope: Float64Array };
}

/** Reuses its working memory between calls. */
export function createPredictor(process: Process): Predictor {
  const { form, hyperparameters, places, factor, inverse, weights } = process;
  const { inverseSquaredLengthscales, scale, warps, additive } = hyperparameters;
  const n = places.length;
  const axes = form.choices.length;
  const columns = form.choices.map((_, j) => Float64Array.from(places, (place) => place[j]!));
  const gaps = form.choices.map(() => new Float64Array(n));
  const covariance = new Covariance(form, n);
  const [whitened, solved, pulls] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  const [four, fourWhitened] = [new Float64Array(4 * n), new Float64Array(4 * n)];
  const prior = varianceOf(hyperparameters);

  const covary = (place: Float64Array, withSlopes: boolean): void => {
    for (let j = 0; j < axes; j++) {
      const [own, column, at, choice] = [gaps[j]!, columns[j]!, place[j]!, form.choices[j]!];
      for (let i = 0; i < n; i++) own[i] = squaredGap(choice, at - column[i]!);
    }
    covariance.update(gaps, hyperparameters, withSlopes);
  };
  const meanOf = (): number => process.mean + dot(covariance.values, 0, weights, 0, n);
  const evaluate = (place: Float64Array, withSlopes: boolean): Prediction => {
    covary(place, withSlopes);
    solveLower(factor, n, covariance.values, whitened);
    return { mean: meanOf(), variance: Math.max(prior - dot(whitened, 0, whitened, 0, n), 0) };
  };

  const atAll = (points: readonly Point[]): readonly Prediction[] => {
    const predictions: Prediction[] = [];
    const whole = points.length & ~3;
    for (let from = 0; from < whole; from += 4) {
      const means: number[] = [];
      for (let r = 0; r < 4; r++) {
        covary(placed(form, hyperparameters, points[from + r]!), false);
        means.push(meanOf());
        for (let i = 0; i < n; i++) four[4 * i + r] = covariance.values[i]!;
      }
      solveLowerFour(factor, n, four, fourWhitened);
      const explained = [0, 0, 0, 0];
      for (let i = 0; i < n; i++) for (let r = 0; r < 4; r++) explained[r]! += fourWhitened[4 * i + r]! ** 2;
      for (let r = 0; r < 4; r++) predictions.push({ mean: means[r]!, variance: Math.max(prior - explained[r]!, 0) });
    }
    for (const point of points.slice(whole)) predictions.push(evaluate(placed(form, hyperparameters, point), false));
    return predictions;
  };

  return {
    at: (point) => evaluate(placed(form, hyperparameters, point), false),
    atAll,
    gradientAt: (point) => {
      const place = placed(form, hyperparameters, point);
      const prediction = evaluate(place, true);
      multiplyUpper(inverse, n, whitened, solved);
      const meanSlope = new Float64Array(axes);
      const varianceSlope = new Float64Array(axes);
      for (let j = 0; j < axes; j++) {
        if (form.choices[j]!) continue;
        const [column, at] = [columns[j]!, place[j]!];
        const joint = 2 * scale * inverseSquaredLengthscales[j]!;
        for (let i = 0; i < n; i++) pulls[i] = joint * covariance.jointSlopes[i]!;
        if (additive !== null) {
          const own = (2 * additive.scale * additive.inverseSquaredLengthscales[j]!) / axes;
          const slopes = covariance.ownSlopes[j]!;
          for (let i = 0; i < n; i++) pulls[i]! += own * slopes[i]!;
        }
        for (let i = 0; i < n; i++) pulls[i]! *= at - column[i]!;
        meanSlope[j] = dot(pulls, 0, weights, 0, n);
        varianceSlope[j] = -2 * dot(pulls, 0, solved, 0, n);
      }
      form.warpedAxes.forEach((axis, w) => {
        const [stretch] = warpSlopes(point[axis]!, { a: warps[2 * w]!, b: warps[2 * w + 1]! });
        meanSlope[axis]! *= stretch;
        varianceSlope[axis]! *= stretch;
      });
      return { ...prediction, meanSlope, varianceSlope };
    },
  };
}

import { logNormalCdf, logNormalPdf } from '../../../core/normal.ts';
import type { Point } from './coordinates.ts';
import { standardLogEi, standardLogEiGradient } from './log-ei.ts';
import { createPredictor, type Prediction } from './predict.ts';
import { type Process, trendAt } from './process.ts';

/** Score of a point: larger is better, never NaN. */
export interface Acquisition {
  readonly at: (point: Point) => number;
  /** The same at many points, in about half the time per point. */
  readonly atAll: (points: readonly Point[]) => Float64Array;
  /** The same; writes the gradient by the numeric coordinates. */
  readonly gradientAt: (point: Point, gradient: Float64Array) => number;
}

/** Keeps the deviation away from 0 at observed points. */
export const addedVariance = 1e-12;

/** log E[max(f - threshold, 0)] of the noise-free value f. */
export function logEi(process: Process, threshold: number): Acquisition {
  const predictor = createPredictor(process);
  const scoreOf = ({ mean, variance }: Prediction): number => {
    const sigma = Math.sqrt(variance + addedVariance);
    return standardLogEi((mean - threshold) / sigma) + Math.log(sigma);
  };
  return {
    at: (point) => scoreOf(predictor.at(point)),
    atAll: (points) => Float64Array.from(predictor.atAll(points), scoreOf),
    gradientAt: (point, gradient) => {
      const { mean, variance, meanGradient, varianceGradient } = predictor.gradientAt(point);
      const sigma = Math.sqrt(variance + addedVariance);
      const z = (mean - threshold) / sigma;
      const value = standardLogEi(z);
      // d log(sigma h(z)) = (h'/h) dz + d sigma / sigma, dz = (d mean - z d sigma) / sigma, h'/h = Phi / (phi + z Phi).
      const factor = standardLogEiGradient(z, value) / sigma;
      for (let j = 0; j < gradient.length; j++) {
        const sigmaGradient = varianceGradient[j]! / (2 * sigma);
        gradient[j] = factor * (meanGradient[j]! - z * sigmaGradient) + sigmaGradient / sigma;
      }
      return value + Math.log(sigma);
    },
  };
}

/** log P(f <= limit): the probability that a constraint is met. */
export function logFeasible(process: Process, limit: number): Acquisition {
  const predictor = createPredictor(process);
  const scoreOf = ({ mean, variance }: Prediction): number => logNormalCdf((limit - mean) / Math.sqrt(variance + addedVariance));
  return {
    at: (point) => scoreOf(predictor.at(point)),
    atAll: (points) => Float64Array.from(predictor.atAll(points), scoreOf),
    gradientAt: (point, gradient) => {
      const { mean, variance, meanGradient, varianceGradient } = predictor.gradientAt(point);
      const sigma = Math.sqrt(variance + addedVariance);
      const z = (limit - mean) / sigma;
      const value = logNormalCdf(z);
      const factor = Math.exp(logNormalPdf(z) - value) / sigma;
      for (let j = 0; j < gradient.length; j++) gradient[j] = -factor * (meanGradient[j]! + (z * varianceGradient[j]!) / (2 * sigma));
      return value;
    },
  };
}

/** Sum of log acquisitions, so the product of improvements and probabilities. */
export function jointly(parts: readonly Acquisition[]): Acquisition {
  if (parts.length === 1) return parts[0]!;
  return {
    at: (point) => parts.reduce((sum, part) => sum + part.at(point), 0),
    atAll: (points) => parts.map((part) => part.atAll(points)).reduce((sums, values) => sums.map((sum, i) => sum + values[i]!)),
    gradientAt: (point, gradient) => {
      const own = new Float64Array(gradient.length);
      gradient.fill(0);
      return parts.reduce((sum, part) => {
        const value = part.gradientAt(point, own);
        for (let j = 0; j < own.length; j++) gradient[j]! += own[j]!;
        return sum + value;
      }, 0);
    },
  };
}

/** Returns the posterior means at the observations of the process: trend + target - noise * weight. */
export function noiseFreeMeans(process: Process, targets: Float64Array): Float64Array {
  const { weights, noise } = process;
  const known = trendAt(process);
  return targets.map((target, i) => known[i]! + target - noise[i]! * weights[i]!);
}

/**
 * Returns the best posterior mean among the observations that count; unlike the best target, noise does not inflate it.
 * @param targets of the fit; the process may have been conditioned on more points since.
 */
export function believedBest(process: Process, targets: Float64Array, counts: readonly boolean[]): number {
  return noiseFreeMeans(process, targets).reduce((best, mean, i) => (counts[i]! ? Math.max(best, mean) : best), Number.NEGATIVE_INFINITY);
}

import type { Point } from './coordinates.ts';
import { createProbe } from './probe.ts';
import type { Process } from './process.ts';

/** Mean and variance of the noise-free value. */
export interface Prediction {
  readonly mean: number;
  readonly variance: number;
}

/** Predictions of a process, with gradients on request. */
export interface Predictor {
  readonly at: (point: Point) => Prediction;
  /** The same at many points, in about half the time per point. */
  readonly atAll: (points: readonly Point[]) => readonly Prediction[];
  /** The same with gradients by the point's coordinates (0 for choices). */
  readonly gradientAt: (point: Point) => Prediction & { readonly meanGradient: Float64Array; readonly varianceGradient: Float64Array };
}

export function createPredictor(process: Process): Predictor {
  const { weights } = process;
  const probe = createProbe(process);
  const prediction = (variance: number): Prediction => ({ mean: process.mean + probe.trend() + probe.weighed(weights), variance });
  return {
    at: (point) => {
      probe.moveTo(point, false);
      return prediction(probe.variance());
    },
    atAll: (points) => {
      const predictions: Prediction[] = [];
      probe.visit(points, (variance) => predictions.push(prediction(variance)));
      return predictions;
    },
    gradientAt: (point) => {
      probe.moveTo(point, true);
      const known = prediction(probe.variance());
      const [meanGradient, trend] = [probe.weighedGradient(weights), probe.trendGradient()];
      if (trend !== null) for (let j = 0; j < trend.length; j++) meanGradient[j]! += trend[j]!;
      return { ...known, meanGradient, varianceGradient: probe.varianceGradient() };
    },
  };
}

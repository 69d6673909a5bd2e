import type { Point } from './coordinates.ts';
import { createProbe } from './probe.ts';
import type { Process } from './process.ts';

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
  readonly gradientAt: (point: Point) => Prediction & { readonly meanGradient: Float64Array; readonly varianceGradient: Float64Array };
}

export function createPredictor(process: Process): Predictor {
  const { weights } = process;
  const probe = createProbe(process);
  const prediction = (variance: number): Prediction => ({ mean: process.mean + probe.weighed(weights), variance });
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
      return { ...prediction(probe.variance()), meanGradient: probe.weighedGradient(weights), varianceGradient: probe.varianceGradient() };
    },
  };
}

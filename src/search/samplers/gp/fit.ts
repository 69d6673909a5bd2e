import { type Hyperparameters, hyperparametersOf, layoutOf, type ModelForm } from './hyperparameters.ts';
import { minimizeInBox } from './lbfgs.ts';
import { createLogPosterior } from './posterior.ts';
import type { Data } from './process.ts';

/** Bounds of the logarithms: lengthscales from 0.0067 to 1100, scales over seven decades. */
const widestInverse = Math.log(1e-6);
const narrowestInverse = 10;

export interface Fit {
  /** Logarithms of the hyperparameters. */
  readonly logs: Float64Array;
  readonly hyperparameters: Hyperparameters;
  /** log likelihood + log prior. */
  readonly logPosterior: number;
}

/** Returns the hyperparameters of largest posterior density near any of the starts. */
export function fitHyperparameters(form: ModelForm, data: Data, starts: readonly Float64Array[], maxEvaluations: number): Fit {
  return starts
    .map((start) => fitFrom(form, data, start, maxEvaluations))
    .reduce((best, fit) => (fit.logPosterior > best.logPosterior ? fit : best));
}

function fitFrom(form: ModelForm, data: Data, start: Float64Array, maxEvaluations: number): Fit {
  const layout = layoutOf(form);
  const { scale, noise, warps, additive, additiveScale, size } = layout;
  const low = new Float64Array(size).fill(widestInverse);
  const high = new Float64Array(size).fill(narrowestInverse);
  const bound = (at: number, from: number, to: number): void => {
    low[at] = Math.log(from);
    high[at] = Math.log(to);
  };
  bound(scale, 1e-3, 1e4);
  bound(noise, form.prior.lowestNoise, 2);
  for (let i = warps; i < additive; i++) bound(i, 0.2, 5);
  if (additive < size) bound(additiveScale, 1e-4, 1e4);
  const logPosterior = createLogPosterior(form, data);
  const { x, value } = minimizeInBox(
    (logs, gradient) => {
      const density = logPosterior(logs, gradient);
      for (let i = 0; i < size; i++) gradient[i] = -gradient[i]!;
      return -density;
    },
    start,
    { low, high, maxEvaluations, gradientTolerance: 1e-2, valueTolerance: 1e-5 },
  );
  return { logs: x, hyperparameters: hyperparametersOf(x, layout), logPosterior: -value };
}

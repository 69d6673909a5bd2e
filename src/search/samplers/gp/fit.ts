import { type Hyperparameters, hyperparametersOf, type ModelForm } from './hyperparameters.ts';
import { minimizeInBox } from './lbfgs.ts';
import { type Data, logPosterior } from './process.ts';

/** Bounds of the logarithms: lengthscales from 0.0067 to 1100, scales over seven decades. */
const widestInverse = Math.log(1e-6);
const narrowestInverse = 10;

export interface Fit {
  readonly hyperparameters: Hyperparameters;
  readonly logs: Float64Array;
  /** log likelihood + log prior. */
  readonly logPosterior: number;
}

/** The hyperparameters of largest posterior density that are found from the given starts (logarithms). */
export function fitHyperparameters(form: ModelForm, data: Data, starts: readonly Float64Array[], maxEvaluations: number): Fit {
  const axes = form.choices.length;
  const size = axes + 2 + 2 * form.warpedAxes.length;
  const low = new Float64Array(size).fill(widestInverse, 0, axes);
  const high = new Float64Array(size).fill(narrowestInverse, 0, axes);
  low[axes] = Math.log(1e-3);
  high[axes] = Math.log(1e4);
  low[axes + 1] = Math.log(form.prior.lowestNoise);
  high[axes + 1] = Math.log(2);
  low.fill(Math.log(0.2), axes + 2);
  high.fill(Math.log(5), axes + 2);
  let best: Fit | null = null;
  for (const start of starts) {
    const { x, value } = minimizeInBox(
      (logs, gradient) => {
        const density = logPosterior(form, data, logs, gradient);
        for (let i = 0; i < size; i++) gradient[i] = -gradient[i]!;
        return -density;
      },
      start,
      { low, high, maxEvaluations, gradientTolerance: 1e-2, valueTolerance: 1e-5 },
    );
    if (best === null || -value > best.logPosterior) best = { hyperparameters: hyperparametersOf(x, axes), logs: x, logPosterior: -value };
  }
  return best!;
}

import { expect, test } from 'vitest';
import { createRng } from '../../../core/rng.ts';
import { fitHyperparameters } from './fit.ts';
import { layoutOf, type ModelForm } from './hyperparameters.ts';
import { dimensionPrior } from './priors.ts';
import { standardized } from './targets.ts';

const form: ModelForm = {
  shape: 'matern52',
  mean: 'fitted',
  choices: [false, false, false],
  warpedAxes: [],
  additive: true,
  prior: dimensionPrior,
};

function noiseOf(targetAt: (x: number, draw: () => number) => number): number {
  const rng = createRng('fit 4');
  const points = Array.from({ length: 24 }, () => Float64Array.of(rng.uniform(), rng.uniform(), rng.uniform()));
  const { scaled } = standardized(Float64Array.from(points, ([x]) => targetAt(x!, rng.normal)));
  return fitHyperparameters(form, { points, targets: scaled }, dimensionPrior.starts(layoutOf(form)), 80).hyperparameters.noise;
}

test('a trend under much noise is fitted as such, not as a rough function', () => {
  expect(noiseOf((x, draw) => x + 0.25 * draw())).toBeGreaterThan(0.1);
});

test('what a smooth function explains is not taken for noise', () => {
  expect(noiseOf((x) => Math.sin(3 * x))).toBeLessThan(1e-3);
});

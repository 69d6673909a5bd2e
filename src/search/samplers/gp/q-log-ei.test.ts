import { expect, test } from 'vitest';
import { createRng } from '../../../core/rng.ts';
import { logEi } from './acquisition.ts';
import { hyperparametersOf, layoutOf, type ModelForm } from './hyperparameters.ts';
import { createPredictor } from './predict.ts';
import { dimensionPrior } from './priors.ts';
import { condition } from './process.ts';
import { qLogEi } from './q-log-ei.ts';

const rng = createRng(11);
const form: ModelForm = {
  shape: 'matern52',
  mean: 'zero',
  choices: [false, true, false],
  warpedAxes: [2],
  additive: true,
  prior: dimensionPrior,
};
const layout = layoutOf(form);
const hyperparameters = hyperparametersOf(dimensionPrior.starts(layout)[0]!.fill(Math.log(8), 0, 3), layout);
const draw = (): Float64Array => Float64Array.of(rng.uniform(), rng.int(2), rng.uniform());
const points = Array.from({ length: 9 }, draw);
const targets = Float64Array.from(points, ([x, c, y]) => Math.sin(5 * x!) + c! * y!);
const finished = condition(form, hyperparameters, { points, targets })!;
const threshold = Math.max(...targets) - 0.3;

function after(pending: readonly Float64Array[]) {
  const believed = pending.map((point) => createPredictor(finished).at(point).mean);
  const process = condition(form, hyperparameters, {
    points: [...points, ...pending],
    targets: Float64Array.from([...targets, ...believed]),
  })!;
  return { process, acquisition: qLogEi(process, targets, finished.mean, threshold) };
}

test('matches the further improvement over joint draws of the running trial and the new one', () => {
  const pending = Float64Array.of(0.4, 1, 0.75);
  const point = Float64Array.of(0.45, 1, 0.9);
  const { process, acquisition } = after([pending]);
  const before = createPredictor(finished).at(pending);
  // f(x) given f(pending): the process after it, its mean shifted in proportion to the residual.
  const given = createPredictor(process).at(point);
  const surprised = Float64Array.from([...targets, before.mean + 1]);
  const lift =
    createPredictor(condition(form, hyperparameters, { points: [...points, pending], targets: surprised })!).at(point).mean - given.mean;
  const draws = 400_000;
  let sum = 0;
  for (let i = 0; i < draws; i++) {
    const surprise = Math.sqrt(before.variance) * rng.normal();
    const best = Math.max(threshold, before.mean + surprise);
    sum += Math.max(given.mean + lift * surprise + Math.sqrt(given.variance) * rng.normal() - best, 0) / draws;
  }
  expect(Math.abs(acquisition.at(point) - Math.log(sum))).toBeLessThan(0.1);
});

test('equals log EI if the outcomes of running trials are certain', () => {
  const worst = points.toSorted((a, b) => targets[points.indexOf(a)]! - targets[points.indexOf(b)]!).slice(0, 2);
  const { acquisition } = after(worst);
  const plain = logEi(finished, threshold);
  for (let i = 0; i < 20; i++) {
    const point = draw();
    expect(acquisition.at(point)).toBeCloseTo(plain.at(point), 1);
  }
});

test('its gradient matches finite differences, and many points at once give the values of one by one', () => {
  const { acquisition } = after([Float64Array.of(0.4, 1, 0.75), Float64Array.of(0.9, 0, 0.2), Float64Array.of(0.1, 0, 0.3)]);
  for (let i = 0; i < 10; i++) {
    const point = draw();
    const gradient = new Float64Array(3);
    expect(acquisition.gradientAt(point, gradient)).toBeCloseTo(acquisition.at(point), 10);
    expect(acquisition.atAll([point, point, point, point, point])[3]).toBeCloseTo(acquisition.at(point), 10);
    for (const j of [0, 2]) {
      const at = (shift: number): number => acquisition.at(point.with(j, point[j]! + shift));
      expect(gradient[j]! / ((at(1e-6) - at(-1e-6)) / 2e-6)).toBeCloseTo(1, 3);
    }
  }
});

import { expect, test } from 'vitest';
import { createRng } from '../../../core/rng.ts';
import { logEi, logFeasible } from './acquisition.ts';
import { hyperparametersOf, layoutOf, type ModelForm } from './hyperparameters.ts';
import { correlate } from './kernel.ts';
import { createLogPosterior } from './posterior.ts';
import { createPredictor } from './predict.ts';
import { dimensionPrior, referencePrior } from './priors.ts';
import { condition } from './process.ts';

const rng = createRng(3);
const points = Array.from({ length: 12 }, () => Float64Array.of(rng.uniform(), rng.int(3), rng.uniform()));
const targets = Float64Array.from(points, ([x, c, y]) => Math.sin(5 * x!) + c! * y!);
const forms: Readonly<Record<string, ModelForm>> = {
  rough: { shape: 'matern52', mean: 'fitted', choices: [false, true, false], warpedAxes: [0, 2], additive: false, prior: dimensionPrior },
  smooth: { shape: 'gaussian', mean: 'zero', choices: [false, true, false], warpedAxes: [2], additive: true, prior: dimensionPrior },
  summed: { shape: 'matern52', mean: 'fitted', choices: [false, true, false], warpedAxes: [0], additive: true, prior: dimensionPrior },
  reference: { shape: 'matern52', mean: 'fitted', choices: [false, true, false], warpedAxes: [], additive: true, prior: referencePrior },
};

for (const [name, form] of Object.entries(forms)) {
  const layout = layoutOf(form);
  const logs = Float64Array.from({ length: layout.size }, () => 0.5 * rng.normal());
  logs[layout.noise] = -4;

  test(`${name}: the gradient of the fit matches finite differences`, () => {
    const gradient = new Float64Array(layout.size);
    const logPosterior = createLogPosterior(form, { points, targets });
    logPosterior(logs, gradient);
    for (let i = 0; i < layout.size; i++) {
      const at = (shift: number): number => logPosterior(logs.with(i, logs[i]! + shift), new Float64Array(layout.size));
      expect(gradient[i]).toBeCloseTo((at(1e-5) - at(-1e-5)) / 2e-5, 4);
    }
  });

  test(`${name}: the gradients of the acquisitions match finite differences`, () => {
    const process = condition(form, hyperparametersOf(logs, layout), { points, targets })!;
    for (const acquisition of [logEi(process, 1.5), logFeasible(process, -0.5)]) {
      const point = Float64Array.of(0.37, 1, 0.81);
      const gradient = new Float64Array(3);
      expect(acquisition.gradientAt(point, gradient)).toBeCloseTo(acquisition.at(point), 12);
      expect(gradient[1]).toBeCloseTo(0, 12);
      for (const j of [0, 2]) {
        const at = (shift: number): number => acquisition.at(point.with(j, point[j]! + shift));
        expect(gradient[j]).toBeCloseTo((at(1e-6) - at(-1e-6)) / 2e-6, 4);
      }
    }
  });
}

test('many points at once are predicted as one by one', () => {
  const form = forms['summed']!;
  const process = condition(form, hyperparametersOf(dimensionPrior.starts(layoutOf(form))[0]!, layoutOf(form)), { points, targets })!;
  const predictor = createPredictor(process);
  const places = Array.from({ length: 7 }, () => Float64Array.of(rng.uniform(), rng.int(3), rng.uniform()));
  predictor.atAll(places).forEach(({ mean, variance }, i) => {
    expect(mean).toBeCloseTo(predictor.at(places[i]!).mean, 12);
    expect(variance).toBeCloseTo(predictor.at(places[i]!).variance, 12);
  });
});

test('an additive process generalises along one axis far from all trials on the others', () => {
  const row = Array.from({ length: 11 }, (_, i) => Float64Array.of(i / 10, 0));
  const data = { points: row, targets: Float64Array.from(row, ([x]) => Math.sin(12 * x!)) };
  const errorFarAway = (additive: boolean): number => {
    const form: ModelForm = { ...forms['summed']!, choices: [false, false], warpedAxes: [], additive };
    const layout = layoutOf(form);
    const logs = dimensionPrior.starts(layout)[0]!.fill(Math.log(30), 0, 2);
    if (additive) logs.fill(Math.log(30), layout.additive, layout.size);
    const predictor = createPredictor(condition(form, hyperparametersOf(logs, layout), data)!);
    return Math.max(...row.map(([x]) => Math.abs(predictor.at(Float64Array.of(x!, 1)).mean - Math.sin(12 * x!))));
  };
  expect(errorFarAway(true)).toBeLessThan(0.3 * errorFarAway(false));
});

test('the fast exponential of the kernel is accurate to fourteen digits, from 0 to underflow', () => {
  const squared = Float64Array.from({ length: 4000 }, (_, i) => (i / 40) ** 2 / 5);
  const values = new Float64Array(4000);
  const gradients = new Float64Array(4000);
  correlate('matern52', squared, 1, values, gradients, 4000);
  for (let i = 0; i < 4000; i++) {
    const t = i / 40;
    expect(Math.abs(values[i]! / ((1 + t + (t * t) / 3) * Math.exp(-t)) - 1)).toBeLessThan(2e-15 * (1 + t));
    expect(Math.abs(gradients[i]! / ((-5 / 6) * (1 + t) * Math.exp(-t)) - 1)).toBeLessThan(2e-15 * (1 + t));
  }
  correlate('matern52', Float64Array.of(1e9), 1, values, gradients, 1);
  expect(values[0]).toBeLessThan(1e-300);
});

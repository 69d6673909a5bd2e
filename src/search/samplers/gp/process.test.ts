import { expect, test } from 'vitest';
import { createRng } from '../../../core/rng.ts';
import { logEi, logFeasible } from './acquisition.ts';
import { dimensionPrior, hyperparametersOf, layoutOf, type ModelForm } from './hyperparameters.ts';
import { condition, logPosterior } from './process.ts';

const rng = createRng(3);
const points = Array.from({ length: 12 }, () => Float64Array.of(rng.uniform(), rng.int(3), rng.uniform()));
const targets = Float64Array.from(points, ([x, c, y]) => Math.sin(5 * x!) + c! * y!);
const forms: Readonly<Record<string, ModelForm>> = {
  rough: { shape: 'matern52', mean: 'fitted', choices: [false, true, false], warpedAxes: [0, 2], prior: dimensionPrior },
  smooth: { shape: 'gaussian', mean: 'zero', choices: [false, true, false], warpedAxes: [2], prior: dimensionPrior },
};

for (const [name, form] of Object.entries(forms)) {
  const layout = layoutOf(form);
  const logs = Float64Array.from({ length: layout.size }, () => 0.5 * rng.normal());
  logs[layout.noise] = -4;

  test(`${name}: the gradient of the fit is that of its value`, () => {
    const gradient = new Float64Array(layout.size);
    logPosterior(form, { points, targets }, logs, gradient);
    for (let i = 0; i < layout.size; i++) {
      const at = (shift: number): number =>
        logPosterior(form, { points, targets }, logs.with(i, logs[i]! + shift), new Float64Array(layout.size));
      expect(gradient[i]).toBeCloseTo((at(1e-5) - at(-1e-5)) / 2e-5, 4);
    }
  });

  test(`${name}: the gradients of what points promise are those of the values`, () => {
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

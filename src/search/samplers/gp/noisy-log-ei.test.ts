import { describe, expect, test } from 'vitest';
import { createRng } from '../../../core/rng.ts';
import { float } from '../../space/builders.ts';
import { compileSpace } from '../../space/compile.ts';
import type { Observation } from '../../trial/history.ts';
import { believedBest, logEi } from './acquisition.ts';
import { createGpSampler } from './gp.ts';
import { hyperparametersOf, layoutOf, type ModelForm } from './hyperparameters.ts';
import { noisyLogEi } from './noisy-log-ei.ts';
import { gpOptions } from './options.ts';
import { createPredictor } from './predict.ts';
import { dimensionPrior } from './priors.ts';
import { condition } from './process.ts';

const rng = createRng(5);
const form: ModelForm = {
  shape: 'matern52',
  mean: 'fitted',
  choices: [false, true],
  warpedAxes: [],
  additive: true,
  prior: dimensionPrior,
};
const layout = layoutOf(form);
const draw = (): Float64Array => Float64Array.of(rng.uniform(), rng.int(2));
const points = Array.from({ length: 10 }, draw);
const targets = Float64Array.from(points, ([x, c]) => Math.sin(5 * x!) + 0.5 * c! + 0.3 * rng.normal());
const counts = points.map((_, i) => i !== 4);

function processWith(noise: number) {
  const logs = dimensionPrior.starts(layout)[0]!.fill(Math.log(8), 0, 2);
  logs[layout.noise] = Math.log(noise);
  return condition(form, hyperparametersOf(logs, layout), { points, targets })!;
}

describe('noisy log expected improvement', () => {
  test('is log EI beyond the best posterior mean if there is hardly any noise', () => {
    const process = processWith(1e-6);
    const noisy = noisyLogEi(process, { points, targets }, counts, [])!;
    const plain = logEi(process, believedBest(process, targets, counts));
    for (let i = 0; i < 20; i++) {
      const point = draw();
      if (plain.at(point) > -8) expect(noisy.at(point)).toBeCloseTo(plain.at(point), 0);
    }
  });

  test('is the mean improvement over joint draws of the noise-free values at all trials, running ones included', () => {
    const process = processWith(0.1);
    const pending = [Float64Array.of(0.35, 1)];
    const acquisition = noisyLogEi(process, { points, targets }, counts, pending, 8_000)!;
    const at = Float64Array.of(0.3, 1);
    // The joint posterior of the values at the trials, the running one and the new point, drawn one after another: each drawn value
    // becomes an observation that is almost exact.
    const draws = 2000;
    let sum = 0;
    for (let d = 0; d < draws; d++) sum += improvementOfOneDraw(process, [...points, ...pending, at]) / draws;
    expect(Math.abs(acquisition.at(at) - Math.log(sum))).toBeLessThan(0.2);
  });

  test('its gradient matches finite differences', () => {
    const acquisition = noisyLogEi(processWith(0.1), { points, targets }, counts, [Float64Array.of(0.9, 0)])!;
    for (let i = 0; i < 10; i++) {
      const point = draw();
      const gradient = new Float64Array(2);
      expect(acquisition.gradientAt(point, gradient)).toBeCloseTo(acquisition.at(point), 10);
      const at = (shift: number): number => acquisition.at(point.with(0, point[0]! + shift));
      expect(gradient[0]).toBeCloseTo((at(1e-6) - at(-1e-6)) / 2e-6, 2);
    }
  });
});

/** Draws the values at all points from the posterior; returns how far the last one is above the best of the others that count. */
function improvementOfOneDraw(process: ReturnType<typeof processWith>, all: readonly Float64Array[]): number {
  const size = all.length;
  const predictor = createPredictor(process);
  const means = all.map((point) => predictor.at(point).mean);
  const covariance = all.map((point, i) => {
    // Posterior covariances from the response of one point's mean to an observation of the other.
    const variance = predictor.at(point).variance;
    return all.map((other, j) => (i === j ? variance : covarianceOf(process, point, other)));
  });
  const factor = covariance.map((row) => [...row]);
  const values = new Array<number>(size).fill(0);
  const normals = all.map(() => rng.normal());
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = covariance[i]![j]!;
      for (let k = 0; k < j; k++) sum -= factor[i]![k]! * factor[j]![k]!;
      factor[i]![j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / factor[j]![j]!;
    }
    values[i] = means[i]! + factor[i]!.slice(0, i + 1).reduce((sum, entry, k) => sum + entry * normals[k]!, 0);
  }
  const others = values.slice(0, -1).filter((_, i) => i >= points.length || counts[i]!);
  return Math.max(0, values.at(-1)! - Math.max(...others));
}

const known = new Map<string, number>();
function covarianceOf(process: ReturnType<typeof processWith>, a: Float64Array, b: Float64Array): number {
  const key = `${a.join()}/${b.join()}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const predictor = createPredictor(process);
  const more = condition({ ...process.form, mean: 'zero' }, process.hyperparameters, {
    points: [...points, b],
    targets: Float64Array.from([...targets, 0]),
  })!;
  // var(a | data) - var(a | data, b) = cov(a, b)^2 / (var(b) + noise); the sign is that of the pull of b's value on a's mean.
  const lost = Math.max(predictor.at(a).variance - createPredictor(more).at(a).variance, 0);
  const size = Math.sqrt(lost * (predictor.at(b).variance + process.hyperparameters.noise));
  const raised = condition({ ...process.form, mean: 'zero' }, process.hyperparameters, {
    points: [...points, b],
    targets: Float64Array.from([...targets, 1]),
  })!;
  const sign = Math.sign(createPredictor(raised).at(a).mean - createPredictor(more).at(a).mean);
  known.set(key, sign * size);
  return sign * size;
}

test('one lucky trial among bad ones does not draw the search away from a region that is good throughout', () => {
  const space = compileSpace({ x: float(0, 1) });
  const noise = createRng('luck');
  const observations: Observation[] = Array.from({ length: 40 }, (_, number) => {
    const x = (number + 0.5) / 40;
    const value = number === 36 ? -0.35 : (x - 0.25) ** 2 + 0.1 * noise.normal();
    return { state: 'complete', number, params: { x }, value };
  });
  const luckiest = observations.reduce((a, b) => (a.state === 'complete' && b.state === 'complete' && b.value < a.value ? b : a));
  expect(luckiest.number).toBe(36);
  const gp = createGpSampler(gpOptions.parse({}));
  for (let seed = 0; seed < 5; seed++) {
    const { x } = gp.suggest(space, { direction: 'minimize', observations }, createRng(seed));
    expect(Math.abs(Number(x) - Number(luckiest.params['x']))).toBeGreaterThan(0.1);
  }
});

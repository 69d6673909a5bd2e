import { describe, expect, test } from 'vitest';
import { createRng } from '../../../core/rng.ts';
import { float } from '../../space/builders.ts';
import { encodeParams } from '../../space/codec.ts';
import { compileSpace } from '../../space/compile.ts';
import type { FlatParams } from '../../space/param.ts';
import type { Forecast, Observation } from '../../trial/history.ts';
import type { ToldNoise } from '../../trial/told-noise.ts';
import { noiseFreeMeans } from './acquisition.ts';
import { coordinatesOf, type Point, pointOf } from './coordinates.ts';
import { createGpSampler } from './gp.ts';
import { type ModelInput, objectiveAspect, processOf } from './model.ts';
import { gpOptions } from './options.ts';
import { policyOf } from './policy.ts';
import { rankedTrials } from './ranked-trials.ts';
import { toldVariances } from './told-variances.ts';

const space = compileSpace({ x: float(0, 1) });
const at = (params: FlatParams): Point | null => pointOf(coordinatesOf(space), encodeParams(space, params));
const complete = (number: number, x: number, value: number, noise?: ToldNoise): Observation => ({
  state: 'complete',
  number,
  params: { x },
  value,
  ...(noise !== undefined && { noise }),
});

describe('told variances', () => {
  test('of a pruned trial are those of its forecast, which is its value', () => {
    const pruned = (value: number, expected?: Forecast): Observation => ({
      state: 'pruned',
      number: 9,
      params: { x: 0.9 },
      last: { step: 1, value },
      ...(expected && { expected }),
    });
    const known = [1, 2, 3, 4].map((value, i) => complete(i, 0.2 * i, value));
    const ranked = (trial: Observation) => rankedTrials({ direction: 'minimize', observations: [...known, trial] }, at, createRng(1));
    const of = (trial: Observation) => ranked(trial).find(({ point }) => point[0] === 0.9);
    expect(of(pruned(1.5, { value: 1.2, sd: 0.5 }))).toMatchObject({ loss: 1.2, noise: 0.25 });
    expect(of(pruned(1.5, { value: 9, sd: 0.5 }))).toMatchObject({ loss: 4 });
    expect(of(pruned(1.5))).toMatchObject({ loss: 3, noise: 0 });
  });

  test('are absent where no trial told one', () => {
    expect(toldVariances([complete(0, 0.1, 1), { state: 'failed', number: 1, params: { x: 0 } }])).toBeNull();
  });

  test('of few seeds are drawn towards the mean over all trials, exact ones are not', () => {
    const told = toldVariances([
      complete(0, 0.1, 1, { variance: 0, seeds: 2 }),
      complete(1, 0.2, 1, { variance: 1, seeds: 2 }),
      complete(2, 0.3, 1, { variance: 0.7 }),
      complete(3, 0.4, 1),
    ])!;
    // The variance of single seeds is 0 and 2, 1 in the mean.
    expect([...told]).toEqual([expect.closeTo(0.4, 12), expect.closeTo((4 + 2) / 5 / 2, 12), 0.7, 0]);
    const many = toldVariances([complete(0, 0.1, 1, { variance: 0.01, seeds: 1000 }), complete(1, 0.2, 1, { variance: 1, seeds: 2 })])!;
    expect(many[0]).toBeCloseTo(0.01, 3);
  });
});

describe('a process of trials that told their noise', () => {
  const noise = createRng('told');
  const valley = (x: number): number => (x - 0.25) ** 2;
  const history = (noiseOf: (x: number) => number, tells: boolean) => ({
    direction: 'minimize' as const,
    observations: Array.from({ length: 30 }, (_, number): Observation => {
      const x = (number + 0.5) / 30;
      const sd = noiseOf(x);
      return complete(number, x, valley(x) + sd * noise.normal(), tells ? { variance: sd ** 2 } : undefined);
    }),
  });

  test('believes a precise trial and not an imprecise one', () => {
    const observations = history((x) => (x > 0.5 ? 0.3 : 0.001), true).observations;
    const policy = policyOf(gpOptions.parse({}));
    const coordinates = coordinatesOf(space);
    const at = (params: Observation['params']) => pointOf(coordinates, encodeParams(space, params));
    const rng = createRng(1);
    const trials = rankedTrials({ direction: 'minimize', observations }, at, rng);
    const input: ModelInput = { coordinates, history: { direction: 'minimize', observations }, trials, at, policy, rng };
    const { process, data } = processOf(input, objectiveAspect(input))!;
    const means = noiseFreeMeans(process, data.targets);
    const moved = (precise: boolean): number[] =>
      data.points.flatMap(([x], i) => (x! > 0.5 === precise ? [] : [Math.abs(means[i]! - data.targets[i]!)]));
    expect(Math.max(...moved(true))).toBeLessThan(0.1);
    expect(Math.max(...moved(false))).toBeGreaterThan(0.3);
  });

  test('a lucky trial that says it is imprecise leaves the search in its valley, one that says it is precise does not', () => {
    const gp = createGpSampler(gpOptions.parse({}));
    const asked = (variance: number): number => {
      const { observations } = history(() => 0.002, true);
      const lucky = observations.map((trial) => (trial.number === 27 ? complete(27, 0.9166, -0.2, { variance }) : trial));
      return Number(gp.suggest(space, { direction: 'minimize', observations: lucky }, createRng(3))['x']);
    };
    expect(Math.abs(asked(0.25) - 0.25)).toBeLessThan(0.15);
    expect(Math.abs(asked(1e-8) - 0.25)).toBeGreaterThan(0.2);
  });

  test('a told variance of 0 changes nothing', () => {
    const gp = createGpSampler(gpOptions.parse({}));
    const { observations } = history(() => 0.05, false);
    const zero = observations.map((trial) => ({ ...trial, noise: { variance: 0 } }) as Observation);
    const ask = (of: readonly Observation[]) => gp.suggest(space, { direction: 'minimize', observations: of }, createRng(3));
    expect(ask(zero)).toEqual(ask(observations));
  });
});

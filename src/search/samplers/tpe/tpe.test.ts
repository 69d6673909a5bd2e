import { describe, expect, test } from 'vitest';
import { createRng } from '../../../core/rng.ts';
import { branch, float, int } from '../../space/builders.ts';
import { type CompiledSpace, compileSpace } from '../../space/compile.ts';
import type { FlatParams, SpaceShape } from '../../space/param.ts';
import type { History, Observation } from '../../trial/history.ts';
import { random, samplerOf, tpe } from '../index.ts';
import { createMixture } from './mixture.ts';
import { tpeOptions } from './options.ts';
import { kernelWeights } from './weights.ts';

/** The best value after a sequence of asks, each answered at once. */
function search(
  sampler: ReturnType<typeof samplerOf>,
  space: CompiledSpace,
  loss: (params: FlatParams) => number,
  trials: number,
  seed: number,
): number {
  const observations: Observation[] = [];
  const rng = createRng(seed);
  for (let number = 0; number < trials; number++) {
    const params = sampler.suggest(space, { direction: 'minimize', observations }, rng.fork(number));
    observations.push({ state: 'complete', number, params, value: loss(params) });
  }
  return Math.min(...observations.map((trial) => (trial.state === 'complete' ? trial.value : Number.POSITIVE_INFINITY)));
}

function medianOver(seeds: number, run: (seed: number) => number): number {
  return Array.from({ length: seeds }, (_, seed) => run(seed)).sort((a, b) => a - b)[seeds >> 1]!;
}

describe('tpe', () => {
  test('finds a valley much sooner than random draws', () => {
    const space = compileSpace({ x: float(-10, 10), y: float(-10, 10) } as SpaceShape);
    const loss = ({ x, y }: FlatParams): number => (Number(x) - 2) ** 2 + (Number(y) + 3) ** 2;
    const learned = medianOver(9, (seed) => search(samplerOf(tpe()), space, loss, 60, seed));
    const drawn = medianOver(9, (seed) => search(samplerOf(random()), space, loss, 60, seed));
    expect(learned).toBeLessThan(drawn / 2);
  });

  test('learns within the case of a branch', () => {
    const space = compileSpace({ kind: branch({ good: { x: float(0, 1), n: int(1, 100) }, bad: { y: float(0, 1) } }) } as SpaceShape);
    const loss = (params: FlatParams): number =>
      params['kind'] === 'good'
        ? (Number(params['kind.good.x']) - 0.7) ** 2 + (Number(params['kind.good.n']) / 100 - 0.2) ** 2
        : 1 + Number(params['kind.bad.y']);
    expect(medianOver(5, (seed) => search(samplerOf(tpe()), space, loss, 80, seed))).toBeLessThan(0.003);
  });

  test('draws uniformly until enough trials are finished', () => {
    const space = compileSpace({ x: float(0, 1) } as SpaceShape);
    const finished = Array.from(
      { length: 9 },
      (_, number): Observation => ({ state: 'complete', number, params: { x: 0.5 }, value: number }),
    );
    const running = Array.from({ length: 20 }, (_, i): Observation => ({ state: 'running', number: 9 + i, params: { x: 0.1 } }));
    const history: History = { direction: 'minimize', observations: [...finished, ...running] };
    expect(samplerOf(tpe()).suggest(space, history, createRng(1))).toEqual(samplerOf(random()).suggest(space, history, createRng(1)));
    expect(samplerOf(tpe({ startupTrials: 9 })).suggest(space, history, createRng(1))).not.toEqual(
      samplerOf(random()).suggest(space, history, createRng(1)),
    );
  });

  test('keeps away from trials that are still running', () => {
    const space = compileSpace({ x: float(0, 1) } as SpaceShape);
    const finished = Array.from({ length: 30 }, (_, number): Observation => {
      const x = (number + 0.5) / 30;
      return { state: 'complete', number, params: { x }, value: Math.min(Math.abs(x - 0.25), Math.abs(x - 0.75)) };
    });
    const running = Array.from(
      { length: 12 },
      (_, i): Observation => ({ state: 'running', number: 30 + i, params: { x: 0.24 + 0.002 * i } }),
    );
    const nearRunning = (constantLiar: boolean): number =>
      Array.from({ length: 40 }, (_, seed) =>
        samplerOf(tpe({ constantLiar })).suggest(
          space,
          { direction: 'minimize', observations: [...finished, ...running] },
          createRng(seed),
        ),
      ).filter(({ x }) => Math.abs(Number(x) - 0.25) < 0.1).length;
    expect(nearRunning(true)).toBeLessThan(nearRunning(false) / 2);
  });
});

describe('mixtures', () => {
  const options = tpeOptions.parse({});
  const { params } = compileSpace({ x: float(-2, 3), q: int(1, 9, { step: 2 }) } as SpaceShape);

  test('a density sums to 1 over its range', () => {
    const [q, x] = params;
    const continuous = createMixture([x!], [Float64Array.of(-1.9, 0.3, 0.35, 2.9)], options);
    let integral = 0;
    for (let i = 0; i < 20_000; i++)
      integral += (5 / 20_000) * Math.exp(continuous.logDensity(Float64Array.of(-2 + (5 * (i + 0.5)) / 20_000)));
    expect(integral).toBeCloseTo(1, 6);
    const stepped = createMixture([q!], [Float64Array.of(1, 5, 5, 9)], options);
    expect([1, 3, 5, 7, 9].reduce((sum, value) => sum + Math.exp(stepped.logDensity(Float64Array.of(value))), 0)).toBeCloseTo(1, 12);
  });

  test('draws follow the density', () => {
    const mixture = createMixture([params[0]!], [Float64Array.of(3, 3, 3, 7)], options);
    const counts = new Map<number, number>();
    const rng = createRng(5);
    for (let i = 0; i < 20_000; i++) {
      const [value] = mixture.draw(rng);
      counts.set(value!, (counts.get(value!) ?? 0) + 1);
    }
    for (const value of [1, 3, 5, 7, 9]) {
      const expected = Math.exp(mixture.logDensity(Float64Array.of(value)));
      // Five standard deviations of the count.
      expect(Math.abs((counts.get(value) ?? 0) / 20_000 - expected)).toBeLessThan(5 * Math.sqrt(expected / 20_000));
    }
  });

  test('a point that no kernel reaches has density zero, not NaN', () => {
    const mixture = createMixture([params[1]!], [Float64Array.of(0.5)], options);
    expect(mixture.logDensity(Float64Array.of(3.1))).toBe(Number.NEGATIVE_INFINITY);
  });
});

test('old observations fade, the latest 25 count fully', () => {
  const weights = kernelWeights(50, 1, true);
  expect(weights.length).toBe(51);
  expect(weights[0]! / weights[50]!).toBeCloseTo(1 / 50, 12);
  expect(weights[24]).toBeCloseTo(weights[49]!, 12);
  expect([...kernelWeights(0, 3, true)]).toEqual([1]);
  expect(kernelWeights(26, 1, true)[0]! / kernelWeights(26, 1, true)[1]!).toBeCloseTo(1 / 26, 12);
});

import { describe, expect, test } from 'vitest';
import { createRng } from '../../../core/rng.ts';
import { branch, float, int } from '../../space/builders.ts';
import { type CompiledSpace, compileSpace } from '../../space/compile.ts';
import type { FlatParams, SpaceShape } from '../../space/param.ts';
import type { History, Observation } from '../../trial/history.ts';
import { random, samplerOf, tpe } from '../index.ts';
import { Columns } from './columns.ts';
import { Estimator } from './estimator.ts';
import { settledOptions, tpeOptions } from './options.ts';
import { ageingWeights } from './weights.ts';

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

describe('estimators', () => {
  const options = settledOptions(tpeOptions.parse({}));
  const space = compileSpace({ x: float(-2, 3), q: int(1, 9, { step: 2 }) } as SpaceShape);

  /** The estimator of one parameter after these values. */
  function estimatorOf(name: string, values: readonly number[]): Estimator {
    const columns = new Columns(space, ['minimize']);
    columns.advance(values.map((value, number): Observation => ({ state: 'complete', number, params: { [name]: value }, value: 0 })));
    const estimator = new Estimator([space.byName.get(name)!], options);
    estimator.follow(Int32Array.from(values.keys()), columns, ageingWeights(values.length, 1));
    return estimator;
  }

  test('a density sums to 1 over its range', () => {
    const points = Array.from({ length: 20_000 }, (_, i) => Float64Array.of(-2 + (5 * (i + 0.5)) / 20_000));
    const continuous = estimatorOf('x', [-1.9, 0.3, 0.35, 2.9]).logDensities(points);
    expect(continuous.reduce((sum, density) => sum + (5 / 20_000) * Math.exp(density), 0)).toBeCloseTo(1, 6);
    const stepped = estimatorOf('q', [1, 5, 5, 9]).logDensities([1, 3, 5, 7, 9].map((q) => Float64Array.of(q)));
    expect(stepped.reduce((sum, density) => sum + Math.exp(density), 0)).toBeCloseTo(1, 12);
  });

  test('draws follow the density', () => {
    const estimator = estimatorOf('q', [3, 3, 3, 7]);
    const counts = new Map<number, number>();
    const rng = createRng(5);
    for (let i = 0; i < 20_000; i++) {
      const [value] = estimator.draw(rng);
      counts.set(value!, (counts.get(value!) ?? 0) + 1);
    }
    for (const value of [1, 3, 5, 7, 9]) {
      const expected = Math.exp(estimator.logDensities([Float64Array.of(value)])[0]!);
      // Five standard deviations of the count.
      expect(Math.abs((counts.get(value) ?? 0) / 20_000 - expected)).toBeLessThan(5 * Math.sqrt(expected / 20_000));
    }
  });

  test('a point that no kernel reaches has density zero, not NaN', () => {
    expect(estimatorOf('x', [0.5]).logDensities([Float64Array.of(3.1)])[0]).toBe(Number.NEGATIVE_INFINITY);
  });
});

test('old observations fade, the latest 25 count fully', () => {
  const { of, prior } = ageingWeights(50, 1);
  expect([of(0), of(24), of(25), of(49), prior]).toEqual([1 / 50, 1, 1, 1, 1]);
  for (const n of [0, 1, 25, 26, 27, 300]) {
    const weights = ageingWeights(n, 2);
    expect(Array.from({ length: n }, (_, k) => weights.of(k)).reduce((sum, weight) => sum + weight, 2)).toBeCloseTo(weights.total, 10);
  }
  expect(ageingWeights(26, 1).of(0)).toBe(1 / 26);
});

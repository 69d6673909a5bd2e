import { describe, expect, test } from 'vitest';
import { createRng } from '../../../core/rng.ts';
import { branch, choice, float, int } from '../../space/builders.ts';
import { encodeParams } from '../../space/codec.ts';
import { compileSpace } from '../../space/compile.ts';
import type { FlatParams } from '../../space/param.ts';
import type { History, Observation } from '../../trial/history.ts';
import type { Sampler } from '../sampler.ts';
import { coordinatesOf, pointOf, roundToGrid } from './coordinates.ts';
import { createGpSampler } from './gp.ts';
import { gpOptions } from './options.ts';
import { rankedTrials } from './ranked-trials.ts';
import { scaledTargets, standardized } from './targets.ts';

const gp = createGpSampler(gpOptions.parse({}));
const square = compileSpace({ x: float(-1, 1), y: float(-1, 1) });

/** Runs a study and returns its observations. */
function search(
  sampler: Sampler,
  trials: number,
  finish: (params: FlatParams) => { readonly value: number; readonly constraints?: readonly number[] },
) {
  const observations: Observation[] = [];
  for (let number = 0; number < trials; number++) {
    const params = sampler.suggest(square, { direction: 'minimize', observations }, createRng(`gp test ${number}`));
    observations.push({ state: 'complete', number, params, ...finish(params) });
  }
  return observations;
}

const bowl = ({ x, y }: FlatParams): number => (Number(x) - 0.3) ** 2 + (Number(y) + 0.6) ** 2;
const complete = (params: FlatParams, value: number, number = 0): Observation => ({ state: 'complete', number, params, value });

test('twenty trials find the minimum of a bowl to within a thousandth', () => {
  const values = search(gp, 20, (params) => ({ value: bowl(params) })).map((trial) => (trial.state === 'complete' ? trial.value : 0));
  expect(Math.min(...values)).toBeLessThan(1e-6);
});

test('the search finds the best feasible point at the edge of the constraint', () => {
  const trials = search(gp, 25, (params) => ({ value: bowl(params), constraints: [Number(params['x'])] }));
  const allowed = trials.filter(({ params }) => Number(params['x']) <= 0).map(({ params }) => bowl(params));
  expect(Math.min(...allowed)).toBeLessThan(0.09 + 1e-3);
});

test.each(['believe', 'integrate'] as const)('the next suggestion keeps a distance from running trials (%s)', (pending) => {
  const sampler = createGpSampler(gpOptions.parse({ pending }));
  const finished = search(gp, 12, (params) => ({ value: bowl(params) }));
  const ask = (observations: readonly Observation[]): FlatParams =>
    sampler.suggest(square, { direction: 'minimize', observations }, createRng(1));
  const first = ask(finished);
  const second = ask([...finished, { state: 'running', number: 12, params: first }]);
  expect(Math.hypot(Number(first['x']) - Number(second['x']), Number(first['y']) - Number(second['y']))).toBeGreaterThan(1e-3);
});

test('a suggestion is the same whatever the process was asked before, also for the other direction', () => {
  const finished = search(gp, 33, ({ x, y }) => ({ value: (Number(x) - 0.3) ** 2 - (Number(y) + 0.6) ** 2 }));
  for (const direction of ['minimize', 'maximize'] as const) {
    const ask = (observations: readonly Observation[]): FlatParams => gp.suggest(square, { direction, observations }, createRng(7));
    expect(ask(structuredClone(finished))).toEqual(ask(finished));
  }
});

describe('ranked trials', () => {
  const { byName } = square;
  const coordinates = coordinatesOf(square);
  const at = (params: FlatParams) => pointOf(coordinates, encodeParams(square, params));
  const losses = (history: History): readonly number[] => rankedTrials(history, at, createRng(1)).map(({ loss }) => loss);
  const params = { x: 0, y: 0 };

  test('infinite values count as the worst and best finite ones, NaN as the worst', () => {
    expect(byName.size).toBe(2);
    const values = [3, Number.POSITIVE_INFINITY, 1, Number.NaN, Number.NEGATIVE_INFINITY];
    const observations = values.map((value, i) => complete(params, value, i));
    expect(losses({ direction: 'minimize', observations })).toEqual([1, 1, 3, 3, 3]);
    expect(losses({ direction: 'maximize', observations })).toEqual([-3, -3, -1, -1, -1]);
  });

  test('a pruned trial is no better than the median of the complete ones', () => {
    const observations: readonly Observation[] = [
      ...[1, 2, 9].map((value, i) => complete(params, value, i)),
      { state: 'pruned', number: 3, params, last: { step: 1, value: 0 } },
      { state: 'pruned', number: 4, params, last: { step: 1, value: 5 } },
      { state: 'pruned', number: 5, params, last: null },
    ];
    expect(losses({ direction: 'minimize', observations })).toEqual([1, 2, 2, 5, 9]);
  });

  test('infeasible trials rank behind all others', () => {
    const observations = [
      { ...complete(params, 1), constraints: [2] },
      { ...complete(params, 7), constraints: [-1] },
    ];
    expect(losses({ direction: 'minimize', observations })).toEqual([7, 1]);
  });

  test('a history without finite values, or of another space, gives no ranked trials', () => {
    expect(losses({ direction: 'minimize', observations: [complete(params, Number.NaN)] })).toEqual([]);
    expect(losses({ direction: 'minimize', observations: [complete({ z: 1 }, 1)] })).toEqual([]);
  });

  test('no dominated trial has the lowest combined loss of several objectives', () => {
    const observations = [
      [0, 1],
      [1, 0],
      [1, 1],
    ].map((values, i) => ({ ...complete(params, values[0]!, i), values }));
    const known = rankedTrials({ direction: 'minimize', directions: ['minimize', 'minimize'], observations }, at, createRng(4));
    expect(known.at(-1)!.loss).toBeCloseTo(Math.max(...known.map(({ loss }) => loss)), 12);
    expect(known[0]!.loss).toBeLessThan(known[2]!.loss);
  });
});

test('points that differ in inactive parameters only are the same point', () => {
  const space = compileSpace({ opt: branch({ adam: { beta: float(0, 1) }, sgd: { kind: choice(['a', 'b']) } }), n: int(1, 4) });
  const coordinates = coordinatesOf(space);
  const names = coordinates.axes.map(({ flat }) => flat.name);
  const point = (values: Readonly<Record<string, number>>) =>
    roundToGrid(
      coordinates,
      Float64Array.from(names, (name) => values[name]!),
    );
  expect(names).toEqual(['n', 'opt', 'opt.adam.beta', 'opt.sgd.kind']);
  const adam = { n: 0.3, opt: 0, 'opt.adam.beta': 0.7, 'opt.sgd.kind': 0 };
  expect(point(adam)).toEqual(point({ ...adam, n: 0.35, 'opt.sgd.kind': 1 }));
  expect(point(adam)).not.toEqual(point({ ...adam, 'opt.adam.beta': 0.8 }));
  const observed = pointOf(coordinates, encodeParams(space, { n: 2, opt: 'adam', 'opt.adam.beta': 0.7 }));
  expect(observed).toEqual(point(adam));
});

test('targets have mean 0 and deviation 1, larger for better, whatever the transform and the size of the values', () => {
  for (const transform of ['none', 'power'] as const)
    for (const size of [1e-200, 1, 1e300]) {
      const targets = scaledTargets(Float64Array.of(1 * size, 2 * size, 4 * size, 100 * size), transform).targets;
      expect(standardized(targets).mean).toBeCloseTo(0, 9);
      expect(standardized(targets).deviation).toBeCloseTo(1, 9);
      expect([...targets]).toEqual([...targets].toSorted((a, b) => b - a));
    }
  expect([...scaledTargets(Float64Array.of(5, 5, 5), 'power').targets].map(Math.abs)).toEqual([0, 0, 0]);
});

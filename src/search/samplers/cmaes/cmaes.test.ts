import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { createRng } from '../../../core/rng.ts';
import { branch, choice, float, int } from '../../space/builders.ts';
import { type CompiledSpace, compileSpace } from '../../space/compile.ts';
import type { FlatParams, SpaceShape } from '../../space/param.ts';
import type { Direction, History, Observation } from '../../trial/history.ts';
import { cmaes, samplerOf } from '../index.ts';
import type { cmaesOptions } from './options.ts';

type CmaesInput = z.input<typeof cmaesOptions>;

interface Search {
  readonly seed: number;
  readonly trials: number;
  readonly options?: CmaesInput;
  readonly direction?: Direction;
  /** Number of trials running at once. */
  readonly workers?: number;
}

type Objective = (x: readonly number[], params: FlatParams) => number;

/** All trials of a search, the values in the order of the space's parameters. */
function search(space: CompiledSpace, objective: Objective, { seed, trials, options = {}, direction = 'minimize', workers = 1 }: Search) {
  const sampler = samplerOf(cmaes(options));
  const observations: Observation[] = [];
  for (let number = 0; number < trials; number++) {
    const history: History = { direction, observations: [...observations], next: number, seed };
    const params = sampler.suggest(space, history, createRng(seed).fork(number));
    observations.push({ state: 'running', number, params });
    const done = number - workers + 1;
    if (done < 0) continue;
    const trial = observations[done]!;
    observations[done] = { ...trial, state: 'complete', value: objective(valuesOf(trial.params), trial.params) };
  }
  return observations;
}

function valuesOf(params: FlatParams): readonly number[] {
  return Object.keys(params)
    .sort()
    .map((name) => Number(params[name]));
}

function lowest(observations: readonly Observation[]): number {
  return Math.min(...observations.map((trial) => (trial.state === 'complete' ? trial.value : Number.POSITIVE_INFINITY)));
}

function box(dimension: number, low = -5, high = 5): CompiledSpace {
  return compileSpace(Object.fromEntries(Array.from({ length: dimension }, (_, i) => [`x${i}`, float(low, high)])) as SpaceShape);
}

const sphere: Objective = (x) => x.reduce((sum, value) => sum + (value - 1) ** 2, 0);
const ellipsoid: Objective = (x) => x.reduce((sum, value, i) => sum + 10 ** ((6 * i) / (x.length - 1)) * (value - 1) ** 2, 0);
const rosenbrock: Objective = (x) => x.slice(1).reduce((sum, next, i) => sum + 100 * (next - x[i]! ** 2) ** 2 + (1 - x[i]!) ** 2, 0);

describe('cmaes on known functions', () => {
  // The budgets are what implementations of the tutorial's formulas need, plus a third.
  test.each([
    ['sphere', sphere, 1100, 0.3],
    ['ellipsoid', ellipsoid, 2200, 0.3],
    ['rosenbrock', rosenbrock, 2900, 0.1],
  ] as const)('reaches 1e-9 on the %s in five dimensions', (_, objective, trials, sigma0) => {
    expect(lowest(search(box(5), objective, { seed: 1, trials, options: { sigma0, restarts: 'none' } }))).toBeLessThan(1e-9);
  });

  test('adapts to a rotated ellipsoid as it does to one along the axes; the separable form does not', () => {
    const c = Math.cos(0.7);
    const s = Math.sin(0.7);
    const rotated: Objective = ([x, y]) => ((c * x! + s * y!) * 1000) ** 2 + (c * y! - s * x! - 2) ** 2;
    const run = (separable: boolean): number =>
      lowest(search(box(2), rotated, { seed: 3, trials: 600, options: { separable, restarts: 'none' } }));
    expect(run(false)).toBeLessThan(1e-9);
    expect(run(true)).toBeGreaterThan(1e-4);
  });

  test('the separable form is the faster one where parameters do not interact', () => {
    const run = (separable: boolean): number => lowest(search(box(8), ellipsoid, { seed: 2, trials: 1000, options: { separable } }));
    expect(run(true)).toBeLessThan(run(false) / 10);
  });

  test('finds the exact whole numbers among continuous parameters', () => {
    const space = compileSpace({
      a: float(-10, 10),
      b: float(-10, 10),
      k: int(-10, 10),
      l: int(-10, 10),
      m: int(0, 1),
      n: int(1, 64, { log: true }),
    });
    const objective: Objective = (_, p) =>
      (Number(p['a']) - 0.3) ** 2 +
      (Number(p['b']) + 4.2) ** 2 +
      (Number(p['k']) - 7) ** 2 +
      (Number(p['l']) + 3) ** 2 +
      Number(p['m']) +
      (Math.log2(Number(p['n'])) - 4) ** 2;
    for (const seed of [1, 2, 3]) expect(lowest(search(space, objective, { seed, trials: 1300 })), `seed ${seed}`).toBeLessThan(1e-6);
  });

  test('an optimum in a corner of the box is found', () => {
    expect(lowest(search(box(3, 0, 1), (x) => x.reduce((sum, value) => sum + value, 0), { seed: 1, trials: 400 }))).toBeLessThan(1e-2);
  });

  test('four workers at once cost little', () => {
    const run = (workers: number): number =>
      [1, 2, 3, 4, 5].map((seed) => lowest(search(box(4), sphere, { seed, trials: 300, workers }))).sort((a, b) => a - b)[2]!;
    expect(run(4)).toBeLessThan(run(1) * 100);
    expect(run(4)).toBeLessThan(1e-2);
  });

  test('learns branches and choices beside the numbers', () => {
    const space = compileSpace({
      x: float(-5, 5),
      kind: branch({ good: { y: float(-5, 5) }, bad: { z: float(0, 1) } }),
      c: choice(['p', 'q', 'r']),
    });
    const objective: Objective = (_, p) =>
      (Number(p['x']) - 2) ** 2 + (p['kind'] === 'good' ? (Number(p['kind.good.y']) + 3) ** 2 : 20) + (p['c'] === 'q' ? 0 : 5);
    const runs = [1, 2, 3, 4, 5].map((seed) => lowest(search(space, objective, { seed, trials: 150 }))).sort((a, b) => a - b);
    expect(runs[2]).toBeLessThan(0.1);
  });
});

describe('the history of cmaes', () => {
  test('only the ranks of the values matter', () => {
    const plain = search(box(3), sphere, { seed: 5, trials: 120 });
    const bent = search(box(3), (x, p) => Math.exp(sphere(x, p) / 10) - 7, { seed: 5, trials: 120 });
    const turned = search(box(3), (x, p) => -sphere(x, p), { seed: 5, trials: 120, direction: 'maximize' });
    expect(bent.map(({ params }) => params)).toEqual(plain.map(({ params }) => params));
    expect(turned.map(({ params }) => params)).toEqual(plain.map(({ params }) => params));
  });

  test('a history read at once gives the same suggestion as trial by trial', () => {
    const space = compileSpace({ x: float(-5, 5), n: int(0, 9), lr: float(1e-4, 1, { log: true }) });
    const trials = search(space, (_, p) => Number(p['x']) ** 2 + Number(p['n']), { seed: 4, trials: 60 });
    const next = (some: CompiledSpace, observations: readonly Observation[]): FlatParams =>
      samplerOf(cmaes()).suggest(some, { direction: 'minimize', observations, seed: 4 }, createRng('next'));
    expect(next(compileSpace(space.shape), structuredClone(trials))).toEqual(next(space, trials));
  });

  test('gaps in the trial numbers do not matter', () => {
    const trials = search(box(2), sphere, { seed: 6, trials: 40 });
    const shifted = trials.map((trial) => ({ ...trial, number: trial.number * 3 + 1 }));
    const next = (observations: readonly Observation[]): FlatParams =>
      samplerOf(cmaes()).suggest(box(2), { direction: 'minimize', observations, seed: 6 }, createRng('next'));
    expect(next(shifted)).toEqual(next(trials));
  });

  test('pruned trials rank behind all complete ones, infeasible ones behind those', () => {
    const base = search(box(2), sphere, { seed: 7, trials: 6 });
    const next = (change: (trial: Observation) => Observation): FlatParams =>
      samplerOf(cmaes()).suggest(box(2), { direction: 'minimize', observations: base.map(change), seed: 7 }, createRng('next'));
    const asIs =
      (value: number) =>
      (trial: Observation): Observation =>
        trial.number === 2 ? { ...trial, state: 'complete', value } : trial;
    const worst = next(asIs(1e9));
    expect(next(asIs(-1e9))).not.toEqual(worst);
    expect(next(asIs(Number.NaN))).toEqual(worst);
    expect(next((trial) => (trial.number === 2 ? { ...trial, state: 'pruned', last: { step: 1, value: -1e9 } } : trial))).toEqual(worst);
    expect(next((trial) => (trial.number === 2 ? { ...trial, state: 'complete', value: -1e9, constraints: [-1, 0.5] } : trial))).toEqual(
      worst,
    );
  });
});

describe('cmaes options', () => {
  test('a converged search restarts elsewhere unless restarts are off', () => {
    const farthest = (restarts: 'none' | 'ipop' | 'bipop'): number =>
      Math.max(
        ...search(box(2), sphere, { seed: 8, trials: 900, options: { restarts } })
          .slice(400)
          .map(({ params }) => sphere(valuesOf(params), params)),
      );
    expect(farthest('none')).toBeLessThan(1e-6);
    expect(farthest('ipop')).toBeGreaterThan(0.1);
    expect(farthest('bipop')).toBeGreaterThan(0.1);
  });

  test('restarts escape local optima', () => {
    const rastrigin: Objective = (x) =>
      x.reduce((sum, value) => sum + (value - 1.3) ** 2 + 10 * (1 - Math.cos(2 * Math.PI * (value - 1.3))), 0);
    const run = (seed: number, options: CmaesInput): number => lowest(search(box(2), rastrigin, { seed, trials: 3000, options }));
    for (const seed of [2, 3, 4]) {
      expect(run(seed, { restarts: 'none' })).toBeGreaterThan(0.5);
      expect(run(seed, { restarts: 'ipop' })).toBeLessThan(1e-6);
    }
  });

  test('x0 and sigma0 set the first generation', () => {
    const space = compileSpace({ x: float(-5, 5), lr: float(1e-6, 1, { log: true }) });
    for (const { params } of search(space, () => 0, { seed: 1, trials: 6, options: { x0: { x: 3, lr: 1e-5 }, sigma0: 0.001 } })) {
      expect(Math.abs(Number(params['x']) - 3)).toBeLessThan(0.1);
      expect(Math.abs(Math.log10(Number(params['lr'])) + 5)).toBeLessThan(0.1);
    }
  });

  test.each([
    [{ y: 1 }, /y/],
    [{ x: 50 }, /x/],
    [{ c: 0 }, /c/],
  ] as const)('a start that is not in the space is refused: %j', (x0, place) => {
    const space = compileSpace({ x: float(-5, 5), c: choice(['p', 'q']) });
    expect(() => samplerOf(cmaes({ x0 })).suggest(space, { direction: 'minimize', observations: [] }, createRng(1))).toThrow(
      expect.objectContaining({ code: 'params_invalid', place: expect.stringMatching(place) as string }) as Error,
    );
  });

  test('several objectives are refused', () => {
    const history: History = { direction: 'minimize', directions: ['minimize', 'maximize'], observations: [] };
    expect(() => samplerOf(cmaes()).suggest(box(2), history, createRng(1))).toThrow(
      expect.objectContaining({ code: 'study_invalid', hint: expect.stringMatching(/nsga2/) as string }) as Error,
    );
  });
});

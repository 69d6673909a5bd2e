import { describe, expect, test } from 'vitest';
import { createRng } from '../../../core/rng.ts';
import { hypervolume } from '../../objectives/hypervolume.ts';
import { branch, choice, float, int } from '../../space/builders.ts';
import { checkParams } from '../../space/codec.ts';
import { type CompiledSpace, compileSpace } from '../../space/compile.ts';
import type { FlatParams } from '../../space/param.ts';
import type { History, Observation } from '../../trial/history.ts';
import { nsga2, samplerOf } from '../index.ts';
import { mutate, recombine } from './variation.ts';

interface Evaluation {
  readonly values: readonly number[];
  readonly constraints?: readonly number[];
}

function search(
  space: CompiledSpace,
  evaluate: (params: FlatParams) => Evaluation,
  trials: number,
  seed: number,
  directions: History['directions'] = ['minimize', 'minimize'],
): readonly (Evaluation & { readonly params: FlatParams })[] {
  const sampler = samplerOf(nsga2());
  const observations: Observation[] = [];
  return Array.from({ length: trials }, (_, number) => {
    const params = sampler.suggest(space, { direction: directions[0]!, directions, observations }, createRng(seed).fork(number));
    const evaluation = evaluate(params);
    observations.push({ state: 'complete', number, params, value: evaluation.values[0]!, ...evaluation });
    return { ...evaluation, params };
  });
}

const tenNumbers = compileSpace({
  ...{ x0: float(0, 1), x1: float(0, 1), x2: float(0, 1), x3: float(0, 1), x4: float(0, 1) },
  ...{ x5: float(0, 1), x6: float(0, 1), x7: float(0, 1), x8: float(0, 1), x9: float(0, 1) },
});

/** Zitzler, Deb and Thiele 2000, "Comparison of multiobjective evolutionary algorithms": the front is y = 1 - sqrt(x). */
function zdt1(params: FlatParams): readonly [number, number] {
  const [first, ...rest] = Object.values(params).map(Number);
  const g = 1 + (9 * rest.reduce((sum, value) => sum + value, 0)) / rest.length;
  return [first!, g * (1 - Math.sqrt(first! / g))];
}

describe('nsga2', () => {
  test('approximates the whole front of a function of ten parameters', () => {
    // The true front has 121 - 1/3.
    const volumes = [1, 2, 3].map((seed) =>
      hypervolume(
        search(tenNumbers, (p) => ({ values: zdt1(p) }), 800, seed).map(({ values }) => values),
        [11, 11],
      ),
    );
    expect(volumes.sort((a, b) => a - b)[1]).toBeGreaterThan(119);
  });

  test('each objective has its own direction', () => {
    const trials = search(
      tenNumbers,
      (p) => {
        const [a, b] = zdt1(p);
        return { values: [a, -b] };
      },
      800,
      1,
      ['minimize', 'maximize'],
    );
    const points = trials.map(({ values }) => [values[0]!, -values[1]!]);
    expect(hypervolume(points, [11, 11])).toBeGreaterThan(118);
  });

  test('feasible trials come before all others, the less violating before the more violating', () => {
    const space = compileSpace({ x: float(0, 1), y: float(0, 1) });
    // Feasible only in a corner of a hundredth of the area, from which the objectives alone lead away.
    const trials = search(
      space,
      (p) => ({ values: [Number(p['x']), Number(p['y'])], constraints: [0.9 - Number(p['x']), 0.9 - Number(p['y'])] }),
      200,
      2,
    );
    const feasible = trials.slice(100).filter(({ constraints }) => constraints!.every((value) => value <= 0));
    expect(feasible.length).toBeGreaterThan(50);
    expect(Math.min(...feasible.map(({ values }) => values[0]! + values[1]!))).toBeLessThan(1.82);
  });

  test('the parameters of a case are inherited within the case only', () => {
    const space = compileSpace({
      kind: branch({ left: { a: float(0, 1), n: int(0, 20) }, right: { b: float(0, 1) } }),
      c: choice(['p', 'q', 'r']),
    });
    const trials = search(
      space,
      (p) => {
        checkParams(space, p);
        if (p['kind'] === 'right') return { values: [2, 2] };
        const off = Math.abs(Number(p['kind.left.n']) - 13) + (p['c'] === 'q' ? 0 : 1);
        return { values: [Number(p['kind.left.a']) + off, 1 - Number(p['kind.left.a']) + off] };
      },
      250,
      3,
    );
    const best = trials.slice(-60).filter(({ params }) => params['kind'] === 'left' && params['kind.left.n'] === 13 && params['c'] === 'q');
    expect(best.length).toBeGreaterThan(20);
  });

  test('suggests no params twice while others are nearby', () => {
    const space = compileSpace({ a: int(0, 9), b: int(0, 9), c: choice(['p', 'q']) });
    const trials = search(space, (p) => ({ values: [Number(p['a']), 9 - Number(p['b'])] }), 120, 4);
    const distinct = new Set(trials.slice(20).map(({ params }) => JSON.stringify(params)));
    expect(distinct.size).toBeGreaterThanOrEqual(97);
  });

  test('gaps in the trial numbers and running trials do not matter', () => {
    const trials = search(tenNumbers, (p) => ({ values: zdt1(p) }), 60, 5);
    const observations = trials.map(
      ({ params, values }, number): Observation => ({ state: 'complete', number, params, value: values[0]!, values }),
    );
    const next = (some: readonly Observation[]): FlatParams =>
      samplerOf(nsga2()).suggest(
        tenNumbers,
        { direction: 'minimize', directions: ['minimize', 'minimize'], observations: some },
        createRng(1),
      );
    const later = observations.map((trial) => ({ ...trial, number: 2 * trial.number + 7 }));
    const running: Observation = { state: 'running', number: 500, params: observations[0]!.params };
    expect(next([...later, running])).toEqual(next(observations));
  });
});

describe('variation', () => {
  const rng = createRng('variation');
  const draws = (make: () => number): readonly number[] => Array.from({ length: 20_000 }, make);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

  test('recombined numbers stay in the range and keep their mean', () => {
    const inside = draws(() => recombine(0.3, 0.6, 5, rng));
    expect(mean(inside)).toBeCloseTo(0.45, 2);
    const atEdge = draws(() => recombine(0, 0.01, 1, rng));
    for (const value of [...inside, ...atEdge]) expect(value >= 0 && value <= 1).toBe(true);
    expect(recombine(0.4, 0.4, 5, rng)).toBe(0.4);
  });

  test('the larger the index, the nearer the children', () => {
    const away = (index: number): number =>
      mean(draws(() => recombine(0.3, 0.6, index, rng)).map((child) => Math.min(Math.abs(child - 0.3), Math.abs(child - 0.6))));
    expect(away(20)).toBeLessThan(away(2) / 2);
    const moved = (index: number): number => mean(draws(() => Math.abs(mutate(0.5, index, rng) - 0.5)));
    expect(moved(20)).toBeLessThan(moved(5) / 2);
  });

  test('mutations stay in the range, also at its ends, and go both ways inside it', () => {
    for (const place of [0, 1e-9, 0.5, 1])
      for (const value of draws(() => mutate(place, 5, rng))) expect(value >= 0 && value <= 1).toBe(true);
    const up = draws(() => mutate(0.5, 5, rng)).filter((value) => value > 0.5).length;
    expect(Math.abs(up / 20_000 - 0.5)).toBeLessThan(0.02);
  });
});

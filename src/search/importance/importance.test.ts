import { describe, expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import { suggestUniform } from '../samplers/random/random.ts';
import { branch, choice, float, int } from '../space/builders.ts';
import { type CompiledSpace, compileSpace } from '../space/compile.ts';
import type { FlatParams, SpaceShape } from '../space/param.ts';
import type { History, Observation } from '../trial/history.ts';
import { importance } from './importance.ts';
import { importanceNotes } from './notes.ts';
import type { ImportanceInput } from './options.ts';

const evaluators = ['ped-anova', 'fanova', 'mdi'] as const;

function search(shape: SpaceShape, trials: number, objective: (params: FlatParams) => number): { space: CompiledSpace; history: History } {
  const space = compileSpace(shape);
  const rng = createRng(1);
  const observations = Array.from({ length: trials }, (_, number): Observation => {
    const params = suggestUniform(space, rng);
    return { state: 'complete', number, params, value: objective(params) };
  });
  return { space, history: { direction: 'minimize', observations } };
}

const plain = { much: float(-1, 1), little: float(-1, 1), none: int(1, 9), kind: choice(['a', 'b', 'c']), fixed: float(2, 2) };
const lossOf = (params: FlatParams): number => Number(params['much']) ** 2 + 0.1 * Number(params['little']);

describe.each(evaluators)('%s', (evaluator) => {
  const { space, history } = search(plain, 200, lossOf);

  test('ranks parameters by what they do, in shares that sum to 1', () => {
    const result = importance(space, history, { evaluator });
    expect(result[0]).toMatchObject({ param: 'much' });
    expect(result.map(({ param }) => param).sort()).toEqual(['fixed', 'kind', 'little', 'much', 'none']);
    expect(result.reduce((sum, one) => sum + one.importance, 0)).toBeCloseTo(1, 12);
    expect(result.find(({ param }) => param === 'fixed')).toMatchObject({ importance: 0, low: 0, high: 0 });
    expectIntervalsHoldEstimates(result);
  });

  test('more trials make it surer', () => {
    const more = search(plain, 1000, lossOf);
    const width = (results: ReturnType<typeof importance>): number => {
      const { low, high } = results.find(({ param }) => param === 'much')!;
      return high - low;
    };
    expect(width(importance(more.space, more.history, { evaluator }))).toBeLessThan(width(importance(space, history, { evaluator })));
  });

  test('the same seed gives the same intervals', () => {
    const of = (seed: number) => importance(space, history, { evaluator, seed });
    expect(of(3)).toEqual(of(3));
    expect(of(4)).not.toEqual(of(3));
  });

  test('with fewer than two trials nothing is known', () => {
    for (const count of [0, 1]) {
      const few = importance(space, { ...history, observations: history.observations.slice(0, count) }, { evaluator });
      expect(few.map((one) => one.importance)).toEqual(Array.from({ length: few.length }, () => 1 / 5));
      for (const { low, high } of few) expect([low, high]).toEqual([0, 1]);
    }
  });

  test('values that are not finite, and trials that did not end, change nothing', () => {
    const odd: readonly Observation[] = [
      { state: 'complete', number: 900, params: { much: 0, little: 0, none: 1, kind: 'a', fixed: 2 }, value: Number.NEGATIVE_INFINITY },
      { state: 'complete', number: 901, params: { much: 0, little: 0, none: 1, kind: 'a', fixed: 2 }, value: Number.NaN },
      { state: 'pruned', number: 902, params: { much: 1, little: 0, none: 1, kind: 'a', fixed: 2 }, last: null },
      { state: 'running', number: 903, params: { much: 1, little: 0, none: 1, kind: 'a', fixed: 2 } },
    ];
    const result = importance(space, { ...history, observations: [...history.observations, ...odd] }, { evaluator });
    expect(result).toEqual(importance(space, history, { evaluator }));
  });

  test('equal values: nothing matters more than anything else', () => {
    const flat = search({ x: float(0, 1), y: float(0, 1) }, 30, () => 1);
    const result = importance(flat.space, flat.history, { evaluator });
    expect(result.map((one) => one.importance)).toEqual([0.5, 0.5]);
    for (const { low, high } of result) expect([low, high]).toEqual([0, 1]);
    expect(importanceNotes(flat.space, flat.history, { evaluator })).toEqual(['all 30 values are equal: nothing can be told']);
  });

  test('an empty space has no importances', () => {
    const empty = search({}, 10, () => 1);
    expect(importance(empty.space, empty.history, { evaluator })).toEqual([]);
  });
});

function expectIntervalsHoldEstimates(results: ReturnType<typeof importance>): void {
  for (const { importance: share, low, high } of results) {
    expect(share).toBeGreaterThanOrEqual(low);
    expect(share).toBeLessThanOrEqual(high);
    expect(low).toBeGreaterThanOrEqual(0);
    expect(high).toBeLessThanOrEqual(1);
  }
}

describe('branches', () => {
  const shape = { model: branch({ good: { x: float(-1, 1) }, bad: { y: float(-1, 1) } }), z: float(-1, 1) };
  const { space, history } = search(shape, 300, (params) => (params['model'] === 'good' ? Number(params['model.good.x']) ** 2 : 3));

  test('PED-ANOVA measures a parameter where it exists: one in the good branch counts, one in the bad branch does not', () => {
    const shares = new Map(importance(space, history).map((one) => [one.param, one.importance]));
    expect(shares.size).toBe(4);
    expect(shares.get('model.good.x')).toBeGreaterThan(0.4);
    expect(shares.get('model.bad.y')).toBe(0);
  });

  test('intervals hold the estimates where some trials lack a parameter, few as they are', () => {
    for (const trials of [2, 5, 300])
      expectIntervalsHoldEstimates(importance(space, { ...history, observations: history.observations.slice(0, trials) }));
  });

  test('the forests know only what every trial has', () => {
    expect(importance(space, history, { evaluator: 'fanova' }).map(({ param }) => param)).toEqual(['model', 'z']);
  });
});

describe('several objectives', () => {
  const { space, history } = search({ x: float(0, 1), y: float(0, 1), z: float(0, 1) }, 200, () => 0);
  const directions = ['minimize', 'maximize'] as const;
  const observations = history.observations.map((trial): Observation => {
    const values = [Number(trial.params['x']), Number(trial.params['y'])];
    return { state: 'complete', number: trial.number, params: trial.params, value: values[0]!, values };
  });
  const both: History = { direction: 'minimize', directions, observations };
  const first = (input: ImportanceInput): string => importance(space, both, input)[0]!.param;

  test('PED-ANOVA measures importance for one of them, or for reaching the front', () => {
    expect(first({ objective: 0 })).toBe('x');
    expect(first({ objective: 1 })).toBe('y');
    expect(
      importance(space, both)
        .slice(0, 2)
        .map(({ param }) => param)
        .sort(),
    ).toEqual(['x', 'y']);
  });

  test('has intervals for each of them, and for all', () => {
    for (const input of [{ objective: 0 }, { objective: 1 }, {}]) expectIntervalsHoldEstimates(importance(space, both, input));
  });

  test('a forest evaluates one of them, and needs to be given which', () => {
    expect(first({ evaluator: 'fanova', objective: 1 })).toBe('y');
    expect(() => first({ evaluator: 'mdi' })).toThrow(/evaluates one objective/);
    expect(() => first({ objective: 2 })).toThrow(/no objective 2/);
  });
});

test('options that do not fit are refused', () => {
  const { space, history } = search(plain, 5, lossOf);
  const of = (input: object) => () => importance(space, history, input);
  expect(of({ targetQuantile: 0 })).toThrow(/targetQuantile/);
  expect(of({ targetQuantile: 0.5, regionQuantile: 0.3 })).toThrow(/smaller than regionQuantile/);
  expect(of({ evaluator: 'shap' })).toThrow(/evaluator/);
  expect(of({ colour: 1 })).toThrow(/unknown option colour/);
});

/** A model decides nearly everything, and most trials have the best one, as after a search. */
function settledSearch(trials: number): { space: CompiledSpace; history: History } {
  const shape = {
    model: branch({ ridge: { lambda: float(0, 1) }, deep: { width: float(0, 1), rate: float(0, 1) }, none: {} }),
    seedless: float(0, 1),
  };
  const space = compileSpace(shape);
  const rng = createRng(4);
  const observations: Observation[] = [];
  while (observations.length < trials) {
    const params = suggestUniform(space, rng);
    if (params['model'] !== 'ridge' && rng.uniform() < 0.9) continue;
    const value = { ridge: 0, deep: 5, none: 8 }[String(params['model'])]! + Number(params['model.ridge.lambda'] ?? 0) ** 2;
    observations.push({ state: 'complete', number: observations.length, params, value });
  }
  return { space, history: { direction: 'minimize', observations } };
}

describe('parameters that only some trials have', () => {
  test.each(['fanova', 'mdi'] as const)('%s counts them with their branch, and sees what the branch itself decides', (evaluator) => {
    const { space, history } = settledSearch(150);
    const result = importance(space, history, { evaluator, conditionals: 'weighed' });
    expect(result.map(({ param }) => param).sort()).toEqual([
      'model',
      'model.deep.rate',
      'model.deep.width',
      'model.ridge.lambda',
      'seedless',
    ]);
    expect(result[0]!.param).toBe('model');
    expect(result[0]!.importance).toBeGreaterThan(0.8);
    expectIntervalsHoldEstimates(result);
  });

  test('a choice that the search has settled on is named where densities cannot tell what it is worth', () => {
    const { space, history } = settledSearch(150);
    expect(importanceNotes(space, history)).toEqual([expect.stringMatching(/^8\d % of the trials have model "ridge"/)]);
    expect(importanceNotes(space, history, { evaluator: 'fanova', conditionals: 'weighed' })).toEqual([]);
    expect(importanceNotes(space, history, { evaluator: 'fanova' })).toEqual([
      'fanova leaves out what only some trials have: model.ridge.lambda, model.deep.rate, model.deep.width',
    ]);
  });

  test('one of few trials counts no more for being rare', () => {
    const { space, history } = settledSearch(150);
    const rare = importance(space, history, { conditionals: 'weighed' }).filter(({ param }) => param.startsWith('model.deep'));
    for (const { importance: share } of rare) expect(share).toBeLessThan(0.05);
  });
});

test('few trials for the parameters are said to be few', () => {
  const { space, history } = search({ a: float(0, 1), b: float(0, 1), c: float(0, 1), d: float(0, 1), e: float(2, 2) }, 6, ({ a }) =>
    Number(a),
  );
  expect(importanceNotes(space, history)).toEqual(['6 trials for 4 parameters are few: expect other numbers with more (at least 40)']);
  expect(importanceNotes(space, { ...history, observations: [] })).toEqual([expect.stringMatching(/nothing can be told/)]);
});

test('an interval spreads to both sides of its estimate', () => {
  const { space, history } = search(plain, 60, lossOf);
  const much = importance(space, history).find(({ param }) => param === 'much')!;
  expect(much.high).toBeGreaterThan(much.importance);
  expect(much.low).toBeLessThan(much.importance);
});

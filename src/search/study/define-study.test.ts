import { describe, expect, expectTypeOf, test } from 'vitest';
import { AssayError } from '../../core/errors.ts';
import { forecast, nop } from '../pruners/index.ts';
import { auto, grid, random } from '../samplers/index.ts';
import { branch, choice, float, int } from '../space/builders.ts';
import type { BudgetInput } from './budget.ts';
import { defineStudy, isStudyDefinition } from './define-study.ts';
import { toStudyDescription } from './describe-study.ts';
import type { ModuleRef } from './storage.ts';

const space = { lr: float(1e-5, 1e-2, { log: true }), opt: branch({ adam: { beta1: float(0.8, 0.99) }, sgd: {} }) };
const valid = { name: 'nvda-msft', direction: 'maximize', space, objective: () => 0 } as const;

describe('defineStudy', () => {
  test('types what the objective is given', () => {
    defineStudy({
      name: 'typed',
      direction: 'minimize',
      space: { lr: float(0, 1), act: choice(['relu', 'silu']), opt: branch({ adam: { beta1: float(0, 1) }, sgd: {} }) },
      objective: ({ params }) => {
        expectTypeOf(params).toEqualTypeOf<{ lr: number; act: 'relu' | 'silu'; opt: { name: 'adam'; beta1: number } | { name: 'sgd' } }>();
        return { value: params.lr, metrics: { beta1: params.opt.name === 'adam' ? params.opt.beta1 : 0 } };
      },
    });
  });

  test('fills in what was left out, and cannot be changed afterwards', () => {
    const study = defineStudy(valid);
    expect(study).toMatchObject({
      sampler: auto(),
      pruner: forecast(),
      budget: { trials: 100 },
      seed: 0,
      maxAttempts: 3,
      priority: 0,
      walkForward: null,
    });
    expect(Object.isFrozen(study)).toBe(true);
    expect(isStudyDefinition(study)).toBe(true);
    for (const other of [null, 3, {}, { kind: 'study' }]) expect(isStudyDefinition(other)).toBe(false);
  });

  test.each<[string, Record<string, unknown>, string, string]>([
    ['no name', { name: undefined }, 'study_invalid', 'name'],
    ['an upper-case name', { name: 'NVDA' }, 'study_invalid', 'name'],
    ['a name with an address sign', { name: 'a#1' }, 'study_invalid', 'name'],
    ['a name with a slash', { name: 'a/b' }, 'study_invalid', 'name'],
    ['an unknown direction', { direction: 'max' }, 'study_invalid', 'direction'],
    ['an objective that cannot be called', { objective: 3 }, 'study_invalid', 'objective'],
    ['no trials', { budget: { trials: 0 } }, 'study_invalid', 'budget.trials'],
    ['half a trial', { budget: { trials: 1.5 } }, 'study_invalid', 'budget.trials'],
    ['a budget of nothing', { budget: null }, 'study_invalid', 'budget'],
    ['a misspelt limit', { budget: { trails: 10 } }, 'study_invalid', 'budget'],
    ['a time that is none', { budget: { time: 'soon' } }, 'study_invalid', 'budget.time'],
    ['no steps', { budget: { steps: 0 } }, 'study_invalid', 'budget.steps'],
    ['a misspelt rule', { budget: { stopWhen: { targets: 1 } } }, 'study_invalid', 'budget.stopWhen'],
    ['a target that is no number', { budget: { stopWhen: { target: Number.NaN } } }, 'study_invalid', 'budget.stopWhen.target'],
    [
      'an option the stopping rule has not',
      { budget: { stopWhen: { unlikelyToPay: { gain: 1 } } } },
      'study_invalid',
      'budget.stopWhen.unlikelyToPay',
    ],
    ['half a priority', { priority: 0.5 }, 'study_invalid', 'priority'],
    ['no attempts', { maxAttempts: 0 }, 'study_invalid', 'maxAttempts'],
    ['a fractional seed', { seed: 0.5 }, 'study_invalid', 'seed'],
    ['an unknown sampler', { sampler: { id: 'magic', options: {} } }, 'study_invalid', 'sampler'],
    ['a sampler that is no reference', { sampler: 'tpe' }, 'study_invalid', 'sampler'],
    ['an unknown pruner', { pruner: { id: 'magic', options: {} } }, 'study_invalid', 'pruner'],
    ['a misspelt key', { budgets: { trials: 3 } }, 'study_invalid', 'budgets'],
    ['an impossible space', { space: { lr: float(1, 0) } }, 'space_invalid', 'lr'],
    ['no space', { space: undefined }, 'space_invalid', 'space'],
  ])('refuses %s', (_, change, code, place) => {
    let caught: unknown;
    try {
      defineStudy({ ...valid, ...change } as unknown as typeof valid);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(AssayError);
    expect(caught).toMatchObject({ code, place, hint: expect.any(String) as string });
  });
});

test('a description is plain data', () => {
  const module: ModuleRef = { url: 'file:///study.ts', sourceHash: 'abc', packagesHash: null, gitCommit: null, gitDirty: false };
  const description = toStudyDescription(
    defineStudy({ ...valid, sampler: random(), pruner: nop(), budget: { trials: 7 }, seed: 3 }),
    module,
  );
  expect(JSON.parse(JSON.stringify(description))).toEqual(description);
  expect(description).toMatchObject({
    name: 'nvda-msft',
    direction: 'maximize',
    sampler: { id: 'random', options: {} },
    budget: { trials: 7 },
    seed: 3,
    module,
  });
});

test('a grid without a budget is tried once: its cells are the number of trials', () => {
  const objective = (): number => 0;
  const define = (high: number, budget?: BudgetInput) =>
    defineStudy({
      name: 'g',
      direction: 'minimize',
      space: { a: int(1, high), b: choice(['x', 'y']) },
      sampler: grid(),
      objective,
      ...(budget !== undefined && { budget }),
    }).budget.trials;
  expect(define(2)).toBe(4);
  expect(define(2, { time: '1h' })).toBe(4);
  expect(define(2, { trials: 9 })).toBe(9);
  expect(define(1e9, { trials: 9 })).toBe(9);
  expect(() => define(1e6)).toThrow(/2000000 combinations/);
});

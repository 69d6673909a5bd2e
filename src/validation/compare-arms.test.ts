import { expect, test } from 'vitest';
import { type ArmEvaluation, compareArms } from './compare-arms.ts';
import { sharpe } from './metrics.ts';

const returns = [0.01, -0.02, 0.015, 0.003, -0.004, 0.007];
const evaluations = (shift: (one: { readonly seed: number; readonly fold: number }) => number): readonly ArmEvaluation[] =>
  [1, 2].flatMap((seed) =>
    [0, 1, 2].map((fold) => ({
      number: 7,
      seed,
      fold,
      dailyReturns: returns.map((x, day) => x * (1 + (day * seed) / 100) + shift({ seed, fold })),
    })),
  );
const reference = { name: 'with', evaluations: evaluations(() => 0) };

test('folds are the unit: the mean over seeds of each, and how many are above', () => {
  const arm = { name: 'without', evaluations: evaluations(({ fold }) => (fold === 1 ? 0.002 : -0.001)) };
  const { folds, foldsAbove, foldsBelow, foldsEqual, value, referenceValue, difference, days, low, high } = compareArms(reference, arm);
  expect([foldsAbove, foldsBelow, foldsEqual]).toEqual([1, 2, 0]);
  const ofFold = (side: typeof arm, fold: number) =>
    side.evaluations.filter((one) => one.fold === fold).reduce((sum, { dailyReturns }) => sum + sharpe(dailyReturns) / 2, 0);
  for (const one of folds) {
    expect(one.value).toBeCloseTo(ofFold(arm, one.fold), 12);
    expect(one.difference).toBeCloseTo(ofFold(arm, one.fold) - ofFold(reference, one.fold), 12);
    expect(one.seeds.map(({ number, seed }) => [number, seed])).toEqual([
      [7, 1],
      [7, 2],
    ]);
    expect((one.seeds[0]!.difference + one.seeds[1]!.difference) / 2).toBeCloseTo(one.difference, 12);
    expect(one.seeds[0]!.difference).not.toBe(one.seeds[1]!.difference);
  }
  expect(difference).toBeCloseTo(value - referenceValue, 12);
  expect(days).toBe(18);
  expect(low).toBeLessThan(high);
});

test('the order of the evaluations does not matter', () => {
  const arm = { name: 'without', evaluations: evaluations(() => 0.001) };
  expect(compareArms(reference, { ...arm, evaluations: [...arm.evaluations].reverse() })).toEqual(compareArms(reference, arm));
});

test('arms that lack an evaluation or have other days are not compared', () => {
  const [first, ...others] = reference.evaluations;
  expect(() => compareArms(reference, { name: 'x', evaluations: others })).toThrow(/x has 5 evaluations, with has 6/);
  expect(() => compareArms(reference, { name: 'x', evaluations: [] })).toThrow(/0 evaluations/);
  const shorter = { ...first!, dailyReturns: returns.slice(1) };
  expect(() => compareArms(reference, { name: 'x', evaluations: [shorter, ...others] })).toThrow(/fold 0 of x has other days/);
});

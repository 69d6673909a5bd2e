import fc from 'fast-check';
import { expect, test } from 'vitest';
import { choose, combinations } from './combinations.ts';
import { cpcv } from './cpcv.ts';

test.each([
  { groups: 6, test: 2, splits: 15, paths: 5 },
  { groups: 10, test: 2, splits: 45, paths: 9 },
  { groups: 10, test: 3, splits: 120, paths: 36 },
])('$groups groups of which $test are tested make $splits splits and $paths paths', ({ groups, test: tested, splits, paths }) => {
  const plan = cpcv(groups, tested);
  expect([plan.splits.length, plan.paths.length]).toEqual([splits, paths]);
});

test('the first path of 6 groups takes groups 1 to 6 from the splits that test 12, 12, 13, 14, 15, 16', () => {
  const { splits, paths } = cpcv(6, 2);
  expect(paths[0]!.map((split) => splits[split]!.map((group) => group + 1).join(''))).toEqual(['12', '12', '13', '14', '15', '16']);
});

test('every path tests each group once, and every test of a split belongs to one path', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 1, max: 8 }), (groups, tested) => {
      fc.pre(tested < groups);
      const { splits, paths } = cpcv(groups, tested);
      expect(paths).toHaveLength((tested * choose(groups, tested)) / groups);
      const used = paths.flatMap((path) => path.map((split, group) => `${split} ${group}`));
      expect(paths.every((path) => path.every((split, group) => splits[split]!.includes(group)))).toBe(true);
      expect(new Set(used).size).toBe(splits.length * tested);
    }),
    { numRuns: 25, seed: 1 },
  );
});

test.each([
  [6, 0],
  [6, 6],
  [6, 1.5],
  [6.5, 2],
  [Number.NaN, 2],
  [40, 20],
])('%d groups of which %d are tested are refused', (groups, tested) => {
  expect(() => cpcv(groups, tested)).toThrow(expect.objectContaining({ code: 'config_invalid' }));
});

test('combinations come in lexicographic order, as many as the binomial coefficient says', () => {
  expect(combinations(4, 2)).toEqual([
    [0, 1],
    [0, 2],
    [0, 3],
    [1, 2],
    [1, 3],
    [2, 3],
  ]);
  expect(combinations(16, 8)).toHaveLength(12_870);
  expect([choose(16, 8), choose(50, 25), choose(5, 0), choose(5, 6), choose(5, -1)]).toEqual([12_870, 126_410_606_437_752, 1, 0, 0]);
});

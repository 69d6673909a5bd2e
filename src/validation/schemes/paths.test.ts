import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sharpe } from '../metrics.ts';
import { cpcv } from '../statistics/cpcv.ts';
import { assemblePaths, cpcvOf, quantile } from './paths.ts';

/** Returns that name their split and group: split + group / 10, on two days. */
const splitsOf = (groups: number, test: number) =>
  cpcv(groups, test).splits.map((tested, split) => ({
    split,
    groups: tested.map((group) => ({ group, dailyReturns: [1e-3 * split + 1e-4 * group, -1e-3 * split] })),
  }));

describe('paths', () => {
  test('of 6 groups, 2 tested, are the five of the reference', () => {
    const paths = assemblePaths({ groups: 6, test: 2 }, splitsOf(6, 2), 0.2);
    const golden = JSON.parse(readFileSync(new URL('../../../tests/fixtures/golden/promotion/promotion.json', import.meta.url), 'utf8'));
    const wanted = golden.cpcv.find(({ groups, test: k }: { groups: number; test: number }) => groups === 6 && k === 2).paths as number[][];
    expect(paths.map(({ sharpeDaily, days }) => [sharpeDaily, days])).toEqual(
      wanted.map((path) => {
        const returns = path.flatMap((split, group) => [1e-3 * split + 1e-4 * group, -1e-3 * split]);
        return [sharpe(returns), 12];
      }),
    );
  });

  test('a missing split is named', () => {
    expect(() => assemblePaths({ groups: 4, test: 2 }, splitsOf(4, 2).slice(1), 0.2)).toThrow('split 0 has no returns of group 0');
  });

  test('an account that never traded has the ratio 0, and one active on a day alone as well', () => {
    const still = cpcv(5, 1).splits.map((tested, split) => ({
      split,
      groups: tested.map((group) => ({ group, dailyReturns: [0, 0, split === 2 ? 0.01 : 0, 0, 0] })),
    }));
    expect(assemblePaths({ groups: 5, test: 1 }, still, 0.2)).toMatchObject([{ sharpeDaily: 0, days: 25 }]);
  });

  test('only cpcv has them', () => {
    expect(cpcvOf('cpcv:6,2')).toEqual({ groups: 6, test: 2 });
    expect(cpcvOf('rolling:20')).toBeNull();
  });
});

test('quantiles lie between the order statistics', () => {
  expect([0.05, 0.5, 0.95].map((p) => quantile([3, 1, 2, 5, 4], p))).toEqual([1.2, 3, 4.8].map((x) => expect.closeTo(x, 12)));
  expect(quantile([7], 0.05)).toBe(7);
  expect(quantile([], 0.5)).toBeNaN();
  expect(quantile([1, Number.NaN], 0.5)).toBeNaN();
});

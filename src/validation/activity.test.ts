import { expect, test } from 'vitest';
import { activeDays, isInactive, leastActiveDays } from './activity.ts';

const days = (active: number, of: number) => Array.from({ length: of }, (_, day) => (day < active ? 0.01 * (1 + day) : 0));

test('the floor is a share of the days, rounded up, and never below three', () => {
  expect([1, 3, 8, 15, 16, 51, 60].map((of) => leastActiveDays(of, 0.2))).toEqual([3, 3, 3, 3, 4, 11, 12]);
  expect(leastActiveDays(8, 0)).toBe(3);
  expect(leastActiveDays(8, 1)).toBe(8);
  expect(leastActiveDays(20, 0.5)).toBe(10);
  expect(leastActiveDays(100, 0.55)).toBe(55);
});

test('a day is active if it returned anything, also a loss, a cent or NaN', () => {
  expect(activeDays([0, -0, 1e-9, -0.01, 0.02, Number.NaN])).toBe(4);
  expect(activeDays([])).toBe(0);
});

test('an account below the floor is inactive, one at the floor is not', () => {
  for (const [active, of, inactive] of [
    [0, 8, true],
    [1, 8, true],
    [2, 8, true],
    [3, 8, false],
    [10, 51, true],
    [11, 51, false],
    [0, 3, true],
    [2, 3, true],
    [3, 3, false],
  ] as const)
    expect(isInactive(days(active, of), 0.2), `${active} of ${of}`).toBe(inactive);
});

test('one or two days that returned something have no ratio, which is not the same as none', () => {
  expect([[0.01], [0], [0.01, 0], [0.01, -0.02]].map((returns) => isInactive(returns, 0.2))).toEqual([false, false, false, false]);
  expect(isInactive([0, 0], 0.2)).toBe(true);
});

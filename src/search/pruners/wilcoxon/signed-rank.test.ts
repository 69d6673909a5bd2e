import { expect, test } from 'vitest';
import { signedRankTest } from './signed-rank.ts';

test('p-values are those of the exact distribution', () => {
  // All five differences above 0: one of 32 sign patterns.
  expect(signedRankTest([1, 2, 3, 4, 5], 'above')).toBeCloseTo(1 / 32, 15);
  expect(signedRankTest([-1, -2, -3, -4, -5], 'above')).toBe(1);
  // Rank sum 5 of at most 6 with three differences: the patterns {2,3} and {1,2,3} of 8.
  expect(signedRankTest([-1, 2, 3], 'above')).toBeCloseTo(2 / 8, 15);
  expect(signedRankTest([-1, 2, 3], 'below')).toBeCloseTo(7 / 8, 15);
});

test('a rank sum between two numbers is rounded down on either side of the test', () => {
  // Mean rank 2.5 for the one difference above 0; of 32 patterns 30 have a sum of 2 or more and 3 one of 2 or less.
  expect(signedRankTest([-5, -2, -2, 2, -2], 'above')).toBeCloseTo(30 / 32, 15);
  expect(signedRankTest([-5, -2, -2, 2, -2], 'below')).toBeCloseTo(3 / 32, 15);
});

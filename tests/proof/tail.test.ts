import { expect, test } from 'vitest';
import { tailOf } from './tail.ts';

test('is the upper tail of the binomial distribution', () => {
  expect(tailOf(0, 10, 0.3)).toBe(1);
  expect(tailOf(10, 10, 0.3)).toBeCloseTo(0.3 ** 10, 12);
  expect(tailOf(1, 200, 0.01)).toBeCloseTo(1 - 0.99 ** 200, 12);
  // 4 heads or more of 6: 22 of 64 sequences.
  expect(tailOf(4, 6, 0.5)).toBeCloseTo(22 / 64, 12);
});

test('does not underflow where no draw hitting is impossible', () => {
  expect(tailOf(600, 2000, 0.5)).toBeCloseTo(1, 12);
  expect(tailOf(1000, 2000, 0.5)).toBeCloseTo(0.509, 3);
});

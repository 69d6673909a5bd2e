import { expect, test } from 'vitest';
import { createRng } from '../core/rng.ts';
import { kurtosis, median, robustVariance, sampleVariance, skewness } from './moments.ts';

test('moments of a small sample', () => {
  const x = [1, 2, 3, 10];
  expect(sampleVariance(x)).toBeCloseTo(50 / 3, 12);
  expect(skewness(x)).toBeCloseTo(1.0182337649, 8);
  expect(kurtosis(x)).toBeCloseTo(2.2304, 8);
  expect(median(x)).toBe(2.5);
});

test('of a normal sample: skewness 0, kurtosis 3, and the robust variance is the variance', () => {
  const rng = createRng(1);
  const x = Float64Array.from({ length: 100_000 }, () => 2 * rng.normal());
  expect(skewness(x)).toBeCloseTo(0, 1);
  expect(kurtosis(x)).toBeCloseTo(3, 1);
  expect(sampleVariance(x)).toBeCloseTo(4, 1);
  expect(robustVariance(x)).toBeCloseTo(4, 1);
});

test('one wild value moves the variance but not the robust one', () => {
  const x = [0.1, 0.12, 0.09, 0.11, 0.1, 0.08, -5];
  expect(sampleVariance(x)).toBeGreaterThan(3);
  expect(robustVariance(x)).toBeLessThan(0.001);
});

test('too few values give NaN', () => {
  expect(sampleVariance([1])).toBeNaN();
  expect(robustVariance([1])).toBeNaN();
  expect(median([])).toBeNaN();
  expect(skewness([1, 1])).toBeNaN();
});

test('equal values have no standardised moments, whatever rounding makes of their mean', () => {
  for (const value of [0.001, 0.0007, 7, 1e-300]) {
    expect(skewness(Array<number>(60).fill(value))).toBeNaN();
    expect(kurtosis(Array<number>(60).fill(value))).toBeNaN();
  }
});

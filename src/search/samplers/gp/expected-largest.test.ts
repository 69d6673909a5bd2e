import { expect, test } from 'vitest';
import { createRng } from '../../../core/rng.ts';
import { expectedLargestGain } from './expected-largest.ts';

test('the expected gain of the largest of random lines is that of many draws', () => {
  const rng = createRng('lines');
  const normals = Array.from({ length: 40_000 }, () => rng.normal());
  for (let round = 0; round < 20; round++) {
    const means = Float64Array.from({ length: 1 + rng.int(12) }, () => rng.normal());
    const slopes = Float64Array.from(means, () => rng.normal());
    const largest = means.reduce((a, b) => Math.max(a, b));
    let drawn = 0;
    for (const z of normals)
      drawn += (means.reduce((a, mean, i) => Math.max(a, mean + slopes[i]! * z), Number.NEGATIVE_INFINITY) - largest) / normals.length;
    expect(Math.abs(expectedLargestGain(means, slopes) - drawn)).toBeLessThan(0.03);
  }
});

test('equal lines, parallel lines and a single one gain nothing', () => {
  expect(expectedLargestGain(Float64Array.of(1), Float64Array.of(3))).toBe(0);
  expect(expectedLargestGain(Float64Array.of(1, 1, 1), Float64Array.of(2, 2, 2))).toBe(0);
  expect(expectedLargestGain(Float64Array.of(0, 2, 1), Float64Array.of(-1, -1, -1))).toBe(0);
});

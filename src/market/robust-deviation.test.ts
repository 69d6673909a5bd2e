import { expect, test } from 'vitest';
import { createRng } from '../core/rng.ts';
import { createRobustDeviation } from './robust-deviation.ts';

function deviationOf(values: readonly number[]): number {
  const robust = createRobustDeviation();
  for (const value of values) robust.add(value);
  return robust.deviation();
}

test('the deviation is the median absolute deviation over .6745, to 2 %, whatever the scale and the outliers', () => {
  const rng = createRng('robust');
  const normal = Array.from({ length: 20_001 }, () => rng.normal());
  const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
  for (const [scale, shift] of [
    [1, 0],
    [1e-5, 0],
    [3e-4, 1e-3],
    [40, -7],
  ] as const) {
    const values = normal.map((x, i) => (i % 10 === 0 ? 1e6 : shift + scale * x));
    const center = middle(values);
    const exact = 1.4826 * middle(values.map((x) => Math.abs(x - center)));
    expect(Math.abs(deviationOf(values) / exact - 1), `${scale} ${shift}`).toBeLessThan(0.05);
  }
});

test('it is 0 if half of the values are equal, and NaN without any', () => {
  expect(deviationOf([0, 0, 0, 1, -1])).toBe(0);
  expect(deviationOf([Number.NaN, Number.POSITIVE_INFINITY])).toBeNaN();
});

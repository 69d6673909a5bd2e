import { describe, expect, test } from 'vitest';
import { checkCausal, checkDeterministic, differsAt, someOf } from './repeatable.ts';

describe('a request that is cut', () => {
  /** Two actions a bar, from the bar's number alone. */
  const honest = async (bars: number) => Float64Array.from({ length: 2 * bars }, (_, i) => Math.sin(i));

  test('gives the same actions of an honest policy', async () => {
    expect(await checkCausal(honest, { bars: 389, width: 2, seed: 'a' })).toEqual({ cuts: 3, changed: 0, firstBar: null });
  });

  test('shows a policy that looks one bar ahead, at the bar before the cut', async () => {
    const ahead = async (bars: number) => {
      const prices = Float64Array.from({ length: bars }, (_, i) => Math.sin(i));
      return prices.map((price, i) => Math.sign((prices[i + 1] ?? price) - price));
    };
    const { changed, firstBar, cuts } = await checkCausal(ahead, { bars: 389, width: 1, seed: 'a' });
    expect([cuts, changed]).toEqual([3, 3]);
    expect(firstBar).toBe(someOf(1, 388, 3, 'a')[0]! - 1);
  });

  test('shows a policy that scales by the whole request, from its first bar', async () => {
    const scaled = async (bars: number) => Float64Array.from({ length: bars }, (_, i) => i / bars);
    expect(await checkCausal(scaled, { bars: 100, width: 1, seed: 'b', cuts: 5 })).toEqual({ cuts: 5, changed: 5, firstBar: 1 });
  });

  test('must be answered for every bar', async () => {
    const short = async (bars: number) => new Float64Array(bars - 1);
    await expect(checkCausal(short, { bars: 10, width: 1, seed: 'c' })).rejects.toMatchObject({ code: 'data_invalid' });
  });
});

test('numbers are compared to the last bit, NaN included, and lengths; 0 and -0 are one', async () => {
  expect(await checkDeterministic(Float64Array.of(1, Number.NaN), async () => Float64Array.of(1, Number.NaN))).toBeNull();
  expect(await checkDeterministic(Float64Array.of(0.1 + 0.2), async () => Float64Array.of(0.3))).toBe(0);
  expect(differsAt([1, 0, -0], [1, -0, 0])).toBeNull();
  expect(differsAt([0], [5e-324])).toBe(0);
  expect(differsAt([1, 2], [1, 2, 3])).toBe(2);
  expect(differsAt([1, 2], [1, 2, 3], 2)).toBeNull();
});

test('rows are drawn without repetition, rising, the same for the same seed', () => {
  const rows = someOf(10, 1000, 20, 'seed');
  expect(new Set(rows).size).toBe(20);
  expect([...rows].sort((a, b) => a - b)).toEqual(rows);
  expect(Math.min(...rows)).toBeGreaterThanOrEqual(10);
  expect(Math.max(...rows)).toBeLessThanOrEqual(1000);
  expect(someOf(10, 1000, 20, 'seed')).toEqual(rows);
  expect(someOf(10, 1000, 20, 'other')).not.toEqual(rows);
  expect(someOf(3, 5, 20, 'seed')).toEqual([3, 4, 5]);
  expect(someOf(3, 2, 20, 'seed')).toEqual([]);
  const matrix = Float32Array.of(1, Number.NaN, 0, 4);
  expect(differsAt(matrix, Float32Array.of(1, Number.NaN, -0, 4))).toBeNull();
  expect(differsAt(matrix, Float32Array.of(1, Number.NaN, 0, 5))).toBe(3);
  expect(differsAt(matrix, matrix.subarray(0, 3))).toBe(3);
  expect(differsAt(matrix, Float32Array.of(1, Number.NaN, 0, 5), 3)).toBeNull();
});

import { describe, expect, test } from 'vitest';
import { createRng } from '../core/rng.ts';
import { createMemory } from './memory.ts';
import { Zscore, zscoreOptions } from './zscore.ts';

type Settings = Parameters<typeof zscoreOptions.parse>[0];

function scoresOf(values: ArrayLike<number>, settings: Settings, begins: (t: number) => boolean = () => false): Float64Array {
  const zscore = new Zscore(createMemory(), zscoreOptions.parse(settings));
  return Float64Array.from({ length: values.length }, (_, t) => zscore.next(values[t]!, begins(t)));
}

/** The definition, with both passes over the window afresh. */
function reference(values: Float64Array, window: number, t: number): number {
  const held = values.subarray(Math.max(0, t + 1 - window), t + 1);
  // Distances from the newest value are exact or nearly so.
  const origin = values[t]!;
  const mean = held.reduce((sum, x) => sum + (x - origin), 0) / held.length;
  const deviation = Math.sqrt(held.reduce((sum, x) => sum + (x - origin - mean) ** 2, 0) / held.length);
  return deviation <= 1e-12 * Math.max(1, Math.abs(origin + mean)) ? 0 : -mean / deviation;
}

describe('a z-score', () => {
  test('of 1, 2, 3, 10 ends at 6 over the square root of 12.5; without the value itself at 3 and 9.798', () => {
    expect(scoresOf([1, 2, 3, 10], { window: 4, minimum: 1 })[3]).toBeCloseTo(1.69706, 5);
    const past = scoresOf([1, 2, 3, 10], { window: 4, minimum: 2, include: false });
    expect(past[2]).toBeCloseTo(3, 12);
    expect(past[3]).toBeCloseTo(9.79796, 5);
  });

  test('is 0 until the minimum is there, which is the whole window by default', () => {
    const values = [5, 1, 4, 2, 8, 3];
    expect([...scoresOf(values, { window: 5 })].map((z) => z === 0)).toEqual([true, true, true, true, false, false]);
    expect([...scoresOf(values, { window: 5, minimum: 2 })].map((z) => z === 0)).toEqual([true, false, false, false, false, false]);
  });

  test.each([
    ['volumes of a billion that vary by a thousand', (rng: ReturnType<typeof createRng>) => 1e9 + Math.round(1000 * rng.normal())],
    ['flows around 0', (rng: ReturnType<typeof createRng>) => rng.normal()],
    ['values with outliers of a trillion', (rng: ReturnType<typeof createRng>) => (rng.int(150) === 0 ? 1e12 : rng.normal())],
    ['prices that drift far', (rng: ReturnType<typeof createRng>) => Math.exp(20 * rng.uniform())],
  ])('agrees with its definition at every bar: %s', (_, draw) => {
    const rng = createRng('zscore');
    const values = Float64Array.from({ length: 3000 }, () => draw(rng));
    for (const window of [2, 20, 60, 390]) {
      const scores = scoresOf(values, { window });
      for (let t = window - 1; t < values.length; t++) {
        const wanted = reference(values, window, t);
        expect(Math.abs(scores[t]! - wanted), `window ${window}, bar ${t}: ${scores[t]}, not ${wanted}`).toBeLessThan(1e-9);
      }
    }
  });

  test('does not drift: half a million bars of large values leave nothing behind', () => {
    const zscore = new Zscore(createMemory(), zscoreOptions.parse({}));
    const rng = createRng('drift');
    for (let t = 0; t < 500_000; t++) zscore.next(1e15 * rng.uniform(), false);
    const values = Float64Array.from({ length: 60 }, () => rng.normal());
    const last = Array.from(values, (x) => zscore.next(x, false)).at(-1)!;
    expect(last).toBeCloseTo(reference(values, 60, 59), 12);
  });

  test('with the value in its window is at most the square root of one less than the window', () => {
    const outlier = Float64Array.from({ length: 61 }, (_, t) => (t === 60 ? 1e9 : 0));
    expect(scoresOf(outlier, { window: 60 })[60]).toBeCloseTo(Math.sqrt(59), 9);
  });

  test('of a constant is exactly 0 at any level, also without the value itself', () => {
    for (const level of [0, 0.1, 1e6 / 3, 1e12 + 0.1])
      for (const include of [true, false])
        expect(scoresOf(new Float64Array(200).fill(level), { window: 20, include }).every((z) => z === 0)).toBe(true);
  });

  test('begins anew with a session where it is asked to', () => {
    const values = [1, 2, 3, 50, 60, 70];
    const each = scoresOf(values, { window: 3, minimum: 1, sessionReset: true }, (t) => t === 3);
    expect([...each.subarray(3)]).toEqual([...scoresOf([50, 60, 70], { window: 3, minimum: 1 })]);
    expect(each[3]).toBe(0);
  });
});

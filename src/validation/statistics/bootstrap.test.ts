import { expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import { sharpe } from '../metrics.ts';
import { meanAbove, sharpeInterval } from './bootstrap.ts';
import { drawCircular, drawStationary, percentileInterval } from './resampling.ts';

const noise = (seed: string, days: number, mean = 0): number[] => {
  const rng = createRng(seed);
  return Array.from({ length: days }, () => 0.01 * (mean + rng.normal()));
};

/** Noise whose mean is exactly `errors` standard errors above 0. */
function standing(seed: string, days: number, errors: number): number[] {
  const returns = noise(seed, days);
  const center = returns.reduce((sum, x) => sum + x, 0) / days;
  const deviation = Math.sqrt(returns.reduce((sum, x) => sum + (x - center) ** 2, 0) / days);
  return returns.map((x) => x - center + (errors * deviation) / Math.sqrt(days));
}

test('stationary blocks have the asked mean length, and every day is drawn as often', () => {
  const rng = createRng('blocks');
  const rows = new Int32Array(100);
  for (const meanLength of [1, 4]) {
    const drawn = new Float64Array(100);
    let starts = 0;
    for (let draw = 0; draw < 2000; draw++) {
      drawStationary(rows, meanLength, rng);
      rows.forEach((row, i) => {
        drawn[row]!++;
        if (i > 0 && row !== (rows[i - 1]! + 1) % 100) starts++;
      });
    }
    // A new block goes on by chance in one of 100 cases.
    expect(starts / (2000 * 99)).toBeCloseTo(0.99 / meanLength, 2);
    expect(Math.min(...drawn)).toBeGreaterThan(1700);
    expect(Math.max(...drawn)).toBeLessThan(2300);
  }
});

test('each stationary block is as long as the inverted distribution of its draw, near the border of one day too', () => {
  for (const meanLength of [0.5, 1, 1 + 1e-7, 1.3, 2, 17]) {
    const [rng, same] = [createRng('definition'), createRng('definition')];
    const rows = new Int32Array(40);
    for (let draw = 0; draw < 50; draw++) {
      drawStationary(rows, meanLength, rng);
      const wanted: number[] = [];
      while (wanted.length < rows.length) {
        const length = 1 + Math.floor(Math.log(same.uniform()) / Math.log1p(-1 / Math.max(meanLength, 1)));
        const first = same.int(rows.length);
        for (let i = 0; i < length && wanted.length < rows.length; i++) wanted.push((first + i) % rows.length);
      }
      expect([...rows], `mean ${meanLength}`).toEqual(wanted);
    }
  }
});

test('circular blocks have a fixed length and go on at the first day after the last', () => {
  const rows = new Int32Array(12);
  for (let draw = 0; draw < 50; draw++) {
    drawCircular(rows, 5, createRng(draw));
    for (const from of [0, 5, 10]) for (let i = from + 1; i < Math.min(from + 5, 12); i++) expect(rows[i]).toBe((rows[i - 1]! + 1) % 12);
  }
});

test('the interval leaves out as much below as above', () => {
  const values = Float64Array.from({ length: 1000 }, (_, i) => (i * 7) % 1000);
  expect(percentileInterval(values, 0.95)).toEqual({ low: 25, high: 975 });
});

test('the interval of a Sharpe ratio holds the true one about as often as it says', () => {
  let held = 0;
  for (let i = 0; i < 100; i++) {
    const { low, high } = sharpeInterval(noise(`held ${i}`, 60, 0.1), { draws: 200 });
    if (low <= 0.1 && high >= 0.1) held++;
  }
  expect(held).toBeGreaterThanOrEqual(90);
  expect(held).toBeLessThanOrEqual(99);
});

test('its width is about 2 * 1.96 / sqrt(days); the same returns give the same', () => {
  const returns = noise('width', 250, 0.1);
  const one = sharpeInterval(returns);
  expect(one.sharpe).toBe(sharpe(returns));
  expect((one.high - one.low) * Math.sqrt(250)).toBeGreaterThan(3.3);
  expect((one.high - one.low) * Math.sqrt(250)).toBeLessThan(4.5);
  expect(sharpeInterval(returns)).toEqual(one);
  expect(sharpeInterval(returns, { seed: 2 })).not.toEqual(one);
  const narrow = sharpeInterval(returns, { level: 0.5 });
  expect(narrow.low).toBeGreaterThan(one.low);
  expect(narrow.high).toBeLessThan(one.high);
});

test.each([
  { errors: 0, p: 0.5 },
  { errors: 1, p: 0.159 },
  { errors: 2, p: 0.023 },
  { errors: -1, p: 0.841 },
])('a mean $errors standard errors above 0 has p about $p', ({ errors, p }) => {
  const tested = meanAbove(standing('mean', 100, errors), { meanBlock: 1 });
  expect(Math.abs(tested.p - p)).toBeLessThan(0.015);
});

test('p is never 0, and dependent days make it larger', () => {
  expect(meanAbove(noise('sure', 60, 3)).p).toBe(1 / 10_001);
  const smooth = standing('smooth', 200, 0).map((x, i, all) => (x + (all[i - 1] ?? 0) + (all[i - 2] ?? 0)) / 3 + 0.001);
  expect(meanAbove(smooth).p).toBeGreaterThan(2 * meanAbove(smooth, { meanBlock: 1 }).p);
});

test('too little to judge: NaN with the reason', () => {
  expect(sharpeInterval(noise('few', 10))).toMatchObject({
    low: Number.NaN,
    high: Number.NaN,
    because: expect.stringMatching(/^10 returns/),
  });
  expect(meanAbove(noise('few', 10))).toMatchObject({ p: Number.NaN, because: expect.stringMatching(/^10 returns/) });
  expect(meanAbove(new Array(60).fill(0))).toMatchObject({ p: Number.NaN, because: expect.stringMatching(/do not vary/) });
  expect(() => meanAbove([0.1, Number.NaN])).toThrow(expect.objectContaining({ code: 'data_invalid', place: 'returns[1]' }));
});

import { expect, test } from 'vitest';
import { createRng } from '../core/rng.ts';
import { sharpe } from './metrics.ts';
import { pairedDifference } from './paired.ts';

const noise = (seed: string, days: number): number[] => {
  const rng = createRng(seed);
  return Array.from({ length: days }, () => 0.01 * rng.normal());
};

test('equal arms differ by nothing, exactly', () => {
  const seeds = [noise('a', 40), noise('b', 40)];
  expect(pairedDifference({ reference: seeds, arm: seeds })).toMatchObject({ difference: 0, low: 0, high: 0, days: 40 });
});

test('the difference is that of the means of the Sharpe ratios; what the days have in common cancels', () => {
  const market = noise('market', 60);
  const reference = [market, market.map((x, i) => x + 0.0001 * noise('r', 60)[i]!)];
  const arm = reference.map((returns) => returns.map((x) => x + 0.001));
  const { difference, low, high } = pairedDifference({ reference, arm });
  const mean = (seeds: number[][]) => (sharpe(seeds[0]!) + sharpe(seeds[1]!)) / 2;
  expect(difference).toBeCloseTo(mean(arm) - mean(reference), 12);
  // A tenth of the daily deviation, found in 60 days because the arms share them; unpaired its error would be 0.18.
  expect(low).toBeGreaterThan(0.05);
  expect(high).toBeLessThan(0.2);
  expect(low).toBeLessThan(difference);
  expect(high).toBeGreaterThan(difference);
});

test('95 % intervals of arms without a difference hold 0 about as often', () => {
  let held = 0;
  for (let i = 0; i < 100; i++) {
    const { low, high } = pairedDifference({ reference: [noise(`r${i}`, 60)], arm: [noise(`a${i}`, 60)] });
    if (low <= 0 && high >= 0) held++;
  }
  expect(held).toBeGreaterThanOrEqual(86);
});

test('an account that never traded counts as 0; one without a ratio makes the comparison unknown', () => {
  const traded = noise('t', 20);
  const flat = Array<number>(20).fill(0);
  expect(pairedDifference({ reference: [flat], arm: [traded] }).difference).toBe(sharpe(traded));
  for (const broken of [Array<number>(20).fill(0.001), [...traded.slice(1), Number.NaN]]) {
    const { difference, low, high } = pairedDifference({ reference: [traded], arm: [broken] });
    expect([difference, low, high]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  }
});

test('fewer days than two blocks have a difference and no interval', () => {
  const few = noise('few', 9);
  const { difference, low, high } = pairedDifference({ reference: [few], arm: [few.map((x) => x + 0.01)] });
  expect(difference).toBeGreaterThan(0);
  expect([low, high]).toEqual([Number.NaN, Number.NaN]);
});

import { expect, test } from 'vitest';
import { daysToDetect, detectableSharpe } from './detectable.ts';
import { perLook } from './sidak.ts';

const power = 0.8;

test('the level of each look makes the false alarms of all looks the asked ones', () => {
  expect(perLook(0.05, 1)).toBe(0.05);
  expect(1 - (1 - perLook(0.005, 3)) ** 3).toBeCloseTo(0.005, 15);
  expect(perLook(0.005, 1_000_000)).toBeGreaterThan(5e-9);
  for (const looks of [0, -1, Number.NaN]) expect(perLook(0.05, looks)).toBeNaN();
  for (const level of [0, 1, Number.NaN]) expect(perLook(level, 3)).toBeNaN();
});

test.each([
  { days: 60, daily: 0.49, annual: 7.8 },
  { days: 120, daily: 0.335, annual: 5.3 },
  { days: 250, daily: 0.228, annual: 3.6 },
  { days: 500, daily: 0.16, annual: 2.5 },
])('$days days, three looks at level .01: $daily a day, $annual a year', ({ days, daily, annual }) => {
  const { dailySharpe, annualSharpe } = detectableSharpe({ days, looks: 3, level: 0.01, power });
  expect(dailySharpe).toBeCloseTo(daily, 3);
  expect(annualSharpe).toBeCloseTo(annual, 1);
});

test('days needed are the inverse, rounded up', () => {
  for (const annual of [0.5, 1, 2, 3, 12]) {
    const asked = { looks: 4, level: 0.005, power, seeds: 3, seedCorrelation: 0.7 };
    const days = daysToDetect(annual, asked);
    expect(detectableSharpe({ ...asked, days }).annualSharpe).toBeLessThanOrEqual(annual);
    expect(detectableSharpe({ ...asked, days: days - 1 }).annualSharpe).toBeGreaterThan(annual);
  }
});

test('seeds that agree less show smaller ratios', () => {
  const of = (seeds: number, seedCorrelation: number) =>
    detectableSharpe({ days: 250, looks: 3, level: 0.005, power, seeds, seedCorrelation }).dailySharpe;
  expect(of(3, 1)).toBe(of(1, 1));
  expect(of(1, 1) / of(4, 0)).toBeCloseTo(2, 12);
  expect(of(3, 0.7)).toBeCloseTo(of(1, 1) / Math.sqrt(3 / 2.4), 12);
});

test('too few days can show nothing; senseless questions have no answer', () => {
  expect(detectableSharpe({ days: 3, looks: 3, level: 0.005, power }).dailySharpe).toBe(Number.POSITIVE_INFINITY);
  for (const days of [1, 0, Number.NaN]) expect(detectableSharpe({ days, looks: 3, level: 0.005, power }).dailySharpe).toBeNaN();
  expect(detectableSharpe({ days: 60, looks: Number.NaN, level: 0.005, power }).dailySharpe).toBeNaN();
  expect(detectableSharpe({ days: 60, looks: 1, level: 0.05, power: 0.01 }).dailySharpe).toBeNaN();
  for (const annual of [0, -1, Number.NaN]) expect(daysToDetect(annual, { looks: 3, level: 0.005, power })).toBeNaN();
});

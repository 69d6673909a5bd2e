import { describe, expect, test } from 'vitest';
import { createRng } from '../core/rng.ts';
import {
  averageCorrelation,
  deflatedSharpe,
  effectiveTrials,
  expectedMaximumSharpe,
  minimumTrackRecord,
  probabilisticSharpe,
  sampleOf,
} from './deflated-sharpe.ts';

const normal = { skewness: 0, kurtosis: 3 };
const skewed = { skewness: -1, kurtosis: 6 };

test('probabilistic Sharpe ratio: .1 a day over 252 days', () => {
  expect(probabilisticSharpe({ sharpe: 0.1, periods: 252, ...normal }, 0)).toBeCloseTo(0.942987, 6);
  expect(probabilisticSharpe({ sharpe: 0.1, periods: 252, ...skewed }, 0)).toBeCloseTo(0.933459, 6);
});

test('minimum track record: 272.9 days, and 302.0 when losses are fat', () => {
  expect(minimumTrackRecord({ sharpe: 0.1, ...normal }, 0)).toBeCloseTo(272.9, 1);
  expect(minimumTrackRecord({ sharpe: 0.1, ...skewed }, 0)).toBeCloseTo(302, 1);
  expect(minimumTrackRecord({ sharpe: -0.1, ...normal }, 0)).toBeNaN();
});

test.each([
  { trials: 1, expected: 0 },
  { trials: 10, expected: 1.574598 },
  { trials: 50, expected: 2.276303 },
  { trials: 100, expected: 2.530603 },
  { trials: 1000, expected: 3.255122 },
])('the best of $trials trials without skill is expected at $expected deviations', ({ trials, expected }) => {
  expect(expectedMaximumSharpe(1, trials)).toBeCloseTo(expected, 6);
});

describe('the published example: annual Sharpe 2.5 over 1,250 days, skewness -3, kurtosis 10, variance 1/2 a year', () => {
  const sample = { sharpe: 2.5 / Math.sqrt(250), periods: 1250, skewness: -3, kurtosis: 10 };
  const variance = 0.5 / 250;
  test.each([
    { trials: 100, bar: 0.113172, probability: 0.900397 },
    { trials: 46, bar: 0.1003624, probability: 0.950502 },
  ])('found among $trials trials it is real with probability $probability', ({ trials, bar, probability }) => {
    expect(expectedMaximumSharpe(variance, trials)).toBeCloseTo(bar, 6);
    expect(deflatedSharpe(sample, variance, trials)).toBeCloseTo(probability, 6);
  });
  test('with normal returns the probability would be .942771', () => {
    expect(deflatedSharpe({ ...sample, ...normal }, variance, 100)).toBeCloseTo(0.942771, 6);
  });
});

test('the best of 45 trials without skill reaches an annual Sharpe ratio of 1 over five years', () => {
  expect(expectedMaximumSharpe(1 / 5, 45)).toBeCloseTo(Math.sqrt(4.998 / 5), 3);
});

test('correlated trials count as fewer', () => {
  expect(effectiveTrials(100, 0)).toBe(100);
  expect(effectiveTrials(100, 1)).toBe(1);
  expect(effectiveTrials(100, 0.5)).toBe(50.5);
});

test('the average correlation is that of the pairs, flat series left out', () => {
  const rng = createRng(1);
  const common = Array.from({ length: 500 }, () => rng.normal());
  const series = [1, 2, 3].map(() => common.map((x) => x + rng.normal()));
  expect(averageCorrelation(series)).toBeGreaterThan(0.4);
  expect(averageCorrelation(series)).toBeLessThan(0.6);
  expect(averageCorrelation([series[0]!, series[0]!, common.map(() => 0)])).toBeCloseTo(1, 12);
  expect(averageCorrelation([common, common.map((x) => -x)])).toBeCloseTo(-1, 12);
  expect(averageCorrelation([common])).toBeNaN();
});

test('NaN stays NaN: flat returns, no trials, unknown variance', () => {
  expect(deflatedSharpe(sampleOf([0, 0, 0]), 1, 10)).toBeNaN();
  expect(deflatedSharpe({ sharpe: 0.1, periods: 252, ...normal }, Number.NaN, 10)).toBeNaN();
  expect(expectedMaximumSharpe(1, 0)).toBeNaN();
  expect(expectedMaximumSharpe(-1, 10)).toBeNaN();
});

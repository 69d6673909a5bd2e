import { expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import { deflatedSharpe, expectedMaximumSharpe, probabilisticSharpe, sampleOf } from '../deflated-sharpe.ts';
import { sampleVariance } from '../moments.ts';
import { deflatedThreeWays, minimumBacktestYears, varianceOverDays } from './luck.ts';

const rng = createRng('luck');
const returns = Array.from({ length: 250 }, () => 0.01 * (0.15 + rng.normal()));
const common = Array.from({ length: 51 }, () => rng.normal());
const innerReturns = Array.from({ length: 24 }, () => common.map((x) => 0.7 * x + rng.normal()));
const trialSharpes = innerReturns.map((one) => sampleOf(one).sharpe);
const chances = { trials: 40, trialSharpes, innerReturns, looks: 3 };

test('five years allow about 45 trials to reach an annual Sharpe ratio of 1 by luck', () => {
  expect(minimumBacktestYears(45, 1)).toBeCloseTo(4.998, 3);
  expect(minimumBacktestYears(45, 2)).toBeCloseTo(4.998 / 4, 3);
  expect(minimumBacktestYears(45, 1)).toBeLessThan(2 * Math.log(45));
  expect(minimumBacktestYears(1, 1)).toBe(0);
  for (const sharpe of [0, -1, Number.NaN]) expect(minimumBacktestYears(45, sharpe)).toBeNaN();
  expect(minimumBacktestYears(0, 1)).toBeNaN();
});

test('all trials count with their variance', () => {
  const { all } = deflatedThreeWays(returns, chances);
  expect(all).toEqual({
    chances: 40,
    variance: sampleVariance(trialSharpes),
    bar: expectedMaximumSharpe(sampleVariance(trialSharpes), 40),
    probability: deflatedSharpe(sampleOf(returns), sampleVariance(trialSharpes), 40),
  });
});

test('correlated trials count as fewer, and odd ones do not move a robust variance', () => {
  const { effective } = deflatedThreeWays(returns, chances);
  expect(effective.chances).toBeGreaterThan(20);
  expect(effective.chances).toBeLessThan(34);
  const odd = deflatedThreeWays(returns, { ...chances, trialSharpes: [...trialSharpes.slice(1), 25] });
  expect(odd.all.variance).toBeGreaterThan(100 * odd.effective.variance);
  expect(odd.effective.variance / effective.variance).toBeLessThan(1.5);
  expect(deflatedThreeWays(returns, { ...chances, innerReturns: [] }).effective.chances).toBe(40);
  const opposed = [common, common.map((x) => -x)];
  expect(deflatedThreeWays(returns, { ...chances, innerReturns: opposed }).effective.chances).toBe(40);
});

test('looks count with the variance of estimates without skill', () => {
  const { looked } = deflatedThreeWays(returns, chances);
  expect(looked).toMatchObject({ chances: 3, variance: 1 / 249 });
  expect(looked.bar).toBeCloseTo(expectedMaximumSharpe(1, 3) / Math.sqrt(249), 12);
  expect(deflatedThreeWays(returns, { ...chances, looks: 1 }).looked.probability).toBe(probabilisticSharpe(sampleOf(returns), 0));
});

test('all but equal trials leave a bar of 0, never one below', () => {
  const same = innerReturns.map(() => common.map((x) => x + 1e-6 * rng.normal()));
  const { effective } = deflatedThreeWays(returns, { ...chances, innerReturns: same });
  expect(effective.chances).toBeCloseTo(1, 6);
  expect(effective.bar).toBe(0);
});

test('a count without data is NaN, the others are not', () => {
  const unknown = deflatedThreeWays(returns, { ...chances, trialSharpes: [...trialSharpes, Number.NaN] });
  expect([unknown.all.probability, unknown.effective.probability]).toEqual([Number.NaN, Number.NaN]);
  expect(unknown.looked.probability).toBeGreaterThan(0.5);
  expect(deflatedThreeWays(returns, { ...chances, looks: Number.NaN }).looked.probability).toBeNaN();
  expect(deflatedThreeWays(new Array(250).fill(0), chances).looked.probability).toBeNaN();
});

test('a spread that is noise shrinks with the days', () => {
  expect(varianceOverDays(0.02, 51, 251)).toBeCloseTo(0.004, 15);
  expect(varianceOverDays(0.02, 1, 251)).toBeNaN();
  expect(varianceOverDays(0.02, 51, 1)).toBeNaN();
});

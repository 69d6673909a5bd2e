import { describe, expect, test } from 'vitest';
import { sampleOf } from './deflated-sharpe.ts';
import { annualSharpe, annualSortino, annualTurnover, cagr, maxDrawdown, sharpe, sortino, totalReturn, winRate } from './metrics.ts';

describe('worked example of five days', () => {
  const r = [0.01, -0.02, 0.03, -0.01, 0.02];
  test('Sharpe 4.593220, Sortino 9.524705 (not 13.469967, which takes the negative days only)', () => {
    expect(annualSharpe(r, 252)).toBeCloseTo(4.59322, 6);
    expect(annualSortino(r, 252)).toBeCloseTo(9.524705, 6);
  });
  test('total 2.948504 %, drawdown 2 %, win rate .6', () => {
    expect(totalReturn(r)).toBeCloseTo(0.02948504, 8);
    expect(maxDrawdown(r)).toBeCloseTo(0.02, 12);
    expect(winRate(r)).toBe(0.6);
  });
  test('a yearly growth of 332.56 % from five days is refused unless asked for', () => {
    expect(cagr(r, 252)).toBeNaN();
    expect(cagr(r, 252, 5)).toBeCloseTo(3.3256, 4);
  });
});

test('worked example of ten days', () => {
  const r = [0.002, -0.001, 0, 0.004, -0.003, 0.001, 0.002, -0.002, 0.003, 0.001];
  expect(annualSharpe(r, 252)).toBeCloseTo(5.01996, 6);
  expect(annualSortino(r, 252)).toBeCloseTo(9.391485, 5);
  expect(maxDrawdown(r)).toBeCloseTo(0.003, 6);
  expect(totalReturn(r)).toBeCloseTo(0.00699991, 8);
  expect(winRate(r)).toBeCloseTo(0.666667, 6);
});

test('the drawdown counts from the start value', () => {
  expect(maxDrawdown([-0.05, 0.2])).toBeCloseTo(0.05, 12);
  expect(maxDrawdown([0.01, 0.02])).toBe(0);
});

test('turnover is yearly value traded over mean NAV', () => {
  expect(annualTurnover(200_000, 100_000, 126, 252)).toBe(4);
});

describe('what cannot be computed is NaN and so passes no gate', () => {
  test('a flat account has no Sharpe ratio', () => expect(sharpe([0, 0, 0])).toBeNaN());
  test.each([
    ['0.001', Array<number>(60).fill(0.001)],
    ['0.0007', Array<number>(60).fill(0.0007)],
    ['-0.0007', Array<number>(60).fill(-0.0007)],
    ['1e-300', Array<number>(60).fill(1e-300)],
    ['1e300', Array<number>(60).fill(1e300)],
    ['one value but for rounding', Array.from({ length: 60 }, (_, i) => 0.0007 * (1 + (i % 7) * 2e-16))],
    ['two values in turn', Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? 0.002 : -0.001))],
    ['two values but for rounding', Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? 0.002 : -0.001) * (1 + (i % 7) * 2e-16))],
    ['two periods', [0.01, -0.02]],
  ])('returns without variation have no ratio of any kind: %s', (_, returns) => {
    for (const ratio of [sharpe, sortino]) expect(ratio(returns)).toBeNaN();
    for (const ratio of [annualSharpe, annualSortino]) expect(ratio(returns, 252)).toBeNaN();
    expect(sampleOf(returns)).toEqual({ sharpe: Number.NaN, periods: returns.length, skewness: Number.NaN, kurtosis: Number.NaN });
  });
  test('equal returns as an account shows them, NAV over NAV less 1, have none either', () => {
    for (const rate of [0.001, 0.0007, 1e-4, 3e-6]) {
      const navs = Array.from({ length: 61 }, (_, day) => 100_000 * (1 + rate) ** day);
      expect(sharpe(navs.slice(1).map((nav, day) => nav / navs[day]! - 1))).toBeNaN();
    }
  });
  test('three distinct returns have one, however small they are beside 1', () => {
    const r = [0.01, -0.02, 0.03, -0.01, 0.02];
    for (const scale of [1, 1e-3, 1e-6, 1e-9]) expect(sharpe(r.map((x) => scale * x))).toBeCloseTo(sharpe(r), 6);
  });
  test('a loss that is nothing beside the gains is no downside', () => {
    const r = Array.from({ length: 60 }, (_, i) => (i === 7 ? -1e-20 : 0.01 + i * 1e-4));
    expect(sortino(r)).toBeNaN();
  });
  test('a single period has none either', () => expect(sharpe([0.01])).toBeNaN());
  test('an account that never lost has no Sortino ratio, not an infinite one', () => expect(sortino([0.01, 0.02])).toBeNaN());
  test('no period, no metric', () => {
    for (const metric of [sharpe, sortino, totalReturn, maxDrawdown, winRate]) expect(metric([])).toBeNaN();
    expect(cagr([], 252)).toBeNaN();
  });
  test('NaN among the returns spoils every metric', () => {
    const r = [0.01, Number.NaN, -0.01, 0.02];
    for (const metric of [sharpe, sortino, totalReturn, maxDrawdown, winRate]) expect(metric(r)).toBeNaN();
    expect(cagr(r, 252)).toBeNaN();
  });
});

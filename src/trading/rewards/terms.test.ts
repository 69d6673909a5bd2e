import { describe, expect, test } from 'vitest';
import { annualised, createReturnWindow } from './return-window.ts';
import { drawdownPenalty, sharpeBonus, turnoverPenalty, turnoverRate, turnoverTargetPerStep, volatilityPenalty } from './terms.ts';

const value = 100_000;

describe('turnover penalty on $100,000 with lambda 0.001 and a target of 2 a year', () => {
  test('the target of a step is 2 / 98,280', () => {
    expect(turnoverTargetPerStep(2, 98_280)).toBeCloseTo(0.00002035, 8);
  });

  test.each([
    { traded: 0, rate: 0, penalty: 0 },
    { traded: 1_000, rate: 0.01, penalty: 0.0099593 },
    { traded: 10_000, rate: 0.1, penalty: 0.999593 },
    { traded: 50_000, rate: 0.5, penalty: 24.997965 },
    { traded: 100_000, rate: 1, penalty: 99.99593 },
    { traded: 200_000, rate: 2, penalty: 399.99186 },
  ])('trading $traded costs $penalty', ({ traded, rate, penalty }) => {
    expect(turnoverRate(traded, value)).toBe(rate);
    expect(turnoverPenalty(0.001, value, rate, turnoverTargetPerStep(2, 98_280))).toBeCloseTo(penalty, 6);
  });
});

test.each([
  { volatility: 0.1, penalty: 10 },
  { volatility: 0.2, penalty: 40 },
  { volatility: 0.4, penalty: 160 },
])('a volatility of $volatility costs $penalty a step at beta 0.01', ({ volatility, penalty }) => {
  expect(volatilityPenalty(0.01, value, volatility)).toBeCloseTo(penalty, 10);
});

describe('the return window', () => {
  const navs = [100_000, 100_100, 100_000, 100_200];
  const filled = (lookback: number) => {
    const window = createReturnWindow(1, lookback);
    for (let i = 1; i < navs.length; i++) window.push(0, navs[i]! / navs[i - 1]! - 1);
    window.measure(0);
    return window;
  };

  test('computes the population deviation of the step returns and its annual value', () => {
    const { deviation } = filled(50);
    expect(deviation).toBeCloseTo(0.00124677, 8);
    expect(annualised(deviation, 98_280)).toBeCloseTo(0.3908592213, 9);
    expect(volatilityPenalty(0.01, 100_200, annualised(deviation, 98_280))).toBeCloseTo(153.0764725, 6);
  });

  test('counts portfolio values: a lookback of 3 keeps the last two returns', () => {
    const window = filled(3);
    expect(window.isFull(0)).toBe(true);
    expect(window.mean).toBeCloseTo((navs[2]! / navs[1]! - 1 + navs[3]! / navs[2]! - 1) / 2, 15);
  });

  test('is short at first, has no deviation with one return, and forgets when cleared', () => {
    const window = createReturnWindow(2, 50);
    window.push(1, 0.01);
    window.measure(1);
    expect([window.mean, window.deviation]).toEqual([0.01, 0]);
    window.measure(0);
    expect([window.mean, window.deviation]).toEqual([0, 0]);
    window.clear(1);
    window.measure(1);
    expect(window.mean).toBe(0);
  });
});

test('the Sharpe bonus pays for a positive ratio only and never divides by zero', () => {
  expect(sharpeBonus(0.001, value, 0.0002, 0.001)).toBeCloseTo(20, 10);
  expect(sharpeBonus(0.001, value, -0.0002, 0.001)).toBe(0);
  expect(sharpeBonus(0.001, value, 0.0002, 0)).toBe(0);
});

test('drawdowns up to 1 % are free, and only the excess is charged beyond', () => {
  expect(drawdownPenalty(0.01, value, 0.01)).toBe(0);
  expect(drawdownPenalty(0.01, value, 0.015)).toBeCloseTo(5, 10);
});

test('a window of equal returns has no Sharpe bonus although rounding leaves a deviation', () => {
  for (const stepReturn of [0.001, 0.0007, 1e-300]) {
    const window = createReturnWindow(1, 61);
    for (let step = 0; step < 60; step++) window.push(0, stepReturn);
    window.measure(0);
    expect(sharpeBonus(0.001, value, window.mean, window.deviation)).toBe(0);
  }
});

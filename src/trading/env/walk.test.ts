import { describe, expect, test } from 'vitest';
import { marketOf, noiseBars } from '../../../tests/support/noise-market.ts';
import { createRng } from '../../core/rng.ts';
import { environmentDefaults } from './trading-env.ts';
import { type ActingPolicy, walk } from './walk.ts';

const market = marketOf(noiseBars({ sessions: 6, barsPerSession: 30, seed: 2 }));

function randomPolicy(seed: number): ActingPolicy {
  const rng = createRng(seed);
  return (_, action) => {
    action[0] = 2 * rng.uniform() - 1;
    action[1] = 2 * rng.uniform() - 1;
  };
}

describe('a walk', () => {
  test('visits every decision of its sessions once and gives one return a session', () => {
    const w = walk(market, { from: 2, to: 5 }, environmentDefaults, randomPolicy(1));
    expect([...w.rows]).toEqual(Array.from({ length: 90 }, (_, i) => 60 + i).filter((row) => row % 30 !== 29));
    expect(w.dailyReturns).toHaveLength(3);
    const compounded = (returns: Iterable<number>) => [...returns].reduce((nav, r) => nav * (1 + r), 100_000);
    expect(compounded(w.stepReturns)).toBeCloseTo(w.finalNav, 6);
    expect(compounded(w.dailyReturns)).toBeCloseTo(w.finalNav, 6);
    expect(w.costs.reduce((sum, cost) => sum + cost, 0)).toBeCloseTo(w.costsPaid, 8);
  });

  test('staying flat earns exactly nothing and pays nothing', () => {
    const w = walk(market, { from: 0, to: 6 }, environmentDefaults, (_, action) => action.fill(0));
    expect(w.finalNav).toBe(100_000);
    expect(w.costsPaid).toBe(0);
    expect(w.stepReturns.every((r) => r === 0)).toBe(true);
    expect(w.dailyReturns).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('holds nothing over night: a gap between sessions earns nothing', () => {
    const gapped = noiseBars({ sessions: 2, barsPerSession: 5, seed: 3, volatility: 0 });
    for (const columns of gapped.bars)
      for (const field of ['open', 'high', 'low', 'close'] as const) for (let row = 5; row < 10; row++) columns[field][row]! *= 2;
    const free = { ...environmentDefaults, costs: { transactionBp: 0, impactBp: 0 } };
    const w = walk(marketOf(gapped), { from: 0, to: 2 }, free, (_, action) => action.fill(1));
    expect(w.finalNav).toBeCloseTo(100_000, 8);
  });

  test('counts each breach of the drawdown limit and goes on from a fresh peak', () => {
    const strict = { ...environmentDefaults, maxDrawdown: 0.001 };
    const w = walk(market, { from: 0, to: 6 }, strict, randomPolicy(1));
    expect(w.earlyTerminations).toBeGreaterThan(1);
    expect(w.dailyReturns).toHaveLength(6);
    const breaches = w.stepReturns.length;
    expect(w.earlyTerminations).toBeLessThan(breaches);
    expect(walk(market, { from: 0, to: 6 }, { ...strict, maxDrawdown: 1 }, randomPolicy(1)).earlyTerminations).toBe(0);
  });

  test('a policy that gives NaN or leaves its box is an error', () => {
    const run = (value: number) => () => walk(market, { from: 0, to: 1 }, environmentDefaults, (_, action) => action.fill(value));
    expect(run(Number.NaN)).toThrow('not a number in [-1, 1]');
    expect(run(1.5)).toThrow('not a number in [-1, 1]');
  });
});

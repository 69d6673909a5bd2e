import { describe, expect, test } from 'vitest';
import { createRng } from '../core/rng.ts';
import { type ChainedFold, chainedMetrics } from './chain-folds.ts';
import { maxDrawdown, sharpe, totalReturn } from './metrics.ts';

/** A fold whose steps are its days. */
function foldOf(dailyReturns: readonly number[], others: Readonly<Record<string, number>> = {}): ChainedFold {
  const navs = [1];
  for (const r of dailyReturns) navs.push(navs.at(-1)! * (1 + r));
  const metrics = {
    sharpeDaily: sharpe(dailyReturns),
    sharpeAnnual: sharpe(dailyReturns) * Math.sqrt(252),
    totalReturn: totalReturn(dailyReturns),
    maxDrawdown: maxDrawdown(dailyReturns),
    highestNav: Math.max(...navs),
    lowestNav: Math.min(...navs),
    sessionsPerYear: 252,
    sessions: dailyReturns.length,
    leastActiveShare: 0.2,
    ...others,
  };
  return { metrics, dailyReturns };
}

/** As stored before the highest and lowest NAV were. */
const old = ({ metrics, dailyReturns }: ChainedFold): ChainedFold => ({
  metrics: Object.fromEntries(Object.entries(metrics).filter(([name]) => !newer.has(name))),
  dailyReturns,
});
const newer = new Set(['highestNav', 'lowestNav', 'sessionsPerYear']);

describe('folds in a row', () => {
  test('fall from a peak in one to a low in the next: more than the mean, and more than the worst of them', () => {
    const folds = [foldOf([0.01, -0.02]), foldOf([-0.03, 0.02])];
    const { maxDrawdown: chained, totalReturn: gained, lowestNav, highestNav } = chainedMetrics(folds);
    // 1.01, 0.9898, 0.960106, 0.97930812.
    expect(chained).toBeCloseTo(1 - 0.960106 / 1.01, 12);
    expect(chained).toBeGreaterThan(0.049);
    expect(Math.max(...folds.map(({ metrics }) => metrics['maxDrawdown']!))).toBeCloseTo(0.03, 12);
    expect(gained).toBeCloseTo(-0.02069188, 12);
    expect([lowestNav, highestNav]).toEqual([expect.closeTo(0.960106, 12), expect.closeTo(1.01, 12)]);
    expect(chainedMetrics(folds.map(old))['maxDrawdown']).toBeCloseTo(chained!, 12);
  });

  test('are one account: every figure is that of all returns together, however they are cut', () => {
    const rng = createRng('folds');
    for (let round = 0; round < 50; round++) {
      const folds = Array.from({ length: 1 + rng.int(6) }, () => Array.from({ length: 3 + rng.int(20) }, () => 0.02 * rng.normal()));
      const all = folds.flat();
      const chained = chainedMetrics(folds.map((returns) => foldOf(returns)));
      expect(chained['totalReturn']).toBeCloseTo(totalReturn(all), 10);
      expect(chained['maxDrawdown']).toBeCloseTo(maxDrawdown(all), 10);
      expect(chained['sharpeDaily']).toBe(sharpe(all));
      expect(chained['sharpeAnnual']).toBe(sharpe(all) * Math.sqrt(252));
      expect(chained['sessions']).toBe(all.length);
      if (all.length >= 60) expect(chained['annualReturn']).toBeCloseTo((1 + totalReturn(all)) ** (252 / all.length) - 1, 8);
      else expect(chained).not.toHaveProperty('annualReturn');
    }
  });

  test('count a fold without trades as days of 0, which lowers the ratio of the others', () => {
    const traded = foldOf([0.01, 0.02, -0.005, 0.01]);
    const flat = foldOf([0, 0, 0, 0]);
    const chained = chainedMetrics([traded, flat])['sharpeDaily']!;
    expect(chained).toBe(sharpe([0.01, 0.02, -0.005, 0.01, 0, 0, 0, 0]));
    expect(chained).toBeLessThan(traded.metrics['sharpeDaily']!);
    expect(chainedMetrics([flat, flat])).toMatchObject({ sharpeDaily: 0, sharpeAnnual: 0, totalReturn: 0, maxDrawdown: 0 });
  });

  test('have no ratio where too few of all days returned anything', () => {
    const once = (gain: number, others = {}) => foldOf([gain, 0, 0, 0, 0], others);
    expect(chainedMetrics([once(0.02), once(0)])['sharpeDaily']).toBe(0);
    expect(chainedMetrics([once(0.02), once(0.01), once(0.03)])['sharpeDaily']).toBeGreaterThan(0.4);
    const strict = { leastActiveShare: 0.5 };
    expect(chainedMetrics([once(0.02, strict), once(0.01, strict), once(0.03, strict)])['sharpeDaily']).toBe(0);
  });

  test('add up counts and costs, and average what is neither', () => {
    const counts = { costs: 0.01, earlyTerminations: 1, activeDays: 2, daysTraded: 2, steps: 780, turnover: 100 };
    expect(chainedMetrics([foldOf([0.01, 0.02], counts), foldOf([0.03, 0], { ...counts, turnover: 50 })])).toMatchObject({
      costs: 0.02,
      earlyTerminations: 2,
      activeDays: 4,
      daysTraded: 4,
      steps: 1560,
      turnover: 75,
      sessions: 4,
    });
  });

  test('pass NaN on: a bad fold is not averaged away, a metric that one lacks is unknown', () => {
    const bad = foldOf([0.01, Number.NaN, 0.02]);
    const chained = chainedMetrics([foldOf([0.01, 0.02, 0.03]), bad]);
    for (const name of ['sharpeDaily', 'sharpeAnnual', 'totalReturn', 'maxDrawdown']) expect(chained[name], name).toBeNaN();
    expect(chainedMetrics([foldOf([0.01, 0.02], { own: 1 }), foldOf([0.01, 0.02])])['own']).toBeNaN();
  });

  test('of a study with metrics of its own are their means', () => {
    const own = (score: number): ChainedFold => ({ metrics: { score }, dailyReturns: [0.01, -0.01, 0.02] });
    expect(chainedMetrics([own(1), own(2)])).toEqual({ score: 1.5 });
  });
});

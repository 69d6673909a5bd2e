import { describe, expect, test } from 'vitest';
import { generateMarket } from '../../market/synthetic/generate.ts';
import { marketPresetOf } from '../../market/synthetic/presets.ts';
import { sharpe } from '../../validation/metrics.ts';
import { backtest } from '../env/backtest.ts';
import { environmentDefaults } from '../env/options.ts';
import { marketFrom, normalisedMarket } from '../task/market-data.ts';
import { baselines } from './index.ts';
import { fitRidge } from './ridge.ts';

const train = { from: 0, to: 30 };
const tested = { from: 31, to: 61 };

function marketOf(preset: string) {
  const bars = generateMarket(marketPresetOf(preset), 11, 61);
  return normalisedMarket(marketFrom(bars, 'dual-ticker@2'), train).market;
}

async function backtestOf(name: string, preset: string, config = environmentDefaults) {
  const market = marketOf(preset);
  return backtest(market, tested, config, await baselines[name]!(market, train, config));
}

describe('baselines', () => {
  test('flat returns exactly 0 and pays nothing', async () => {
    const w = await backtestOf('flat', 'planted');
    expect(w.dailyReturns.every((r) => r === 0)).toBe(true);
    expect(w.costs.every((cost) => cost === 0)).toBe(true);
  });

  test('hold buys once a session and sells once', async () => {
    const w = await backtestOf('hold', 'planted', { ...environmentDefaults, maxDrawdown: 1 });
    const sessions = tested.to - tested.from;
    expect(w.traded.filter((value) => value > 100)).toHaveLength(2 * sessions);
    const paid = w.costs.reduce((sum, cost) => sum + cost, 0);
    expect(paid / 100_000).toBeCloseTo(sessions * 2 * 0.95 * 0.5 * 1e-4, 3);
  });

  test('the linear rule finds the planted edge and nothing where there is none', async () => {
    expect(sharpe((await backtestOf('linear', 'planted')).dailyReturns)).toBeGreaterThan(0.8);
    const none = await backtestOf('linear', 'no-edge');
    expect(none.navs.at(-1)).toBeLessThanOrEqual(100_500);
  });

  test('the linear rule is fitted on its training sessions alone: later bars do not change its actions there', async () => {
    const market = marketOf('planted');
    const shaken = { ...market, features: market.features.slice() };
    for (let i = (train.to * 390 + 1) * 24; i < shaken.features.length; i++) shaken.features[i] = -3;
    const actionsOf = async (m: typeof market) => {
      const rule = await baselines['linear']!(m, train, environmentDefaults);
      return (await backtest(m, train, environmentDefaults, rule)).actions;
    };
    expect(await actionsOf(shaken)).toEqual(await actionsOf(market));
  });
});

test('ridge regression recovers the line behind the data, also with a repeated column', () => {
  const n = 500;
  const features = Float32Array.from({ length: n * 3 }, (_, i) => (i % 3 === 2 ? Math.sin(i - 1) : Math.sin(i)));
  const rows = Int32Array.from({ length: n }, (_, i) => i);
  const target = Float64Array.from(rows, (row) => 2 * features[row * 3]! - 3 * features[row * 3 + 1]! + 0.5);
  const { weights, intercept } = fitRidge(features, 3, rows, target, 1e-6);
  expect(weights[0]).toBeCloseTo(2, 4);
  expect(weights[1]! + weights[2]!).toBeCloseTo(-3, 4);
  expect(intercept).toBeCloseTo(0.5, 4);
});

test.each(['features', 'target'] as const)('ridge regression refuses NaN in the %s', (where) => {
  const features = Float32Array.of(1, 2, 3, where === 'features' ? Number.NaN : 4);
  const target = Float64Array.of(1, 2, 3, where === 'target' ? Number.NaN : 4);
  expect(() => fitRidge(features, 1, Int32Array.of(0, 1, 2, 3), target, 1)).toThrow('no finite solution');
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasSharedData, sharedDataFile, sharedDataNote } from '../../../tests/fixtures/shared-data.ts';
import { sha256 } from '../../core/json.ts';
import { createRng } from '../../core/rng.ts';
import { importCsv } from '../../market/store/import-csv.ts';
import { loadDataset } from '../../market/store/read.ts';
import { type AccountPolicy, backtest } from '../env/backtest.ts';
import { decisionsOf, type Market } from '../env/market.ts';
import { environmentDefaults } from '../env/options.ts';
import { createTradingEnv } from '../env/trading-env.ts';
import { rewardV2 } from '../rewards/reward-v2.ts';
import { backtestMetrics } from './fold-metrics.ts';
import { normalisedMarket, rawMarket } from './market-data.ts';

const hashOf = (...columns: (Float64Array | Float32Array | Int32Array | Uint8Array | readonly number[])[]): string =>
  sha256(columns.map((column) => Array.from(column).join()).join(';')).slice(0, 16);

/** Values of studies on stored equities must not change: the hashes were taken before sessions ended by the calendar. */
describe.skipIf(!hasSharedData)(`a study of NVDA and MSFT in 2018${sharedDataNote}`, () => {
  let dataDir: string;
  let market: Market;
  const train = { from: 0, to: 30 };
  const tested = { from: 30, to: 44 };

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'assay-equities-'));
    const sources = ['NVDA', 'MSFT'].map((symbol) => ({ file: sharedDataFile(`equities_1m/${symbol}_1m_2018-02-16_2018-04-20.csv.gz`) }));
    await importCsv({ dataDir, name: 'equities', sources, rules: { auction: 'bar' } });
    market = normalisedMarket(rawMarket(loadDataset(dataDir, 'equities'), 'dual-ticker@2'), train).market;
  });
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  /** A policy whose actions depend on every feature and both positions. */
  function randomNetwork(): AccountPolicy {
    const rng = createRng('network');
    const weights = Array.from({ length: 52 }, () => rng.normal());
    return (observations, actions) => {
      for (let k = 0; k < actions.length; k++)
        actions[k] = Math.tanh(
          observations.subarray(26 * (k >> 1), 26 * ((k >> 1) + 1)).reduce((sum, x, j) => sum + x * weights[26 * (k & 1) + j]!, 0) / 3,
        );
    };
  }

  test('keeps its decisions and the ends of its sessions', () => {
    const { rows, closesSession, sessions } = decisionsOf(market, { from: 0, to: 44 });
    expect(hashOf(rows, closesSession, sessions)).toBe('1fa3a5f48e755ff2');
  });

  test('keeps every fill, net asset value and daily return of a backtest', async () => {
    const result = await backtest(market, tested, environmentDefaults, randomNetwork());
    expect(hashOf(result.rows, result.actions, result.shares, result.costs, result.navs, result.dailyReturns)).toBe('8525b705d48ab962');
    const { exposureDeviation, ...metrics } = backtestMetrics(result, {
      environment: environmentDefaults,
      calendar: market.bars.calendar,
      leastActiveShare: 0.2,
    });
    expect(exposureDeviation).toBeGreaterThan(0);
    // Those that there were when the hash was taken; trades and shaping have come after them.
    expect(hashOf(Object.values(metrics).slice(0, 12))).toBe('e0afa9c1bf9c0bdf');
  });

  test('keeps its rewards', () => {
    const training = { count: 4, episodeSteps: 1000, rewardScale: 1000 };
    const env = createTradingEnv(market, train, environmentDefaults, rewardV2({ riskTime: 'dt' }), training);
    env.reset(createRng('rewards'));
    const act = randomNetwork();
    const actions = new Float32Array(8);
    const rewards: number[] = [];
    for (let step = 0; step < 1500; step++) {
      void act(env.observations, actions, new Uint8Array(4));
      env.step(actions);
      rewards.push(...env.rewards);
    }
    expect(hashOf(rewards)).toBe('224f7ceaed226610');
  });
});

import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { marketOf, noiseBars } from '../../../tests/fixtures/noise-market.ts';
import { createRng } from '../../core/rng.ts';
import { baselines } from '../baselines/index.ts';
import { rewardV2 } from '../rewards/reward-v2.ts';
import { type AccountPolicy, backtest } from './backtest.ts';
import { type EnvironmentConfig, environmentDefaults } from './options.ts';
import { createTradingEnv } from './trading-env.ts';

const bars = noiseBars({ sessions: 8, barsPerSession: 40, seed: 5, volatility: 0.002 });
// The hashes are of rewards that count 98,280 bars a year.
const market = marketOf({ ...bars, calendar: { ...bars.calendar, fullSessionMinutes: 390 } });
const range = { from: 0, to: 8 };
const environments: Readonly<Record<string, EnvironmentConfig>> = {
  defaults: environmentDefaults,
  'a strict drawdown limit and high costs': {
    ...environmentDefaults,
    maxDrawdown: 0.003,
    costs: { transactionBp: 3, impactBp: 2 },
    grossExposure: 2,
  },
  'discrete positions': { ...environmentDefaults, positions: 3 },
};

/** SHA-256 of numbers, bit for bit. */
function digestOf(arrays: readonly (Float64Array | Float32Array | Uint8Array)[]): string {
  const digest = createHash('sha256');
  for (const { buffer, byteOffset, byteLength } of arrays) digest.update(new Uint8Array(buffer, byteOffset, byteLength));
  return digest.digest('hex').slice(0, 16);
}

async function backtestDigest(config: EnvironmentConfig): Promise<string> {
  const rng = createRng('policy');
  const policy: AccountPolicy = (_, actions) => {
    for (let k = 0; k < actions.length; k++) actions[k] = 2 * rng.uniform() - 1;
  };
  const { stepReturns, actions, shares, costs, traded, navs, dailyReturns } = await backtest(market, range, config, policy);
  return digestOf([stepReturns, actions, shares, costs, traded, navs, Float64Array.from(dailyReturns)]);
}

function trainingDigest(config: EnvironmentConfig): string {
  const options = { count: 3, episodeSteps: 60, rewardScale: 2000 };
  const env = createTradingEnv(market, range, config, rewardV2({ volatilityLookback: 12 }), options);
  const rng = createRng('actions');
  env.reset(createRng(3));
  const seen: (Float32Array | Uint8Array)[] = [];
  for (let step = 0; step < 300; step++) {
    env.step(Float32Array.from({ length: 6 }, () => (config.positions === undefined ? 2 * rng.uniform() - 1 : rng.int(config.positions))));
    seen.push(env.observations.slice(), env.rewards.slice(), env.terminated.slice(), env.truncated.slice(), env.finalObservations.slice());
  }
  return digestOf(seen);
}

describe('accounts in fractional shares keep their numbers bit for bit', () => {
  test('of backtests', async () => {
    expect(await Promise.all(Object.values(environments).map(backtestDigest))).toMatchInlineSnapshot(`
      [
        "3db6d4c79b1b4def",
        "2c6adeb5c2273c8b",
        "3db6d4c79b1b4def",
      ]
    `);
  });

  test('of training, with every term of the reward', () => {
    expect(Object.values(environments).map(trainingDigest)).toMatchInlineSnapshot(`
      [
        "a3bfe49a4fe4fac7",
        "8cf359b8adea97dd",
        "ab8ebea3a6d4e477",
      ]
    `);
  });

  test('of the baselines', async () => {
    const digests: string[] = [];
    for (const baseline of Object.values(baselines)) {
      const { navs, shares } = await backtest(market, range, environmentDefaults, await baseline(market, range, environmentDefaults));
      digests.push(digestOf([navs, shares]));
    }
    expect(digests).toMatchInlineSnapshot(`
      [
        "902378c3e9d5718e",
        "3e132893c7e0a3b9",
        "5c31ee34ecc6d0f9",
      ]
    `);
  });
});

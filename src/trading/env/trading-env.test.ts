import { describe, expect, test } from 'vitest';
import { environmentConformance } from '../../../tests/conformance/environment.ts';
import { marketOf, noiseBars } from '../../../tests/fixtures/noise-market.ts';
import { createRng } from '../../core/rng.ts';
import { type RewardV2Options, rewardV2 } from '../rewards/reward-v2.ts';
import { environmentDefaults } from './options.ts';
import { createTradingEnv } from './trading-env.ts';

const market = marketOf(noiseBars({ sessions: 6, barsPerSession: 30, seed: 1 }));
const all = { from: 0, to: 6 };
const training = { count: 4, episodeSteps: 40, rewardScale: 1000 };
const plain = rewardV2({ lambdaTurnover: 0, betaVolatility: 0, sharpeBonus: 0, drawdownPenalty: 0 });

const make = (overrides: Partial<typeof environmentDefaults> = {}, options: Partial<typeof training> = {}) =>
  createTradingEnv(market, all, { ...environmentDefaults, ...overrides }, plain, { ...training, ...options });

environmentConformance('trading', (count) => make({}, { count }));
environmentConformance('trading, discrete positions', (count) => make({ positions: 3 }, { count }));

describe('the training environment', () => {
  test('an observation is features and position, asset by asset', () => {
    const env = make();
    expect(env.observationSize).toBe(4);
    env.reset(createRng(1));
    env.step(Float32Array.from({ length: 8 }, () => 1));
    const [f1, p1, f2, p2] = env.observations;
    expect(p1).toBeCloseTo(1, 1);
    expect(p2).toBeCloseTo(1, 1);
    const row = market.features.findIndex((value, index) => index % 2 === 0 && value === f1);
    expect(market.features[row + 1]).toBe(f2);
  });

  test('says where the next observation is the first of a session, also the final one of an episode', () => {
    // Episodes of 29 decisions from any bar, so that some end where a session does.
    const env = make({ maxDrawdown: 1 }, { count: 8, episodeSteps: 29 });
    env.reset(createRng(4));
    const rowOf = (observations: Float32Array, copy: number) =>
      market.features.findIndex(
        (value, i) => i % 2 === 0 && value === observations[4 * copy] && market.features[i + 1] === observations[4 * copy + 2],
      ) / 2;
    const counts = [0, 0];
    for (let step = 0; step < 200; step++) {
      env.step(new Float32Array(16));
      for (let copy = 0; copy < 8; copy++) {
        const ended = env.truncated[copy]! === 1;
        const row = rowOf(ended ? env.finalObservations : env.observations, copy);
        expect(env.opensSession![copy], `row ${row}`).toBe(row % 30 === 0 ? 1 : 0);
        if (row % 30 === 0) counts[ended ? 1 : 0]!++;
      }
    }
    expect(Math.min(...counts)).toBeGreaterThan(0);
  });

  test('equal seeds have equal episodes, different seeds different ones', () => {
    const rewardsOf = (seed: number) => {
      const env = make();
      env.reset(createRng(seed));
      const actions = createRng('actions');
      return Array.from({ length: 200 }, () => {
        env.step(Float32Array.from({ length: 8 }, () => 2 * actions.uniform() - 1));
        return [...env.rewards];
      });
    };
    expect(rewardsOf(3)).toEqual(rewardsOf(3));
    expect(rewardsOf(3)).not.toEqual(rewardsOf(4));
  });

  test('the reward has the costs of the account: twice the costs, twice the deduction', () => {
    const rewardsWith = (times: number) => {
      const costs = { transactionBp: times * 1, impactBp: times * 0.5 };
      const env = make({ maxDrawdown: 1, costs }, { count: 1, rewardScale: environmentDefaults.capital });
      env.reset(createRng(5));
      const actions = createRng('actions');
      // In account currency. The positions, and so the traded value, follow the NAV, which the costs change by less than a thousandth.
      return Array.from({ length: 20 }, () => {
        env.step(Float32Array.from({ length: 2 }, () => 2 * actions.uniform() - 1));
        return env.rewards[0]!;
      });
    };
    const [free, once, twice] = [0, 1, 2].map(rewardsWith) as [number[], number[], number[]];
    const paid = (rewards: readonly number[], step: number) => free[step]! - rewards[step]!;
    for (let step = 0; step < 20; step++) {
      expect(paid(once, step)).toBeGreaterThan(0);
      expect(paid(twice, step) / paid(once, step)).toBeCloseTo(2, 1);
    }
  });

  test('refuses a reward with costs other than its own, naming both', () => {
    const environment = { ...environmentDefaults, costs: { transactionBp: 2, impactBp: 0.5 } };
    const create = (options: RewardV2Options) => () => createTradingEnv(market, all, environment, rewardV2(options), training);
    expect(create({ transactionBp: 2, impactBp: 0.5 })).not.toThrow();
    for (const [name, options] of [
      ['transactionBp', { transactionBp: 1 }],
      ['impactBp', { impactBp: 0 }],
    ] as const)
      expect(create(options)).toThrow(
        expect.objectContaining({ code: 'config_invalid', place: `reward.${name}`, hint: expect.stringContaining('environment.costs') }),
      );
  });

  test('an episode is truncated after its steps and starts again with cash only', () => {
    const env = make({ maxDrawdown: 1 });
    env.reset(createRng(5));
    for (let step = 1; step <= 40; step++) {
      env.step(Float32Array.from({ length: 8 }, () => 1));
      expect([...env.truncated]).toEqual(Array(4).fill(step === 40 ? 1 : 0));
      expect([...env.terminated]).toEqual([0, 0, 0, 0]);
    }
    expect(env.observations[1]).toBe(0);
    expect(env.observations[3]).toBe(0);
    expect(env.finalObservations.some((value) => value !== 0)).toBe(true);
  });

  test('a drawdown beyond the limit terminates the episode and no other', () => {
    const strict = make({ maxDrawdown: 1e-5 });
    strict.reset(createRng(5));
    let terminated = 0;
    for (let step = 0; step < 20; step++) {
      strict.step(Float32Array.of(1, 1, 0, 0, 0, 0, 0, 0));
      terminated += strict.terminated[0]!;
      expect([...strict.terminated.subarray(1)]).toEqual([0, 0, 0]);
      expect(strict.terminated[0]! + strict.truncated[0]!).toBeLessThanOrEqual(1);
    }
    expect(terminated).toBeGreaterThan(5);
  });

  test('the reward is the net gain in the chosen unit when every penalty is off: costs count once', () => {
    const env = make({ maxDrawdown: 1 }, { count: 1 });
    env.reset(createRng(9));
    const actions = createRng('actions');
    let gained = 0;
    for (let step = 0; step < 39; step++) {
      env.step(Float32Array.of(2 * actions.uniform() - 1, 2 * actions.uniform() - 1));
      gained += env.rewards[0]! / 10;
    }
    // The same actions on a separate ledger: value of cash and shares, costs paid from cash.
    const start = createRng(9).int(6 * 29 - 40);
    const decisions = Array.from({ length: 180 }, (_, row) => row).filter((row) => row % 30 !== 29);
    const again = createRng('actions');
    let cash = 100_000;
    const held = [0, 0];
    const columns = market.bars.bars;
    for (let step = 0; step < 39; step++) {
      const row = decisions[start + step]!;
      const nav = cash + held[0]! * columns[0]!.open[row + 1]! + held[1]! * columns[1]!.open[row + 1]!;
      for (const k of [0, 1]) {
        const price = columns[k]!.open[row + 1]!;
        const target = (Math.fround(2 * again.uniform() - 1) * 0.25 * nav) / price;
        const fill = Math.abs(target - held[k]!) * price;
        cash -= (target - held[k]!) * price + fill * 1e-4 + (fill * 0.5e-4 * fill) / 100_000;
        held[k] = target;
      }
      if (row % 30 === 28)
        for (const k of [0, 1]) {
          const value = held[k]! * columns[k]!.close[row + 1]!;
          cash += value - Math.abs(value) * 1e-4 - (value * value * 0.5e-4) / 100_000;
          held[k] = 0;
        }
    }
    const last = decisions[start + 38]! + 1;
    const nav = cash + held[0]! * columns[0]!.close[last]! + held[1]! * columns[1]!.close[last]!;
    expect(gained * 1000).toBeCloseTo(nav - 100_000, 1);
  });

  test('refuses features that are not finite or do not fit the bars', () => {
    const broken = marketOf(noiseBars({ sessions: 2, barsPerSession: 10, seed: 1 }));
    broken.features[5] = Number.NaN;
    const build = (m: typeof broken) => createTradingEnv(m, { from: 0, to: 2 }, environmentDefaults, plain, training);
    expect(() => build(broken)).toThrow('feature 1 of row 2 is not finite');
    expect(() => build({ ...broken, featuresPerAsset: 3 })).toThrow('do not make');
    expect(() => createTradingEnv(broken, { from: 7, to: 9 }, environmentDefaults, plain, training)).toThrow('hold no two bars');
  });
});

import { describe, expect, test } from 'vitest';
import { createAccounts, openAccount } from '../env/account.ts';
import { type RewardV2Options, rewardV2, rewardV2Defaults } from './reward-v2.ts';

const place = { barsPerYear: 98_280, barsPerSession: 390 };
const off = { lambdaTurnover: 0, betaVolatility: 0, sharpeBonus: 0, drawdownPenalty: 0 };

/** Rewards of a list of steps, each with its gain, value traded (impact off) and the account's costs. */
function rewardsOf(options: RewardV2Options, steps: readonly { gain: number; traded?: number; paid?: number }[]): number[] {
  const accounts = createAccounts(1, 2);
  openAccount(accounts, 0, 100_000);
  const reward = rewardV2({ impactBp: 0, ...options })(1, place);
  reward.reset(0);
  return steps.map(({ gain, traded = 0, paid = 0 }) => {
    const before = accounts.nav[0]!;
    accounts.nav[0] = before + gain - paid;
    accounts.peak[0] = Math.max(accounts.peak[0]!, accounts.nav[0]!);
    accounts.stepGain[0] = gain;
    accounts.stepTraded[0] = traded;
    return reward.ofStep(accounts, 0, before, { terminated: false });
  });
}

describe('reward v2', () => {
  test('has the eight published defaults', () => {
    expect(Object.values(rewardV2Defaults)).toEqual([1, 0.5, 0.001, 2, 0.01, 50, 0.001, 0.01]);
  });

  test.each([
    ['an unknown one', { sharpBonus: 1 }, /sharpBonus: unknown key/],
    ['a text', { sharpeBonus: 'high' }, /sharpeBonus: it takes a number, not "high"/],
    ['NaN', { lambdaTurnover: Number.NaN }, /lambdaTurnover: it takes a number, not NaN/],
    ['half a value in the window', { volatilityLookback: 2.5 }, /volatilityLookback: it takes a whole number/],
    ['another time of the risk', { riskTime: 'year' }, /riskTime: it takes one of step, dt/],
  ])('refuses %s among the coefficients', (_, options, message) => {
    expect(() => rewardV2(options as RewardV2Options)).toThrow(message);
  });

  test('a flat account has a reward of 0', () => {
    const rewards = rewardsOf(
      {},
      Array.from({ length: 120 }, () => ({ gain: 0 })),
    );
    expect(rewards.every((reward) => reward === 0)).toBe(true);
  });

  test('costs are deducted once, from the gain before costs', () => {
    expect(rewardsOf(off, [{ gain: 50, traded: 50_000, paid: 5 }])[0]).toBeCloseTo(45, 10);
  });

  test('half the account traded costs the published $25 on top', () => {
    expect(rewardsOf({ ...off, lambdaTurnover: 0.001 }, [{ gain: 0, traded: 50_000, paid: 5 }])[0]).toBeCloseTo(-5 - 24.997965, 5);
  });

  test('the volatility of the window is charged at each step, as published', () => {
    const steps = [{ gain: 100 }, { gain: -100 }, { gain: 200 }];
    const rewards = rewardsOf({ ...off, betaVolatility: 0.01 }, steps);
    expect(rewards[0]).toBe(100);
    expect(rewards[2]).toBeCloseTo(200 - 153.0764725, 5);
    const prorated = rewardsOf({ ...off, betaVolatility: 0.01, riskTime: 'dt' }, steps);
    expect(prorated[2]).toBeCloseTo(200 - 153.0764725 / 98_280, 8);
  });

  test('the Sharpe bonus waits for a full window', () => {
    const steps = Array.from({ length: 5 }, (_, i) => ({ gain: i % 2 === 0 ? 100 : 50 }));
    const rewards = rewardsOf({ ...off, sharpeBonus: 0.001, volatilityLookback: 5 }, steps);
    expect(rewards[2]).toBe(100);
    expect(rewards[3]).toBeGreaterThan(50 + 100);
  });

  test('a drawdown beyond 1 % is charged from the peak of the episode', () => {
    const rewards = rewardsOf({ ...off, drawdownPenalty: 0.01 }, [{ gain: 1_000 }, { gain: -2_020 }]);
    expect(rewards[0]).toBe(1_000);
    expect(rewards[1]).toBeCloseTo(-2_020 - 0.01 * 98_980 * 0.01, 6);
  });

  test('reset forgets the window', () => {
    const accounts = createAccounts(1, 2);
    openAccount(accounts, 0, 100_000);
    const reward = rewardV2({ ...off, betaVolatility: 1 })(1, place);
    for (const nav of [101_000, 99_000, 102_000]) {
      const before = accounts.nav[0]!;
      accounts.nav[0] = nav;
      accounts.stepGain[0] = nav - before;
      reward.ofStep(accounts, 0, before, { terminated: false });
    }
    reward.reset(0);
    accounts.stepGain[0] = 0;
    expect(reward.ofStep(accounts, 0, accounts.nav[0]!, { terminated: false })).toBe(0);
  });
});

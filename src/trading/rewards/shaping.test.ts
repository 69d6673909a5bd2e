import { describe, expect, test } from 'vitest';
import { marketOf, noiseBars } from '../../../tests/fixtures/noise-market.ts';
import { createRng } from '../../core/rng.ts';
import { type AccountPolicy, backtest } from '../env/backtest.ts';
import { environmentDefaults } from '../env/options.ts';
import { createTradingEnv } from '../env/trading-env.ts';
import { rewardMetrics } from '../task/reward-metrics.ts';
import type { RewardFactory } from './reward.ts';
import { rewardV2 } from './reward-v2.ts';
import { shaped } from './shaping.ts';
import { taskReward } from './task-reward.ts';

const plain = { lambdaTurnover: 0, betaVolatility: 0, sharpeBonus: 0, drawdownPenalty: 0 };
const base = rewardV2(plain);
const market = marketOf(noiseBars({ sessions: 10, barsPerSession: 30, seed: 2, volatility: 0.003 }));
const all = { from: 0, to: 10 };
const open = { ...environmentDefaults, maxDrawdown: 1 };

/** Leaves and enters positions often: each action is short, flat or long. */
function tradingPolicy(): AccountPolicy {
  const rng = createRng('trades');
  return (_, actions) => {
    for (let k = 0; k < actions.length; k++) if (rng.uniform() < 0.3) actions[k] = rng.int(3) - 1;
  };
}

const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);
const rewarded = (reward: RewardFactory, policy: AccountPolicy = tradingPolicy()) => backtest(market, all, open, policy, { reward });

describe('shaping', () => {
  test('without coefficients is the reward itself', () => {
    expect(shaped(base, {}, 0.99)).toBe(base);
    expect(taskReward({ ...plain, shaping: { minimumBars: 9 } }, {}).audited).toBeUndefined();
  });

  test('pays and charges each closed trade once, in the step that closes it', async () => {
    const coefficients = { winBonus: 0.1, lossPenalty: 0.2, holdDiscipline: 1e-4, minimumBars: 5, cap: 0.01 };
    const { reward, trades } = await rewarded(shaped(base, coefficients, 0.99));
    expect(trades.length).toBeGreaterThan(60);
    const expected = trades.map(({ netPnl, value, bars }) => {
      const r = netPnl / value;
      const terms = 0.1 * Math.min(Math.max(r, 0), 0.01) - 0.2 * Math.min(Math.max(-r, 0), 0.01) - 1e-4 * Math.max(0, 1 - bars / 5);
      return value * terms;
    });
    expect(sum(reward!.shaping)).toBeCloseTo(sum(expected), 6);
    const unshaped = await rewarded(base);
    for (const [step, total] of reward!.total.entries())
      expect(total - reward!.shaping[step]!).toBeCloseTo(unshaped.reward!.total[step]!, 8);
  });

  test('by potentials sums to nothing over an episode that ends flat, discounted as the agent discounts', async () => {
    const gamma = 0.9;
    const { reward, rows } = await rewarded(shaped(base, { pnlPotential: 0.5 }, gamma));
    const firstSession = rows.filter((row) => row < 30).length;
    let discounted = 0;
    for (let step = 0; step < firstSession; step++) discounted += gamma ** step * reward!.shaping[step]!;
    expect(discounted).toBeCloseTo(0, 8);
    expect(reward!.shaping.some((value) => Math.abs(value) > 1)).toBe(true);
  });

  test('by the potential of the drawdown has none where an episode was terminated', () => {
    const reward = shaped(base, { drawdownPotential: 1 }, 1);
    const env = createTradingEnv(market, all, { ...environmentDefaults, maxDrawdown: 1e-4 }, reward, {
      count: 1,
      episodeSteps: 200,
      rewardScale: environmentDefaults.capital,
    });
    env.reset(createRng(3));
    let [shapedSum, plainSum, ends] = [0, 0, 0];
    const again = createTradingEnv(market, all, { ...environmentDefaults, maxDrawdown: 1e-4 }, base, {
      count: 1,
      episodeSteps: 200,
      rewardScale: environmentDefaults.capital,
    });
    again.reset(createRng(3));
    while (ends < 5) {
      for (const one of [env, again]) one.step(Float32Array.of(1, -1));
      shapedSum += env.rewards[0]!;
      plainSum += again.rewards[0]!;
      ends += env.terminated[0]!;
      // With gamma 1 what the potential gave within an episode is taken back at its end.
      if (env.terminated[0] === 1) expect(shapedSum).toBeCloseTo(plainSum, 1);
    }
  });

  test('that depends on trades continues with the same bits after an interruption', () => {
    const reward = shaped(base, { winBonus: 0.1, lossPenalty: 0.2, holdDiscipline: 1e-4, pnlPotential: 0.1, holdBonus: 1e-6 }, 0.99);
    const create = () => createTradingEnv(market, all, open, reward, { count: 3, episodeSteps: 50, rewardScale: 1000 });
    const rng = createRng('actions');
    const actions = Array.from({ length: 120 }, () => Float32Array.from({ length: 6 }, () => rng.int(3) - 1));
    const whole = create();
    whole.reset(createRng(1));
    const seen: Float32Array[] = [];
    let saved: ReturnType<typeof whole.save> | null = null;
    for (const [step, action] of actions.entries()) {
      if (step === 61) saved = whole.save();
      whole.step(action);
      seen.push(whole.rewards.slice());
    }
    const resumed = create();
    resumed.restore(saved!);
    for (const [step, action] of actions.slice(61).entries()) {
      resumed.step(action);
      expect(resumed.rewards).toEqual(seen[61 + step]);
    }
  });

  test.each([
    ['winBonus', { winBonus: -1 }],
    ['holdDiscipline', { holdDiscipline: Number.NaN }],
    ['cap', { cap: 0 }],
    ['winsBonus', { winsBonus: 1 } as object],
  ])('refuses settings out of range, naming %s', (name, options) => {
    expect(() => taskReward({ shaping: options }, {})).toThrow(
      expect.objectContaining({ code: 'config_invalid', place: `reward.shaping.${name}` }),
    );
  });
});

describe('the detector', () => {
  const metricsWith = async (shaping: object, policy?: AccountPolicy) => rewardMetrics(await rewarded(shaped(base, shaping, 0.99), policy));

  test('flags the hold bonus that pays an idle account up to 2,000 a step on 100,000', async () => {
    const idle: AccountPolicy = (_, actions) => void actions.fill(0);
    const bonus = shaped(base, { holdBonus: 0.002 }, 0.99);
    const long = marketOf(noiseBars({ sessions: 14, barsPerSession: 30, seed: 2 }));
    const result = await backtest(long, { from: 0, to: 14 }, open, idle, { reward: bonus });
    expect(Math.max(...result.reward!.total)).toBe(2_000);
    expect(result.stepGains.every((gain) => gain === 0)).toBe(true);
    expect(rewardMetrics(result)).toMatchObject({ shapingShare: 1, rewardWithoutProfit: 1, shaping_dominates: 1 });
  });

  test('flags it for an account that trades in the first session only', async () => {
    let steps = 0;
    const once: AccountPolicy = (_, actions) => void actions.fill(steps++ < 20 ? 1 : 0);
    expect(await metricsWith({ holdBonus: 0.002 }, once)).toMatchObject({ shaping_dominates: 1 });
  });

  test('does not flag small terms that follow the trades, nor a reward without shaping', async () => {
    expect(await metricsWith({ winBonus: 0.01, lossPenalty: 0.02 })).toMatchObject({ shaping_dominates: 0 });
    const { shapingShare } = await metricsWith({ winBonus: 0.01, lossPenalty: 0.02 });
    expect(shapingShare).toBeGreaterThan(0);
    const { reward: _, ...unshaped } = await rewarded(base);
    expect(rewardMetrics({ ...unshaped, reward: null })).toEqual({ shapingShare: 0, shaping_dominates: 0 });
  });
});

import { describe, expect, test } from 'vitest';
import { marketOf, noiseBars } from '../../../tests/fixtures/noise-market.ts';
import { createRng } from '../../core/rng.ts';
import { start } from '../agents/live-memory.ts';
import { type AccountPolicy, backtest } from './backtest.ts';
import { environmentDefaults } from './options.ts';

const market = marketOf(noiseBars({ sessions: 6, barsPerSession: 30, seed: 2 }));

function randomPolicy(seed: number): AccountPolicy {
  const rng = createRng(seed);
  return (_, action) => {
    action[0] = 2 * rng.uniform() - 1;
    action[1] = 2 * rng.uniform() - 1;
  };
}

describe('a backtest', () => {
  test('makes every decision of its sessions once and has one return per session', async () => {
    const w = await backtest(market, { from: 2, to: 5 }, environmentDefaults, randomPolicy(1));
    expect([...w.rows]).toEqual(Array.from({ length: 90 }, (_, i) => 60 + i).filter((row) => row % 30 !== 29));
    expect(w.dailyReturns).toHaveLength(3);
    const compounded = (returns: Iterable<number>) => [...returns].reduce((nav, r) => nav * (1 + r), 100_000);
    expect(compounded(w.stepReturns)).toBeCloseTo(w.navs.at(-1)!, 6);
    expect(compounded(w.dailyReturns)).toBeCloseTo(w.navs.at(-1)!, 6);
  });

  test('a flat policy returns exactly 0 and pays nothing', async () => {
    const w = await backtest(market, { from: 0, to: 6 }, environmentDefaults, (_, actions) => void actions.fill(0));
    expect(w.navs.every((nav) => nav === 100_000)).toBe(true);
    expect(w.costs.every((cost) => cost === 0)).toBe(true);
    expect(w.stepReturns.every((r) => r === 0)).toBe(true);
    expect(w.dailyReturns).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('holds nothing over night: a gap between sessions has no return', async () => {
    const gapped = noiseBars({ sessions: 2, barsPerSession: 5, seed: 3, volatility: 0 });
    for (const columns of gapped.bars)
      for (const field of ['open', 'high', 'low', 'close'] as const) for (let row = 5; row < 10; row++) columns[field][row]! *= 2;
    const free = { ...environmentDefaults, costs: { transactionBp: 0, impactBp: 0 } };
    const w = await backtest(marketOf(gapped), { from: 0, to: 2 }, free, (_, actions) => void actions.fill(1));
    expect(w.navs.at(-1)).toBeCloseTo(100_000, 8);
  });

  test('counts each breach of the drawdown limit, sells everything and goes on from a fresh peak with what is left', async () => {
    const strict = { ...environmentDefaults, maxDrawdown: 0.001 };
    const heldBefore: number[] = [];
    const trade = randomPolicy(1);
    const w = await backtest(market, { from: 0, to: 6 }, strict, (observation, action, starts) => {
      if (starts[0] === 1) heldBefore.push(...observation.filter((_, i) => i % (observation.length / 2) === observation.length / 2 - 1));
      return trade(observation, action, starts);
    });
    expect(w.earlyTerminations).toBeGreaterThan(1);
    expect(w.dailyReturns).toHaveLength(6);
    expect(heldBefore).toEqual(new Array(2 * (1 + w.earlyTerminations)).fill(0));
    // Losses are kept: the last NAV is every step's return compounded, over all breaches.
    expect(w.navs.at(-1)).toBeLessThan(100_000 * (1 - 0.001) ** 2);
    expect(w.stepReturns.reduce((nav, r) => nav * (1 + r), 100_000)).toBeCloseTo(w.navs.at(-1)!, 6);
    const patient = await backtest(market, { from: 0, to: 6 }, { ...strict, maxDrawdown: 1 }, randomPolicy(1));
    expect(patient.earlyTerminations).toBe(0);
  });

  test('marks what a step begins: an episode first and after each breach, else a session at its first bar', async () => {
    const strict = { ...environmentDefaults, maxDrawdown: 0.001 };
    const begun: number[] = [];
    const trade = randomPolicy(1);
    const w = await backtest(market, { from: 0, to: 6 }, strict, (observations, actions, starts) => {
      begun.push(starts[0]!);
      return trade(observations, actions, starts);
    });
    const stepsThatBegin = (what: number) => begun.flatMap((begins, step) => (begins === what ? [step] : []));
    const episodes = stepsThatBegin(start.episode);
    expect(episodes[0]).toBe(0);
    expect(episodes).toHaveLength(1 + w.earlyTerminations);
    const opens = Array.from({ length: 6 }, (_, session) => 29 * session);
    expect(stepsThatBegin(start.session)).toEqual(opens.filter((step) => !episodes.includes(step)));
    expect(stepsThatBegin(start.session).length).toBeGreaterThan(0);
  });

  test('an action of NaN or outside of [-1, 1] is an error', async () => {
    const run = (value: number) => backtest(market, { from: 0, to: 1 }, environmentDefaults, (_, actions) => void actions.fill(value));
    await expect(run(Number.NaN)).rejects.toThrow('not a number in [-1, 1]');
    await expect(run(1.5)).rejects.toThrow('not a number in [-1, 1]');
  });
});

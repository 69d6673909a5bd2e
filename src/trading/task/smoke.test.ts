import { expect, test } from 'vitest';
import { options, type Params, table } from '../../../tests/fixtures/trading-task.ts';
import { defineFeatureSet } from '../../features/own-set.ts';
import type { SmokeCheck } from '../../search/study/smoke.ts';
import type { TradingTaskOptions } from './options.ts';
import { tradingTask } from './task.ts';

async function smoke(changes: Partial<TradingTaskOptions<Params>> = {}, steps = 160): Promise<Readonly<Record<string, SmokeCheck>>> {
  const checks = await tradingTask<Params>({ ...options, ...changes }).smoke({
    params: { lr: 1e-3 },
    seed: 17,
    steps,
    signal: new AbortController().signal,
    dataset: () => Promise.resolve(table),
  });
  return Object.fromEntries(checks.map((check) => [check.check, check]));
}
const broken = (checks: Readonly<Record<string, SmokeCheck>>) =>
  Object.values(checks).flatMap(({ check, verdict }) => (verdict === 'broken' ? [check] : []));

/** One feature a symbol, of what is returned for each row. */
const setOf = (id: string, featureOf: (row: number, close: number) => number) =>
  defineFeatureSet({
    id,
    features: ['x'],
    start: () => {
      let row = 0;
      return {
        push: ({ close }, out) => {
          for (let symbol = 0; symbol < out.length; symbol++) out[symbol] = featureOf(row, close[symbol]!);
          row++;
        },
      };
    },
  });

test('a sound task is ok, with the numbers that it was judged by; the same seed sees the same', async () => {
  const checks = await smoke();
  expect(broken(checks)).toEqual([]);
  expect(Object.keys(checks)).toEqual([
    'features',
    'constant features',
    'clipped features',
    'rewards',
    'losses',
    'exploring',
    'network',
    'policy',
    'account',
    'speed',
  ]);
  expect(checks['rewards']!.facts).toMatchObject({ rewards: 160, notFinite: 0 });
  expect(checks['network']!.facts['actor']).toBeGreaterThan(0.9);
  expect(Object.keys(checks['network']!.facts)).toEqual(expect.arrayContaining(['actor', 'critic', 'targetCritic', 'temperature/log']));
  expect(Object.keys(checks['network']!.facts).filter((name) => /adam|learningRate/.test(name))).toEqual([]);
  expect(checks['account']!.facts['lowest']).toBeGreaterThan(0);
  expect(checks['speed']!.facts['trialSeconds']).toBeGreaterThan(0);
  const { speed: _, ...again } = await smoke();
  const { speed: __, ...first } = checks;
  expect(again).toEqual(first);
});

test('a reward of another size is worth a look, with the scale that would fit', async () => {
  const { deviation } = (await smoke())['rewards']!.facts;
  const rewardScale = (options.training.rewardScale * 30) / deviation!;
  const { rewards } = await smoke({ training: { ...options.training, rewardScale } });
  expect(rewards).toMatchObject({
    verdict: 'look',
    advice: expect.stringContaining(`about ${Number((rewardScale / 100).toPrecision(3))}`),
  });
});

test('a reward that never moves is broken', async () => {
  const checks = await smoke({ training: { ...options.training, rewardScale: 1e-60 } });
  expect(checks['rewards']!.verdict).toBe('broken');
});

test('a learning rate of nothing leaves the network as it was, which is broken', async () => {
  const checks = await smoke({ agent: () => ({ ...options.agent({ lr: 1e-3 }), learningRate: 1e-30 }) });
  expect(broken(checks)).toEqual(['network']);
  expect(checks['network']!.facts['actor']).toBe(0);
});

test('a training that diverges is broken, with what it said and what was seen until then', async () => {
  const checks = await smoke({ agent: () => ({ ...options.agent({ lr: 1e-3 }), learningRate: 1e30 }) });
  expect(checks['finite']).toMatchObject({ verdict: 'broken', found: expect.stringMatching(/gradient step \d/) });
  expect(checks['rewards']!.facts['notFinite']).toBe(0);
  expect(checks).not.toHaveProperty('policy');
});

test('without a gradient step nothing can be said of learning, which is broken', async () => {
  expect(broken(await smoke({}, 8))).toEqual(['losses', 'network', 'speed']);
});

test('features: one that is not finite is broken, constant and often clipped ones are named', async () => {
  const nan = await smoke({ features: setOf('nan@1', (row, close) => (row === 800 ? Number.NaN : close)) });
  expect(nan['finite']).toMatchObject({ verdict: 'broken', found: expect.stringContaining('x') });

  const constant = await smoke({ features: setOf('constant@1', () => 3) });
  expect(constant['constant features']!.verdict).toBe('broken');
  const one = await smoke({ features: ['dual-ticker@2', setOf('constant@1', () => 3)] });
  expect(one['constant features']).toMatchObject({ verdict: 'look', facts: { constant: 2 } });

  const { 'clipped features': clipped } = await smoke({ features: setOf('spikes@1', (row) => (row % 50 === 0 ? 1 : 0)) });
  expect(clipped).toMatchObject({ verdict: 'look', found: expect.stringContaining('NVDA.x, MSFT.x') });
  expect(clipped!.facts['most']).toBeCloseTo(0.02, 3);
});

test('trades that cost nothing are worth a look', async () => {
  const { account } = await smoke({ environment: { costs: { transactionBp: 0, impactBp: 0 } } });
  expect(account).toMatchObject({ verdict: 'look', advice: expect.stringContaining('cost nothing') });
});

test('settings that cannot be are refused as a trial refuses them', async () => {
  await expect(smoke({ sessions: { ...options.sessions, searchSessions: 99 } })).rejects.toMatchObject({ code: 'config_invalid' });
});

import { describe, expect, test } from 'vitest';
import { tableOf } from '../../../tests/fixtures/tables.ts';
import { contextOf, options, type Params } from '../../../tests/fixtures/trading-task.ts';
import { generateMarket } from '../../market/synthetic/generate.ts';
import { marketPresets, presetFor } from '../../market/synthetic/presets.ts';
import type { AgentConfig } from '../agents/create.ts';
import { loadPolicy } from '../agents/policy.ts';
import type { TradingTaskOptions } from './options.ts';
import { tradingTask } from './task.ts';

const symbols = ['NQ', 'ES', 'RTY'];
const terms = { unit: 'contract', multiplier: 2, tick: 0.25, feePerSide: 0.62, initialMargin: 900, maintenanceMargin: 800 } as const;

/** A task on generated bars of n symbols that trades them in contracts. */
function taskOf(n: number, change: Partial<TradingTaskOptions<Params>> = {}) {
  const traded = symbols.slice(0, n);
  const table = tableOf(generateMarket(presetFor(marketPresets.planted, traded), 4, 12));
  const task = tradingTask<Params>({
    ...options,
    features: 'bar-flow@1',
    environment: {
      capital: 10_000,
      sizing: 'margin',
      overnight: 'hold',
      maxDrawdown: 0.5,
      costs: { model: 'contract', slippageTicks: 0.5 },
      instruments: Object.fromEntries(traded.map((symbol) => [symbol, { ...terms, maxUnits: 2 }])),
    },
    training: { environments: 4, updates: 12, episodeSteps: 60, rewardScale: 200 },
    ...change,
  });
  return { task, context: () => contextOf({ dataset: () => Promise.resolve(table) }) };
}

const attentive = {
  encoder: 'cross-ticker',
  encoderWidth: 8,
  encoderHeads: 2,
  encoderLayers: 1,
  encoderInner: 8,
  encoderOutputs: 8,
} as const;
const agents: readonly (readonly [string, AgentConfig])[] = [
  ['SAC', { hidden: [8], batchSize: 16, warmupSteps: 40, ...attentive }],
  [
    'recurrent PPO',
    {
      id: 'recurrent-ppo',
      memoryWidth: 8,
      hidden: [],
      rolloutSteps: 8,
      sequenceSteps: 4,
      batchSequences: 4,
      epochs: 1,
      ...attentive,
      encoderEmbedding: 'shared',
    },
  ],
];

describe.each([1, 3])('a task on %i assets', (n) => {
  test.each(agents)('is searched, evaluated and saved with %s', async (_, agent) => {
    const { task, context } = taskOf(n, { agent: () => agent });
    const { value, metrics } = await task.objective(context());
    // Few units and small actions: an account that never holds one counts as 0.
    expect(value).toBe(metrics['turnover'] === 0 ? 0 : metrics['sharpeDaily']);
    const [fold] = await task.walkForward.plan(context());
    const evaluation = await task.walkForward.evaluate({ ...context(), seed: 1 }, fold!);
    // Held overnight there is a decision at every bar but the last.
    expect(evaluation.stepReturns).toHaveLength(2 * 390 - 1);
    expect(evaluation.dailyReturns).toHaveLength(2);
    const ahead = await task.walkForward.evidence!(context(), [fold!]);
    expect(ahead).toEqual({ steps: 2 * 390 - 1, days: 2, folds: 1, shortestFold: 2 });
    const policy = await loadPolicy(evaluation.policy);
    expect([policy.observationSize % n, policy.actionSize]).toEqual([0, n]);
    expect(JSON.parse(policy.metadata['symbols']!)).toEqual(symbols.slice(0, n));
    expect(JSON.parse(policy.metadata['instruments']!)[n - 1]).toMatchObject({ symbol: symbols[n - 1], ...terms, maxUnits: 2 });
    await policy.dispose();
  });

  test('states the terms of its instruments and what was held with every result', async () => {
    const { task, context } = taskOf(n);
    const [fold] = await task.walkForward.plan(context());
    const { hold, flat, linear } = await task.walkForward.baselines(context(), fold!);
    const last = symbols[n - 1]!;
    expect(hold!.metrics).toMatchObject({
      [`feePerSide.${last}`]: 0.62,
      [`initialMargin.${last}`]: 900,
      [`maintenanceMargin.${last}`]: 800,
      [`multiplier.${last}`]: 2,
      slippageTicks: 0.5,
      marginCalls: 0,
      shapingShare: 0,
    });
    const counts = [-2, -1, 0, 1, 2].map((count) => hold!.metrics[`held.${last}.${count}`]!);
    expect(counts.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(counts[4]).toBeGreaterThan(0.9);
    // Bought once and held over night, sold at the end: a fee and half a tick for each unit and side.
    expect(hold!.friction.paid).toBeCloseTo(n * 2 * 2 * (0.62 + 0.25), 8);
    expect(flat!.friction).toEqual({ transactionBp: 0, impactBp: 0, paid: 0 });
    expect(linear!.stepReturns).toHaveLength(2 * 390 - 1);
  });
});

test('a trial whose reward is shaped is flagged where the shaping dominates, in its metrics and those of its evaluations', async () => {
  const bonus = taskOf(1, {
    reward: () => ({ betaVolatility: 0, shaping: { holdBonus: 0.05 } }),
    agent: () => ({ hidden: [8], warmupSteps: 40 }),
  });
  const { metrics, value } = await bonus.task.objective(bonus.context());
  expect(metrics).toMatchObject({ shaping_dominates: 1 });
  // The objective is that of the same policy without shaping: a Sharpe ratio of net returns.
  expect(value).toBe(metrics['turnover'] === 0 ? 0 : metrics['sharpeDaily']);
  const [fold] = await bonus.task.walkForward.plan(bonus.context());
  const evaluation = await bonus.task.walkForward.evaluate({ ...bonus.context(), seed: 1 }, fold!);
  expect(evaluation.metrics['shapingShare']).toBeGreaterThan(0);
  expect(evaluation.metrics['rewardCorrelation']).toBeDefined();
  const { sessionRewards, dailyReturns } = evaluation;
  expect(sessionRewards).toHaveLength(dailyReturns.length);
  expect(sessionRewards!.every(Number.isFinite) && new Set(sessionRewards).size > 1).toBe(true);
  const plain = taskOf(1);
  expect((await plain.task.objective(plain.context())).metrics).toMatchObject({ shapingShare: 0, shaping_dominates: 0 });
  expect(await plain.task.walkForward.evaluate({ ...plain.context(), seed: 1 }, fold!)).not.toHaveProperty('sessionRewards');
});

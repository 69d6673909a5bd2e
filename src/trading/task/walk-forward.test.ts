import { describe, expect, test } from 'vitest';
import { bars, changedFrom, contextOf, options, type Params, table, task } from '../../../tests/fixtures/trading-task.ts';
import type { SharedTable } from '../../core/table.ts';
import type { FoldWindow } from '../../search/study/walk-forward.ts';
import type { AgentConfig } from '../agents/create.ts';
import { loadPolicy } from '../agents/policy.ts';
import { type AccountPolicy, backtest } from '../env/backtest.ts';
import { rowsOf } from '../env/market.ts';
import { type EnvironmentConfig, environmentDefaults } from '../env/options.ts';
import { normalisedMarket, rawMarket } from './market-data.ts';
import { sessionsOf } from './session-plan.ts';
import { tradingTask } from './task.ts';

const remembering = [
  [
    environmentDefaults,
    () => ({ hidden: [8], batchSize: 8, warmupSteps: 40, memory: 'mamba-2', memoryWidth: 8, memoryLayers: 1, window: 8 }),
    undefined,
  ],
  [
    { ...environmentDefaults, positions: 3 },
    () => ({
      id: 'recurrent-ppo',
      memoryWidth: 8,
      hidden: [],
      rolloutSteps: 8,
      sequenceSteps: 4,
      batchSequences: 4,
      epochs: 1,
      encoder: 'cross-ticker',
      encoderWidth: 8,
      encoderHeads: 2,
      encoderLayers: 1,
      encoderInner: 8,
      encoderOutputs: 8,
    }),
    3,
  ],
] as const satisfies readonly (readonly [EnvironmentConfig, () => AgentConfig, number | undefined])[];

describe('the walk-forward', () => {
  const planned = () => task.walkForward.plan({ dataset: () => Promise.resolve(table) });

  test('tests follow one another after the search window, with the purge between training and test', async () => {
    const folds = await planned();
    const searchEnd = bars.time[rowsOf(bars, { from: 7, to: 8 }).to - 1]!;
    expect(folds).toHaveLength(2);
    expect(folds[0]!.testStart).toBeGreaterThan(searchEnd);
    expect(folds[1]!.testStart).toBeGreaterThanOrEqual(folds[0]!.testEnd);
    for (const { trainStart, trainEnd, testStart, purgedBars } of folds) {
      expect(trainStart).toBe(bars.time[0]);
      expect(trainEnd).toBeLessThan(testStart);
      expect(purgedBars).toBe(390);
    }
  });

  const evaluate = (fold: FoldWindow, data = table, seed = 1) =>
    task.walkForward.evaluate({ ...contextOf({ dataset: () => Promise.resolve(data) }), seed }, fold);

  test('an evaluation holds every step and session of the test part, the costs, and a policy that acts', async () => {
    const [fold] = await planned();
    const evaluation = await evaluate(fold!);
    expect(evaluation.stepReturns).toHaveLength(2 * 389);
    expect(evaluation.dailyReturns).toHaveLength(2);
    expect(evaluation.friction).toMatchObject({ transactionBp: 1, impactBp: 0.5 });
    expect(evaluation.friction.paid).toBeGreaterThan(0);
    const policy = await loadPolicy(evaluation.policy);
    expect(policy.observationSize).toBe(26);
    expect(policy.metadata).toMatchObject({ trial: 'study#3', seed: '1', features: 'dual-ticker@2', observations: 'raw' });
    expect(policy.metadata).toMatchObject({ study: 'study', paramsHash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(JSON.parse(policy.metadata['normaliser']!).fittedOn).toEqual({ from: 59, to: 7 * 390 });
    await policy.dispose();
  });

  test('training for a fold does not see its test part or later bars', async () => {
    const [fold] = await planned();
    const bytes = async (data: SharedTable) => (await evaluate(fold!, data)).policy;
    expect(await bytes(changedFrom(8))).toEqual(await bytes(table));
    expect(await bytes(changedFrom(6))).not.toEqual(await bytes(table));
  });

  test('an evaluation is that of the saved file: with memory, and with discrete positions', async () => {
    const [fold] = await planned();
    for (const [environment, agent, choices] of remembering) {
      const remembers = tradingTask<Params>({ ...options, environment, agent });
      const { value, metrics } = await remembers.objective(contextOf());
      expect(metrics['sharpeDaily']).toBe(value);
      const evaluation = await remembers.walkForward.evaluate({ ...contextOf(), seed: 1 }, fold!);
      const policy = await loadPolicy(evaluation.policy);
      expect(policy.stateSize).toBeGreaterThan(0);
      // The saved file takes raw features.
      const {
        train,
        test: [tested],
      } = sessionsOf(fold!, bars);
      const market = normalisedMarket(rawMarket(table, 'dual-ticker@2'), train).unnormalised;
      const wanted = new Set<number>();
      const act: AccountPolicy = async (observations, actions, starts) => {
        const chosen = await policy.act(observations, starts);
        actions.set(choices === undefined ? chosen : chosen.map((choice) => choice - 1));
        for (const action of actions) wanted.add(action);
      };
      const again = await backtest(market, tested!, environment, act);
      expect(again.stepReturns).toEqual(evaluation.stepReturns);
      if (choices !== undefined) expect([...wanted].every((action) => [-1, 0, 1].includes(action))).toBe(true);
      await policy.dispose();
    }
  });

  test('discrete positions are refused for an agent with continuous actions', async () => {
    const free = tradingTask<Params>({ ...options, environment: { ...environmentDefaults, positions: 3 } });
    await expect(free.objective(contextOf())).rejects.toMatchObject({ code: 'config_invalid', place: 'environment.positions' });
  });

  test('baselines are evaluated on the same steps, and flat returns exactly 0', async () => {
    const [fold] = await planned();
    const evaluations = await task.walkForward.baselines({ dataset: () => Promise.resolve(table) }, fold!);
    expect(Object.keys(evaluations)).toEqual(['flat', 'hold', 'linear']);
    expect(evaluations['flat']!.stepReturns.every((r) => r === 0)).toBe(true);
    expect(evaluations['hold']!.stepReturns).toHaveLength(2 * 389);
    expect(evaluations['linear']!.friction.transactionBp).toBe(1);
  });

  test('folds of another data set are refused', async () => {
    const [fold] = await planned();
    const far = { ...fold!, testStart: 9e12, testEnd: 9e12 + 1 };
    await expect(evaluate(far)).rejects.toThrow('holds no bar from');
  });
});

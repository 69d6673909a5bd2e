import { describe, expect, test, vi } from 'vitest';
import {
  bars,
  changedFrom,
  contextOf,
  options,
  type Params,
  sessions,
  stillFrom,
  table,
  task,
} from '../../../tests/fixtures/trading-task.ts';
import type { SharedTable } from '../../core/table.ts';
import { type SearchWindow, type TrialContext, TrialPruned } from '../../search/study/trial-context.ts';
import type { ExecutorChoice } from '../../tensor/executors/executor.ts';
import { sharpe } from '../../validation/metrics.ts';
import type { AgentConfig } from '../agents/create.ts';
import { rowsOf } from '../env/market.ts';
import { environmentDefaults } from '../env/options.ts';
import type { TradingTaskOptions } from './options.ts';
import { tradingTask } from './task.ts';

describe('the objective', () => {
  test('reports as often as asked, with rising steps, and ends with the last reported value', async () => {
    const reported: [number, number][] = [];
    const last: unknown[] = [];
    const report: TrialContext<Params>['report'] = async (step, value, _, options) => {
      reported.push([step, value]);
      last.push(options?.last);
    };
    const { value, metrics } = await task.objective(contextOf({ report }));
    expect(reported.map(([step]) => step)).toEqual([4, 8, 12]);
    // The pruner does not stop a trial that was trained to its end.
    expect(last).toEqual([false, false, true]);
    expect(reported.at(-1)![1]).toBe(value);
    expect(metrics).toMatchObject({ sessions: 3, steps: 3 * 389, sharpeDaily: value });
    expect(metrics['train.gradientStepsPerSecond']).toBeGreaterThan(0);
  });

  test('is equal for equal seeds and differs for different seeds', async () => {
    const scoreOf = async (seed: number) => (await task.objective(contextOf({ seed }))).value;
    expect(await scoreOf(17)).toBe(await scoreOf(17));
    expect(await scoreOf(17)).not.toBe(await scoreOf(18));
  });

  test('is one account whatever trains: the same policy has the same value and terminations with 1, 2 and 4 environments', async () => {
    // At this rate no weight moves, so each trial scores the initial policy.
    const still = { lr: 1e-30 };
    const strict = { ...environmentDefaults, grossExposure: 2, maxDrawdown: 0.003 };
    const scored = async (environments: number) => {
      const training = { ...options.training, environments };
      const { value, metrics } = await tradingTask<Params>({ ...options, environment: strict, training }).objective(
        contextOf({ params: still }),
      );
      const performance = Object.entries(metrics).filter(([name]) => !name.startsWith('train.'));
      return { value, metrics: Object.fromEntries(performance) };
    };
    const one = await scored(1);
    expect(one.metrics['earlyTerminations']).toBeGreaterThan(1);
    for (const environments of [2, 4]) expect(await scored(environments)).toEqual(one);
  });

  test('with several seeds reports once for all of them, and ends with their mean', async () => {
    const reported: [number, number][] = [];
    const report = (step: number, value: number) => Promise.resolve(void reported.push([step, value]));
    const several = tradingTask<Params>({ ...options, training: { ...options.training, seeds: 2 } });
    const { value, metrics } = await several.objective(contextOf({ report }));
    expect(reported.map(([step]) => step)).toEqual([4, 8, 12]);
    expect(reported.at(-1)![1]).toBe(value);
    const { 'seeds.worst': worst, 'seeds.best': best } = metrics;
    expect((worst! + best!) / 2).toBeCloseTo(value, 12);
    expect(best).toBeGreaterThan(worst!);
    expect(metrics).toMatchObject({ sessions: 3, steps: 3 * 389, sharpeDaily: value });
    // The first seed is that of a trial with one seed.
    const alone = await task.objective(contextOf());
    expect(Math.min(Math.abs(worst! - alone.value), Math.abs(best! - alone.value))).toBeLessThan(1e-3);
    expect(Object.keys(alone.metrics).filter((name) => name.startsWith('seeds'))).toEqual([]);
  });

  test('sees nothing after the search window, and does see its last session', async () => {
    const scoreOn = async (data: SharedTable) => (await task.objective(contextOf({ dataset: () => Promise.resolve(data) }))).value;
    const value = await scoreOn(table);
    expect(await scoreOn(changedFrom(8))).toBe(value);
    expect(await scoreOn(changedFrom(7))).not.toBe(value);
  });

  test('records the end of its search window: the close of its last bar, before the first test', async () => {
    const windows: SearchWindow[] = [];
    await task.objective(contextOf({ searched: (window) => Promise.resolve(void windows.push(window)) }));
    const { to } = rowsOf(bars, { from: 7, to: 8 });
    expect(windows).toEqual([{ dataset: 'test', untilMs: bars.time[to - 1]! + bars.barMs }]);
    const [first] = await task.walkForward.plan(contextOf());
    expect(first!.testStart).toBeGreaterThanOrEqual(windows[0]!.untilMs);
  });

  test('ends with the exception of a pruned trial', async () => {
    const report = (step: number) => (step === 8 ? Promise.reject(new TrialPruned(8, 'too low')) : Promise.resolve());
    await expect(task.objective(contextOf({ report }))).rejects.toBeInstanceOf(TrialPruned);
  });

  test('uses the executor that the training asks for, and records it', async () => {
    const ran: unknown[] = [];
    const context = () => contextOf({ runsOn: (facts) => Promise.resolve(void ran.push(facts)) });
    const run = (executor: ExecutorChoice) =>
      tradingTask<Params>({ ...options, reports: 1, training: { ...options.training, updates: 1, executor } }).objective(context());
    await run('kernels');
    await run('onnx');
    expect(ran).toMatchObject([
      { executor: 'kernels', library: expect.stringMatching(/^tfjs/) },
      { executor: 'onnx', library: expect.stringMatching(/^onnxruntime/) },
    ]);
    vi.stubEnv('ASSAY_DATA_DIR', '/nowhere');
    try {
      await expect(run('tensorflow')).rejects.toMatchObject({ code: 'unavailable', hint: expect.any(String) });
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test('stops when its signal is aborted', async () => {
    const abort = new AbortController();
    abort.abort(new Error('stop now'));
    await expect(task.objective(contextOf({ signal: abort.signal }))).rejects.toThrow('stop now');
  });

  test('fails with the step, the name and a hint if a reward or a loss is not finite', async () => {
    const learn = (change: Partial<TradingTaskOptions<Params>>) => tradingTask<Params>({ ...options, ...change }).objective(contextOf());
    await expect(learn({ reward: () => ({ lambdaTurnover: 1e60 }) })).rejects.toMatchObject({
      code: 'not_finite',
      message: expect.stringContaining('reward is -Infinity in row'),
      place: 'environment step 1',
      hint: expect.stringContaining('scale of the reward'),
    });
    const tooFast = { hidden: [8], batchSize: 16, warmupSteps: 8, learningRate: 1e25 };
    await expect(learn({ agent: () => tooFast })).rejects.toMatchObject({
      code: 'not_finite',
      message: expect.stringMatching(/^(criticLoss|actorLoss|alphaLoss|alpha|value|entropy) is (NaN|-?Infinity)/),
      place: expect.stringMatching(/^gradient step \d/),
    });
    const picking = {
      id: 'recurrent-ppo',
      memoryWidth: 8,
      rolloutSteps: 8,
      sequenceSteps: 8,
      batchSequences: 4,
      learningRate: 1e25,
    } as const;
    await expect(learn({ agent: () => picking, environment: { ...environmentDefaults, positions: 3 } })).rejects.toMatchObject({
      code: 'not_finite',
      place: expect.stringMatching(/gradient step \d/),
    });
  });

  test('is 0 where too few sessions return anything for their ratio to say more, and says on how many', async () => {
    // Prices that stand still in two of the three sessions, without costs: one active day, whose ratio would be +-1 / sqrt(3).
    const still = stillFrom(5, 7);
    const free = { ...environmentDefaults, costs: { transactionBp: 0, impactBp: 0 } };
    const rare = tradingTask<Params>({ ...options, environment: free });
    const { value, metrics } = await rare.objective(contextOf({ dataset: () => Promise.resolve(still) }));
    expect(value).toBe(0);
    expect(metrics).toMatchObject({ sharpeDaily: 0, activeDays: 1, daysTraded: 3, sessions: 3, leastActiveShare: 0.2 });
    expect(metrics['totalReturn']).not.toBe(0);
  });

  test('gives the daily returns that its value is the ratio of, with each report and at the end', async () => {
    const reported: unknown[] = [];
    const report: TrialContext<Params>['report'] = async (_step, value, _metrics, options) => {
      const { returns } = options!.dailyReturns!;
      expect(sharpe(returns)).toBeCloseTo(value as number, 12);
      reported.push(options!.dailyReturns);
    };
    const { dailyReturns } = await task.objective(contextOf({ report }));
    expect(reported).toHaveLength(3);
    expect(reported.at(-1)).toEqual(dailyReturns);
    expect(dailyReturns!.days).toEqual(['2024-01-09', '2024-01-10', '2024-01-11']);
  });

  test('fails before it learns if layer sizes do not fit, naming the first', async () => {
    const reported: number[] = [];
    const learn = (agent: AgentConfig) =>
      tradingTask<Params>({ ...options, agent: () => agent }).objective(
        contextOf({ report: (step) => Promise.resolve(void reported.push(step)) }),
      );
    await expect(learn({ memory: 'mamba-2', memoryWidth: 24, headWidth: 32 })).rejects.toMatchObject({
      code: 'params_invalid',
      place: 'sac headWidth',
      message: 'headWidth must be a divisor of expand x memoryWidth (48), got 32',
    });
    await expect(learn({ encoder: 'cross-ticker', encoderWidth: 20, encoderHeads: 8 })).rejects.toMatchObject({
      place: 'sac encoderHeads',
    });
    expect(reported).toEqual([]);
  });

  test('a search window longer than the data is refused', async () => {
    const short = tradingTask<Params>({
      dataset: 'test',
      training: { environments: 1, updates: 1, episodeSteps: 1, rewardScale: 1 },
      sessions: { ...sessions, searchSessions: 13 },
      agent: () => ({}),
      reward: () => ({}),
    });
    await expect(short.objective(contextOf())).rejects.toThrow('13 sessions does not fit into the 12');
  });
});

import { beforeAll, describe, expect, test, vi } from 'vitest';
import { tableOf } from '../../tests/support/tables.ts';
import type { SharedTable } from '../core/table.ts';
import type { AlignedBars } from '../market/bars.ts';
import { generateMarket } from '../market/synthetic/generate.ts';
import { marketPresetOf } from '../market/synthetic/presets.ts';
import { type SearchWindow, type TrialContext, TrialPruned } from '../search/study/trial-context.ts';
import type { FoldWindow } from '../search/study/walk-forward.ts';
import type { ExecutorChoice } from '../tensor/executors/executor.ts';
import type { AgentConfig } from './agents/create.ts';
import { loadPolicy } from './agents/policy.ts';
import { rowsOf } from './env/market.ts';
import { type EnvironmentConfig, environmentDefaults } from './env/trading-env.ts';
import { type ActingPolicy, walk } from './env/walk.ts';
import { marketOf, rawMarket } from './prepare.ts';
import { tradingTask } from './task.ts';
import type { TradingTaskOptions } from './task-options.ts';
import { sessionsOf } from './windows.ts';

interface Params {
  readonly lr: number;
}

const sessions = { searchSessions: 8, innerSessions: 3, purgeSessions: 1, testSessions: 2, folds: 2 };
const options: TradingTaskOptions<Params> = {
  dataset: 'test',
  training: { environments: 4, updates: 12, episodeSteps: 60, rewardScale: 2000 },
  sessions,
  reports: 3,
  agent: ({ lr }) => ({ hidden: [8], batchSize: 16, warmupSteps: 40, initialTemperature: 0.02, learningRate: lr }),
  reward: () => ({ betaVolatility: 0 }),
};
const task = tradingTask<Params>(options);

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

let bars: AlignedBars;
let table: SharedTable;

beforeAll(() => {
  bars = generateMarket(marketPresetOf('planted'), 4, 12);
  table = tableOf(bars);
});

function contextOf(overrides: Partial<TrialContext<Params>> = {}): TrialContext<Params> {
  return {
    address: 'study#3',
    number: 3,
    attempt: 1,
    params: { lr: 1e-3 },
    seed: 17,
    device: 'cpu',
    signal: new AbortController().signal,
    resumeFrom: null,
    report: () => Promise.resolve(),
    checkpoint: () => Promise.resolve(),
    artifact: () => Promise.resolve(''),
    dataset: () => Promise.resolve(table),
    searched: () => Promise.resolve(),
    runsOn: () => Promise.resolve(),
    ...overrides,
  };
}

/** The bars with other prices from a session on. */
function changedFrom(session: number): SharedTable {
  const { from } = rowsOf(bars, { from: session, to: session + 1 });
  const bend = (column: Float64Array) => column.map((x, row) => (row < from ? x : x * (1 + 0.02 * Math.sin(row))));
  return tableOf({
    ...bars,
    bars: bars.bars.map((one) => ({ ...one, open: bend(one.open), high: bend(one.high), low: bend(one.low), close: bend(one.close) })),
  });
}

describe('the objective', () => {
  test('reports as often as asked, with rising steps, and ends with the last reported value', async () => {
    const reported: [number, number][] = [];
    const report = (step: number, value: number) => Promise.resolve(void reported.push([step, value]));
    const { value, metrics } = await task.objective(contextOf({ report }));
    expect(reported.map(([step]) => step)).toEqual([4, 8, 12]);
    expect(reported.at(-1)![1]).toBe(value);
    expect(metrics).toMatchObject({ sessions: 3, steps: 3 * 389, sharpeDaily: value });
    expect(metrics['train.gradientStepsPerSecond']).toBeGreaterThan(0);
  });

  test('is the same for the same seed and another one for another', async () => {
    const scoreOf = async (seed: number) => (await task.objective(contextOf({ seed }))).value;
    expect(await scoreOf(17)).toBe(await scoreOf(17));
    expect(await scoreOf(17)).not.toBe(await scoreOf(18));
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
    // The first is the one that a trial of one seed has.
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

  test('says where its search window ends: at the close of its last bar, before the first fold is tested', async () => {
    const windows: SearchWindow[] = [];
    await task.objective(contextOf({ searched: (window) => Promise.resolve(void windows.push(window)) }));
    const { to } = rowsOf(bars, { from: 7, to: 8 });
    expect(windows).toEqual([{ dataset: 'test', untilMs: bars.time[to - 1]! + bars.barMs }]);
    const [first] = await task.walkForward.plan(contextOf());
    expect(first!.testStart).toBeGreaterThanOrEqual(windows[0]!.untilMs);
  });

  test('lets a verdict of the pruner pass', async () => {
    const report = (step: number) => (step === 8 ? Promise.reject(new TrialPruned(8, 'too low')) : Promise.resolve());
    await expect(task.objective(contextOf({ report }))).rejects.toBeInstanceOf(TrialPruned);
  });

  test('computes with what the training asks for, and says so', async () => {
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

  test('stops when its signal says so', async () => {
    const abort = new AbortController();
    abort.abort(new Error('stop now'));
    await expect(task.objective(contextOf({ signal: abort.signal }))).rejects.toThrow('stop now');
  });

  test('fails with the step, the name and a hint where a reward or a loss is not finite', async () => {
    const learn = (change: Partial<TradingTaskOptions<Params>>) => tradingTask<Params>({ ...options, ...change }).objective(contextOf());
    await expect(learn({ reward: () => ({ lambdaTurnover: Number.NaN }) })).rejects.toMatchObject({
      code: 'not_finite',
      message: expect.stringContaining('reward is NaN in row'),
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

  test('fails before it learns where the layers do not fit, naming the first that does not', async () => {
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

describe('the walk-forward', () => {
  const planned = () => task.walkForward.plan({ dataset: () => Promise.resolve(table) });

  test('tests lie after the search window, one behind the other, with the purge stated', async () => {
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

  const judge = (fold: FoldWindow, data = table, seed = 1) =>
    task.walkForward.judge({ ...contextOf({ dataset: () => Promise.resolve(data) }), seed }, fold);

  test('a judgement holds every step and session of the test part, the costs, and a policy that acts', async () => {
    const [fold] = await planned();
    const judgement = await judge(fold!);
    expect(judgement.stepReturns).toHaveLength(2 * 389);
    expect(judgement.dailyReturns).toHaveLength(2);
    expect(judgement.friction).toMatchObject({ transactionBp: 1, impactBp: 0.5 });
    expect(judgement.friction.paid).toBeGreaterThan(0);
    const policy = await loadPolicy(judgement.policy);
    expect(policy.observationSize).toBe(26);
    expect(policy.metadata).toMatchObject({ trial: 'study#3', seed: '1', features: 'dual-ticker@2', observations: 'raw' });
    expect(policy.metadata).toMatchObject({ study: 'study', paramsHash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(JSON.parse(policy.metadata['normaliser']!).fittedOn).toEqual({ from: 59, to: 7 * 390 });
    await policy.dispose();
  });

  test('training for a fold sees nothing of its test part or of what follows', async () => {
    const [fold] = await planned();
    const bytes = async (data: SharedTable) => (await judge(fold!, data)).policy;
    expect(await bytes(changedFrom(8))).toEqual(await bytes(table));
    expect(await bytes(changedFrom(6))).not.toEqual(await bytes(table));
  });

  test('a judgement is that of the saved file, whoever it comes from: with memory, and with choices of positions', async () => {
    const [fold] = await planned();
    for (const [environment, agent, choices] of remembering) {
      const remembers = tradingTask<Params>({ ...options, environment, agent });
      const { value, metrics } = await remembers.objective(contextOf());
      expect(metrics['sharpeDaily']).toBe(value);
      const judgement = await remembers.walkForward.judge({ ...contextOf(), seed: 1 }, fold!);
      const policy = await loadPolicy(judgement.policy);
      expect(policy.stateSize).toBeGreaterThan(0);
      // The file takes the features as they are.
      const { test: tested } = sessionsOf(fold!, bars);
      const market = marketOf(rawMarket(table, 'dual-ticker@2'));
      const wanted = new Set<number>();
      const act: ActingPolicy = async (observations, actions, starts) => {
        const chosen = await policy.act(observations, starts);
        actions.set(choices === undefined ? chosen : chosen.map((choice) => choice - 1));
        for (const action of actions) wanted.add(action);
      };
      const again = await walk(market, tested, environment, act);
      expect(again.stepReturns).toEqual(judgement.stepReturns);
      if (choices !== undefined) expect([...wanted].every((action) => [-1, 0, 1].includes(action))).toBe(true);
      await policy.dispose();
    }
  });

  test('positions to pick from are refused for an agent that does not pick', async () => {
    const free = tradingTask<Params>({ ...options, environment: { ...environmentDefaults, positions: 3 } });
    await expect(free.objective(contextOf())).rejects.toMatchObject({ code: 'config_invalid', place: 'environment.positions' });
  });

  test('baselines are judged on the same steps, and flat earns exactly nothing', async () => {
    const [fold] = await planned();
    const judged = await task.walkForward.baselines({ dataset: () => Promise.resolve(table) }, fold!);
    expect(Object.keys(judged)).toEqual(['flat', 'hold', 'linear']);
    expect(judged['flat']!.stepReturns.every((r) => r === 0)).toBe(true);
    expect(judged['hold']!.stepReturns).toHaveLength(2 * 389);
    expect(judged['linear']!.friction.transactionBp).toBe(1);
  });

  test('folds of another data set are refused', async () => {
    const [fold] = await planned();
    const far = { ...fold!, testStart: 9e12, testEnd: 9e12 + 1 };
    await expect(judge(far)).rejects.toThrow('holds no bar from');
  });
});

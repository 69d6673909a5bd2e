import { describe, expect, test } from 'vitest';
import { tableOf } from '../../../tests/fixtures/tables.ts';
import { createRng } from '../../core/rng.ts';
import { dualTicker } from '../../features/dual-ticker/index.ts';
import { generateMarket } from '../../market/synthetic/generate.ts';
import { marketPresetOf } from '../../market/synthetic/presets.ts';
import { TrialPruned } from '../../search/study/trial-context.ts';
import { onnxExecutor } from '../../tensor/executors/onnx/executor.ts';
import type { AgentConfig } from '../agents/create.ts';
import { environmentDefaults } from '../env/options.ts';
import type { RewardFactory } from '../rewards/reward.ts';
import { rewardV2 } from '../rewards/reward-v2.ts';
import { normalisedMarket, rawMarket } from '../task/market-data.ts';
import { decodeSeeds, decodeTraining } from './checkpoint.ts';
import { meanOf, type Score, type SeedsRun, seedsFrom, trainSeeds } from './train-seeds.ts';

const range = { from: 0, to: 3 };
const raw = rawMarket(tableOf(generateMarket(marketPresetOf('planted'), 4, 12)), dualTicker.id);
const { market } = normalisedMarket(raw, range);
const reward8 = rewardV2({ volatilityLookback: 8 });
const sac: AgentConfig = { hidden: [8], batchSize: 16, warmupSteps: 40, capacity: 150, initialTemperature: 0.02, schedule: 'cosine' };
const ppo: AgentConfig = {
  id: 'recurrent-ppo',
  memoryWidth: 8,
  hidden: [8],
  rolloutSteps: 8,
  sequenceSteps: 4,
  batchSequences: 4,
  epochs: 2,
};

/** Calls back at each step of each seed's copies of the environment; `changed` may replace the reward. */
const watched = (onStep: (seed: number) => void, changed = (reward: number, _seed: number): number => reward): RewardFactory => {
  let seeds = 0;
  return (...created) => {
    const reward = reward8(...created);
    const seed = seeds++;
    return {
      ...reward,
      ofStep: (...of) => {
        onStep(seed);
        return changed(reward.ofStep(...of), seed);
      },
    };
  };
};

interface Ended {
  readonly reports: readonly (readonly [updates: number, scored: Score])[];
  /** State of each agent when it was scored, in order. */
  readonly held: readonly Uint8Array[];
  readonly metrics: Readonly<Record<string, number>>;
}

async function end(count: number, change: Partial<SeedsRun> = {}): Promise<Ended> {
  const reports: [number, Score][] = [];
  const held: Uint8Array[] = [];
  const metrics = await trainSeeds({
    market,
    range,
    environment: { ...environmentDefaults, maxDrawdown: 0.004 },
    training: { environments: 4, updates: 60, episodeSteps: 17, rewardScale: 2000, seeds: count },
    reward: reward8,
    agent: sac,
    executor: onnxExecutor,
    seed: 5,
    signal: new AbortController().signal,
    reports: 4,
    checkpoints: { from: null, everySeconds: Number.POSITIVE_INFINITY, save: async () => undefined },
    score: async (agent) => {
      const shown = Float32Array.from({ length: 26 }, (_, i) => Math.sin(i));
      const actions = await agent.act(shown, 'exploit');
      held.push(agent.checkpoint());
      return { value: actions[0]!, metrics: { second: actions[1]! } };
    },
    report: async (updates, scored) => void reports.push([updates, scored]),
    ...change,
  });
  return { reports, held, metrics };
}

const join = (pieces: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(pieces));

describe('the mean over seeds', () => {
  const traded = { value: 0.3, metrics: { sharpeDaily: 0.3, sharpeAnnual: 4.8, turnover: 100 } };
  test('is that of each metric, the objective included', () => {
    const flat = { value: 0, metrics: { sharpeDaily: 0, sharpeAnnual: 0, turnover: 0 } };
    expect(meanOf([traded, flat, traded])).toMatchObject({
      value: expect.closeTo(0.2, 12),
      metrics: { sharpeDaily: expect.closeTo(0.2, 12), sharpeAnnual: expect.closeTo(3.2, 12), turnover: expect.closeTo(200 / 3, 12) },
    });
  });
  test('has the mean return of each day, and none where a seed has none', () => {
    const of = (...returns: number[]) => ({ ...traded, dailyReturns: { days: ['2024-03-01', '2024-03-04'], returns } });
    expect(meanOf([of(0.01, -0.02), of(0.03, 0)]).dailyReturns).toEqual({
      days: ['2024-03-01', '2024-03-04'],
      returns: [expect.closeTo(0.02, 12), expect.closeTo(-0.01, 12)],
    });
    expect(meanOf([of(0.01, -0.02), traded])).not.toHaveProperty('dailyReturns');
  });
  test('is NaN if a seed has no Sharpe ratio', () => {
    const unknown = { value: Number.NaN, metrics: { ...traded.metrics, sharpeDaily: Number.NaN } };
    expect(meanOf([traded, unknown])).toMatchObject({ value: Number.NaN, metrics: { sharpeDaily: Number.NaN } });
  });
});

describe('several seeds of a training', () => {
  test('are derived from the first, and do not depend on their number', () => {
    const four = seedsFrom(17, 4);
    expect(four[0]).toBe(17);
    expect(new Set(four).size).toBe(4);
    expect(seedsFrom(17, 2)).toEqual(four.slice(0, 2));
    expect(seedsFrom(18, 2)[1]).not.toBe(four[1]);
  });

  test.each([
    ['SAC', sac],
    ['recurrent PPO', ppo],
  ])('of %s report the mean of their single values, with worst, best and deviation', async (_, agent) => {
    const alone = await Promise.all(seedsFrom(5, 3).map((seed) => end(1, { seed, agent })));
    const { reports, metrics } = await end(3, { agent });
    expect(reports.map(([updates]) => updates)).toEqual(alone[0]!.reports.map(([updates]) => updates));
    for (const [i, [, { value, metrics: combined }]] of reports.entries()) {
      const each = alone.map((one) => one.reports[i]![1]);
      const values = each.map((one) => one.value);
      const mean = (of: readonly number[]) => of.reduce((total, x) => total + x, 0) / of.length;
      expect(value).toBeCloseTo(mean(values), 4);
      expect(combined['second']).toBeCloseTo(mean(each.map((one) => one.metrics['second']!)), 4);
      expect(combined['seeds.worst']).toBeCloseTo(Math.min(...values), 4);
      expect(combined['seeds.best']).toBeCloseTo(Math.max(...values), 4);
      const squares = values.reduce((total, x) => total + (x - mean(values)) ** 2, 0);
      expect(combined['seeds.deviation']).toBeCloseTo(Math.sqrt(squares / 2), 4);
      expect(reports[i]![1].noise).toEqual({ variance: expect.closeTo(squares / 2 / 3, 4) as number, seeds: 3 });
    }
    expect(Object.keys(metrics)).toEqual(Object.keys(alone[0]!.metrics));
    const loss = agent === sac ? 'train.criticLoss' : 'train.valueLoss';
    expect(metrics[loss]).toBeCloseTo(alone.reduce((total, one) => total + one.metrics[loss]!, 0) / 3, 4);
    const { 'train.seconds': seconds, 'train.gradientStepsPerSecond': rate } = metrics as Record<string, number>;
    // Gradient steps of all seeds over the time of the whole training.
    expect(rate! * seconds!).toBeGreaterThan(3 * 60 - 0.01);
  });

  test.each([
    ['SAC', sac],
    ['recurrent PPO', ppo],
  ])('of %s that are interrupted at any step end with the same bits as those that are not', async (_, agent) => {
    const whole = await end(2, { agent });
    const rng = createRng('interruptions');
    const interruptedAt = new Set<number>();
    for (const _try of Array.from({ length: 4 })) {
      const stop = new AbortController();
      let steps = 1 + rng.int(2 * 4 * (agent === sac ? 60 : 40));
      let saved = new Uint8Array();
      const save: SeedsRun['checkpoints']['save'] = async (updates, pieces) => {
        saved = join(pieces);
        interruptedAt.add(updates);
      };
      const reward = watched(() => {
        steps -= 1;
        if (steps === 0) stop.abort('preempted');
      });
      const checkpoints = { from: null, everySeconds: Number.POSITIVE_INFINITY, save };
      await expect(end(2, { agent, checkpoints, reward, signal: stop.signal })).rejects.toBe('preempted');
      const [before] = decodeSeeds(saved, 2).map((bytes) => decodeTraining(bytes).counts.reportedAt);
      const resumed = await end(2, { agent, checkpoints: { ...checkpoints, from: saved } });
      expect(resumed.reports).toEqual(whole.reports.filter(([updates]) => updates > before!));
      const left = whole.held.slice(-resumed.held.length);
      for (const [i, bytes] of resumed.held.entries()) expect(Buffer.compare(bytes, left[i]!)).toBe(0);
    }
    expect(interruptedAt.size).toBeGreaterThan(2);
  });

  test('whose networks are too wide to be batched have the same bits as each seed alone, interrupted or not', async () => {
    const wide = {
      agent: { ...sac, hidden: [256, 256], batchSize: 512 } as AgentConfig,
      training: { environments: 4, updates: 6, episodeSteps: 17, rewardScale: 2000, seeds: 2 },
      reports: 2,
    };
    const whole = await end(2, wide);
    const alone = await Promise.all(seedsFrom(5, 2).map((seed) => end(1, { ...wide, seed, training: { ...wide.training, seeds: 1 } })));
    const inOrder = [0, 1].flatMap((report) => alone.map(({ held }) => held[report]!));
    for (const bytes of whole.held) expect(inOrder.some((one) => Buffer.compare(bytes, one) === 0)).toBe(true);
    expect(whole.held.length).toBe(4);

    const stop = new AbortController();
    let steps = 2 * 4 * 13;
    let saved = new Uint8Array();
    const save: SeedsRun['checkpoints']['save'] = async (_, pieces) => {
      saved = join(pieces);
    };
    const reward = watched(() => {
      steps -= 1;
      if (steps === 0) stop.abort('preempted');
    });
    const checkpoints = { from: null, everySeconds: Number.POSITIVE_INFINITY, save };
    await expect(end(2, { ...wide, checkpoints, reward, signal: stop.signal })).rejects.toBe('preempted');
    const resumed = await end(2, { ...wide, checkpoints: { ...checkpoints, from: saved } });
    expect(resumed.reports).toEqual(whole.reports.slice(-resumed.reports.length));
  });

  test('are saved after the same step', async () => {
    const counts: unknown[] = [];
    const save: SeedsRun['checkpoints']['save'] = async (_, pieces) => {
      const [one, ...others] = decodeSeeds(join(pieces), 3).map((bytes) => decodeTraining(bytes).counts);
      for (const other of others) expect([other.updates, other.environmentSteps]).toEqual([one!.updates, one!.environmentSteps]);
      counts.push(one!.environmentSteps);
    };
    await end(3, { checkpoints: { from: null, everySeconds: 0, save } });
    expect(counts[0]).toBe(0);
    expect(new Set(counts).size).toBe(counts.length);
  });

  test('all end with the exception of a report', async () => {
    const pruned = new TrialPruned(30, 'too low');
    const steps = [0, 0, 0];
    const report = (updates: number) => (updates >= 30 ? Promise.reject(pruned) : Promise.resolve());
    const reward = watched((seed) => {
      steps[seed]! += 1;
    });
    await expect(end(3, { report, reward })).rejects.toBe(pruned);
    const seen = [...steps];
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(steps).toEqual(seen);
    expect(new Set(seen).size).toBe(1);
  });

  test('all fail if one fails, with its error', async () => {
    let steps = 0;
    const reward = watched(
      () => {
        steps += 1;
      },
      (value, seed) => (seed === 1 && steps > 250 ? Number.NaN : value),
    );
    await expect(end(3, { reward })).rejects.toMatchObject({ code: 'not_finite', message: expect.stringContaining('reward is NaN') });
    await expect(end(2, { agent: { ...sac, batchSize: 0 } })).rejects.toMatchObject({ code: 'params_invalid' });
    const score = () => Promise.reject(new Error('no such session'));
    await expect(end(2, { score })).rejects.toThrow('no such session');
  });

  test('have the mean NaN if one of them has the value NaN', async () => {
    let calls = 0;
    const { reports } = await end(2, { score: async () => ({ value: calls++ === 3 ? Number.NaN : 1, metrics: {} }) });
    expect(reports.map(([, { value }]) => value)).toEqual([1, Number.NaN, 1, 1]);
  });

  test('are refused if they may take different numbers of steps', async () => {
    const agent: AgentConfig = { ...ppo, id: 'recurrent-ppo', targetKl: 0.01 };
    await expect(end(2, { agent })).rejects.toMatchObject({ code: 'config_invalid', place: 'agent.targetKl' });
    expect((await end(1, { agent })).reports.length).toBeGreaterThan(0);
  });

  test('refuse a checkpoint of another number of seeds, or of one alone', async () => {
    const stop = new AbortController();
    let saved = new Uint8Array();
    const save: SeedsRun['checkpoints']['save'] = async (_, pieces) => {
      saved = join(pieces);
    };
    stop.abort('preempted');
    const checkpoints = { from: null, everySeconds: 1, save };
    for (const [made, from] of [
      [3, 2],
      [1, 2],
      [2, 1],
    ] as const) {
      await expect(end(made, { checkpoints, signal: stop.signal })).rejects.toBe('preempted');
      await expect(end(from, { checkpoints: { ...checkpoints, from: saved } })).rejects.toMatchObject({ code: 'data_invalid' });
    }
  });
});

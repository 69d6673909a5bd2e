import { describe, expect, test } from 'vitest';
import { marketOf, noiseBars } from '../../../tests/fixtures/noise-market.ts';
import { createRng } from '../../core/rng.ts';
import { onnxExecutor } from '../../tensor/executors/onnx/executor.ts';
import type { Agent } from '../agents/agent.ts';
import type { AgentConfig } from '../agents/create.ts';
import { environmentDefaults } from '../env/options.ts';
import { rewardV2 } from '../rewards/reward-v2.ts';
import { decodeTraining } from './checkpoint.ts';
import { type TrainingCheckpoints, type TrainingPhase, trainAgent } from './train-agent.ts';
import { trainSeeds } from './train-seeds.ts';

const range = { from: 0, to: 3 };
const marketWith = (seed: number) => marketOf(noiseBars({ sessions: 3, barsPerSession: 30, seed }));
const phases: readonly TrainingPhase[] = [
  { name: 'trend', steps: 40, open: () => ({ market: marketWith(11), range }) },
  { name: 'chop', steps: 30, open: () => ({ market: marketWith(12), range }) },
];
const agents: readonly (readonly [string, AgentConfig])[] = [
  ['SAC', { hidden: [8], batchSize: 8, warmupSteps: 20, capacity: 60, returnSteps: 3 }],
  ['recurrent PPO', { id: 'recurrent-ppo', memoryWidth: 8, hidden: [], rolloutSteps: 8, sequenceSteps: 4, batchSequences: 4, epochs: 1 }],
];

interface Options {
  readonly agent?: AgentConfig;
  readonly phases?: readonly TrainingPhase[];
  readonly checkpoints?: TrainingCheckpoints;
  readonly signal?: AbortSignal;
  readonly onStep?: () => void;
}

const runOf = ({ agent = agents[0]![1], phases: wanted = phases, signal = new AbortController().signal, onStep }: Options) => ({
  market: marketWith(13),
  range,
  environment: environmentDefaults,
  training: { environments: 2, updates: 24, episodeSteps: 17, rewardScale: 2000 },
  reward: ((...created) => {
    const reward = rewardV2({ betaVolatility: 0 })(...created);
    return {
      ...reward,
      ofStep: (...of) => {
        onStep?.();
        return reward.ofStep(...of);
      },
    };
  }) as ReturnType<typeof rewardV2>,
  agent,
  executor: onnxExecutor,
  seed: 5,
  signal,
  phases: wanted,
  // Of the bytes of the agent: figures of a phase are those at its end.
  scorePhase: async (agent: Agent, { market }: ReturnType<TrainingPhase['open']>) => ({
    weights: agent.checkpoint().reduce((sum, byte) => sum + byte, 0),
    bars: market.bars.session.length,
    nothing: Number.NaN,
  }),
});

const phaseFigures = (metrics: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(metrics).filter(([name]) => name.startsWith('phase')));

async function end(options: Options = {}) {
  const reports: number[] = [];
  const { agent, metrics } = await trainAgent({
    ...runOf(options),
    reports: 3,
    onProgress: async (_, { updates }) => void reports.push(updates),
    ...(options.checkpoints && { checkpoints: options.checkpoints }),
  });
  const bytes = agent.checkpoint();
  await agent.dispose();
  return { bytes, reports, metrics };
}

const join = (pieces: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(pieces));
const never = Number.POSITIVE_INFINITY;

describe('phases of a training', () => {
  test('come before it in order, take their steps, and report nothing', async () => {
    const opened: number[] = [];
    const watched = phases.map(({ steps, open }, i) => ({
      steps,
      open: () => {
        opened.push(i);
        return open();
      },
    }));
    let steps = 0;
    const { reports } = await end({ phases: watched, onStep: () => void steps++ });
    expect(opened).toEqual([0, 1]);
    expect(reports.at(-1)).toBeGreaterThanOrEqual(24);
    expect(reports).toHaveLength(3);
    // On the real bars a gradient step for every step of both copies: the warm-up was in the first phase.
    expect(steps).toBe(40 + 30 + 2 * 24);
  });

  test('leave figures by number and kind: length, episodes with exploration, and what was measured at the end of each', async () => {
    const figures = phaseFigures((await end()).metrics);
    expect(figures).toMatchObject({
      'phase1.trend.steps': 40,
      'phase1.trend.bars': 90,
      'phase1.trend.nothing': Number.NaN,
      'phase2.chop.steps': 30,
      'phase2.chop.updates': 15,
    });
    // The warm-up of 20 steps was in the first phase.
    expect(figures['phase1.trend.updates']).toBe(11);
    expect(figures['phase1.trend.episodes']).toBeGreaterThan(0);
    expect(figures['phase1.trend.meanEpisodeReward']).toBeLessThan(0);
    expect(figures['phase1.trend.weights']).not.toBe(figures['phase2.chop.weights']);
    expect(phaseFigures((await end({ phases: [] })).metrics)).toEqual({});
  });

  test('change what the agent is: another order gives another agent', async () => {
    const [forward, backward, none] = await Promise.all([end(), end({ phases: phases.toReversed() }), end({ phases: [] })]);
    expect(Buffer.compare(forward.bytes, backward.bytes)).not.toBe(0);
    expect(Buffer.compare(forward.bytes, none.bytes)).not.toBe(0);
  });

  test.each(agents)('of %s that are interrupted at any step end with the same bits as those that are not', async (_, agent) => {
    const whole = await end({ agent });
    const rng = createRng('interruptions');
    const phasesSeen = new Set<number>();
    const at = [5, 41, 40 + 30 + 1, 80 + rng.int(20)];
    for (const step of at) {
      const stop = new AbortController();
      let left = step;
      let saved = new Uint8Array();
      const save: TrainingCheckpoints['save'] = async (_updates, pieces) => {
        saved = join(pieces);
      };
      const onStep = () => {
        left -= 1;
        if (left === 0) stop.abort('preempted');
      };
      await expect(end({ agent, checkpoints: { from: null, everySeconds: never, save }, signal: stop.signal, onStep })).rejects.toBe(
        'preempted',
      );
      phasesSeen.add(decodeTraining(saved).phase ?? -1);
      const resumed = await end({ agent, checkpoints: { from: saved, everySeconds: never, save: async () => undefined } });
      expect(Buffer.compare(resumed.bytes, whole.bytes)).toBe(0);
      // Of the phases before the interruption, and of the one in the middle of which it came.
      expect(phaseFigures(resumed.metrics)).toEqual(phaseFigures(whole.metrics));
    }
    expect(phasesSeen).toEqual(new Set([0, 1, 2]));
  });

  test('of several seeds are trained in lockstep, and resume together', async () => {
    const run = (checkpoints: TrainingCheckpoints, signal?: AbortSignal, onStep?: () => void) => {
      const values: number[] = [];
      const options = runOf({ ...(signal && { signal }), ...(onStep && { onStep }) });
      const trained = trainSeeds({
        ...options,
        training: { ...options.training, seeds: 2 },
        checkpoints,
        score: async (agent) => ({ value: agent.checkpoint().reduce((sum, byte) => sum + byte, 0), metrics: {} }),
        report: async (_, { value }) => void values.push(value),
      });
      return trained.then((metrics) => [values, phaseFigures(metrics)]);
    };
    const whole = await run({ from: null, everySeconds: never, save: async () => undefined });
    const stop = new AbortController();
    let [left, saved] = [2 * 55, new Uint8Array()];
    const save: TrainingCheckpoints['save'] = async (updates, pieces) => {
      expect(updates).toBe(0);
      saved = join(pieces);
    };
    const onStep = () => {
      left -= 1;
      if (left === 0) stop.abort('preempted');
    };
    await expect(run({ from: null, everySeconds: never, save }, stop.signal, onStep)).rejects.toBe('preempted');
    expect(await run({ from: saved, everySeconds: never, save })).toEqual(whole);
  });

  test('refuse a schedule whose end they would move, and a checkpoint of more phases', async () => {
    const falling: AgentConfig = { ...agents[0]![1], schedule: 'linear' } as AgentConfig;
    await expect(end({ agent: falling })).rejects.toMatchObject({ code: 'config_invalid', place: 'agent.decayUpdates' });
    let saved = new Uint8Array();
    const save: TrainingCheckpoints['save'] = async (_, pieces) => {
      saved = join(pieces);
    };
    let left = 45;
    const late = new AbortController();
    const onStep = () => {
      left -= 1;
      if (left === 0) late.abort('preempted');
    };
    await expect(end({ checkpoints: { from: null, everySeconds: never, save }, signal: late.signal, onStep })).rejects.toBe('preempted');
    await expect(end({ phases: [], checkpoints: { from: saved, everySeconds: never, save } })).rejects.toMatchObject({
      code: 'data_invalid',
      message: expect.stringContaining('phase 1'),
    });
  });
});

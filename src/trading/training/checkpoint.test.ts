import { describe, expect, test } from 'vitest';
import { tableOf } from '../../../tests/fixtures/tables.ts';
import { createRng } from '../../core/rng.ts';
import { dualTicker } from '../../features/dual-ticker/index.ts';
import { generateMarket } from '../../market/synthetic/generate.ts';
import { marketPresetOf } from '../../market/synthetic/presets.ts';
import { onnxExecutor } from '../../tensor/executors/onnx/executor.ts';
import { environmentDefaults } from '../env/options.ts';
import { rewardV2 } from '../rewards/reward-v2.ts';
import { normalisedMarket, rawMarket } from '../task/market-data.ts';
import { decodeTraining } from './checkpoint.ts';
import { type TrainingCheckpoints, trainAgent } from './train-agent.ts';

const reward8 = rewardV2({ volatilityLookback: 8 });
const range = { from: 0, to: 3 };
const raw = rawMarket(tableOf(generateMarket(marketPresetOf('planted'), 4, 12)), dualTicker.id);
const { market } = normalisedMarket(raw, range);

/** The end of a training with every bit: the agent's whole state, and every report on the way. */
async function end(checkpoints?: TrainingCheckpoints, signal = new AbortController().signal, onStep = (): void => undefined) {
  const progress: unknown[] = [];
  const { agent } = await trainAgent({
    market,
    range,
    environment: { ...environmentDefaults, maxDrawdown: 0.004 },
    training: { environments: 4, updates: 60, episodeSteps: 17, rewardScale: 2000 },
    reward: (...created) => {
      const reward = reward8(...created);
      return {
        ...reward,
        ofStep: (...of) => {
          onStep();
          return reward.ofStep(...of);
        },
      };
    },
    agent: { hidden: [8], batchSize: 16, warmupSteps: 40, capacity: 150, initialTemperature: 0.02, schedule: 'cosine', warmupUpdates: 5 },
    executor: onnxExecutor,
    seed: 5,
    signal,
    reports: 7,
    onProgress: async (_, { updates, meanEpisodeReward, metrics }) => void progress.push([updates, meanEpisodeReward, metrics]),
    ...(checkpoints && { checkpoints }),
  });
  const bytes = agent.checkpoint();
  await agent.dispose();
  return { bytes, progress };
}

const join = (pieces: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(pieces));

describe('a training that is interrupted', () => {
  test('ends with the same bits as one that is not, at any step', async () => {
    const whole = await end();
    const rng = createRng('interruptions');
    const interruptedAt: number[] = [];
    for (const _ of Array.from({ length: 6 })) {
      const stop = new AbortController();
      // Within these steps episodes end, the replay buffer wraps and the warm-up ends.
      let steps = 1 + rng.int(65 * 4);
      let saved = new Uint8Array();
      const save: TrainingCheckpoints['save'] = async (updates, pieces) => {
        saved = join(pieces);
        interruptedAt.push(updates);
      };
      const checkpoints = { from: null, everySeconds: Number.POSITIVE_INFINITY, save };
      const interrupted = end(checkpoints, stop.signal, () => {
        steps -= 1;
        if (steps === 0) stop.abort('preempted');
      });
      await expect(interrupted).rejects.toBe('preempted');
      const before = decodeTraining(saved).counts.reportedAt;
      const resumed = await end({ from: saved, everySeconds: Number.POSITIVE_INFINITY, save: async () => undefined });
      expect(Buffer.compare(resumed.bytes, whole.bytes)).toBe(0);
      expect(resumed.progress).toEqual(whole.progress.filter((report) => (report as [number])[0] > before));
    }
    expect(new Set(interruptedAt).size).toBeGreaterThan(3);
  });

  test('makes checkpoints no more often than asked, and none without an interruption if none is due', async () => {
    const made: number[] = [];
    await end({ from: null, everySeconds: Number.POSITIVE_INFINITY, save: async (updates) => void made.push(updates) });
    expect(made).toEqual([]);
  });

  test('refuses other bytes', async () => {
    expect(() => decodeTraining(Buffer.from('nonsense'))).toThrow(expect.objectContaining({ code: 'data_invalid' }));
    expect(() => decodeTraining(Buffer.from('{"format":"other"}\n'))).toThrow(/but other/);
  });
});

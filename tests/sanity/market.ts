import { createRng } from '../../src/core/rng.ts';
import type { SacOptions } from '../../src/trading/agents/sac/options.ts';
import type { VectorEnv } from '../../src/trading/env/env.ts';
import { delayedSignal, delayedSignalEdge } from '../../src/trading/env/reference/delayed-signal.ts';
import { predictablePrice, pureNoise } from '../../src/trading/env/reference/price.ts';
import { episodesOf, meanOf, type SanityTask, standardErrorOf, trainAndEvaluate } from './task.ts';

const environments = 16;
export const trader: Partial<SacOptions> = {
  hidden: [64, 64],
  batchSize: 128,
  learningRate: 1e-3,
  gamma: 0.9,
  initialTemperature: 0.02,
  targetEntropy: -2,
  warmupSteps: 1000,
  capacity: 100_000,
};

/** Mean reward per step of the rule that follows the last return if it is larger than `band`, and else keeps the position. */
function ruleReward(env: VectorEnv, band: number, steps: number): number {
  env.reset(createRng('sanity/judge'));
  let total = 0;
  for (let step = 0; step < steps; step++) {
    const actions = Float32Array.from({ length: env.count }, (_, copy) => {
      const [last, position] = [env.observations[2 * copy]!, env.observations[2 * copy + 1]!];
      return Math.abs(last) > band ? Math.sign(last) : position;
    });
    env.step(actions);
    total += env.rewards.reduce((a, b) => a + b, 0);
  }
  return total / steps / env.count;
}

/** Reward per step with the best band, for a trader who knows the rule of the price; at least 0, the reward without trades. */
function clairvoyant(costBp: number): number {
  const bands = Array.from({ length: 41 }, (_, i) => i / 10);
  return Math.max(0, ...bands.map((band) => ruleReward(predictablePrice(64, { costBp }), band, 1024)));
}

const episodeSteps = 256;

const predictable = (costBp: number, updates: number): SanityTask => ({
  id: `price-${costBp}bp`,
  what: `SAC, predictable price, ${costBp} bp`,
  goal: '> 80 % of the clairvoyant rule',
  peer: '-',
  run: (seed) =>
    trainAndEvaluate({ env: predictablePrice(environments, { costBp }), agent: trader, until: { updates }, seed }, async (agent) => {
      const reward = meanOf(await episodesOf(agent, predictablePrice(environments, { costBp }), 64)) / episodeSteps;
      return { share: reward / clairvoyant(costBp), reward };
    }),
  met: (runs) => runs.every(({ share }) => share! > 0.8),
});

const expensive: SanityTask = {
  // A position earns as much as the last return until the momentum is gone: hardly ever more than 50 bp.
  id: 'price-50bp',
  what: 'SAC, predictable price, 50 bp, more than its edge',
  goal: 'position -> 0 (mean size < 0.1)',
  peer: '-',
  run: (seed) => {
    // Short episodes that start without a position, and little noise: a policy with much noise is noisiest at 0 and pays for it there.
    const options = { costBp: 50, episodeSteps: 16 };
    const quiet = { ...trader, targetEntropy: -5 };
    return trainAndEvaluate(
      { env: predictablePrice(environments, options), agent: quiet, until: { updates: 2000 }, seed },
      async (agent) => {
        const env = predictablePrice(environments, options);
        env.reset(createRng('sanity/judge'));
        let size = 0;
        for (let step = 0; step < 512; step++) {
          env.step(await agent.act(env.observations, 'exploit'));
          for (let copy = 0; copy < environments; copy++) size += Math.abs(env.observations[2 * copy + 1]!) / environments / 512;
        }
        return { size };
      },
    );
  },
  met: (runs) => runs.every(({ size }) => size! < 0.1),
};

const noise: SanityTask = {
  id: 'noise',
  what: 'SAC, pure noise, 1 bp',
  goal: 'not above 0 by two standard errors',
  peer: '-',
  run: (seed) =>
    trainAndEvaluate({ env: pureNoise(environments), agent: trader, until: { updates: 2000 }, seed }, async (agent) => {
      const rewards = await episodesOf(agent, pureNoise(environments), 128);
      const [reward, error] = [meanOf(rewards), standardErrorOf(rewards)];
      // A policy that never trades earns exactly 0.
      return { errorsAbove0: error === 0 ? 0 : reward / error, reward };
    }),
  met: (runs) => runs.every(({ errorsAbove0 }) => errorsAbove0! <= 2),
};

/** Reward per step of SAC with `window` steps of memory, where a signal shows `delay` steps before it pays. */
export async function delayedReturn(
  memory: 'mamba-1' | 'mamba-2' | 'attention' | 'none',
  delay: number,
  window: number,
  updates: number,
  seed: number,
): Promise<number> {
  const task = { delay, length: delay / 2, drift: 2 };
  const agent: Partial<SacOptions> = {
    ...trader,
    hidden: [32],
    batchSize: 64,
    learningRate: 3e-3,
    gamma: 0,
    initialTemperature: 0.01,
    warmupSteps: 500,
    memory,
    window,
    memoryLayers: 1,
    memoryWidth: 16,
    stateWidth: 8,
    // Four decay rates: with one for all 32 channels, one seed of three never learns to use the past.
    headWidth: 8,
  };
  return trainAndEvaluate({ env: delayedSignal(environments, task), agent, until: { updates }, seed }, async (learnt) => {
    const rewards = await episodesOf(learnt, delayedSignal(environments, task), 48);
    return meanOf(rewards) / episodeSteps;
  });
}

const delayed = (memory: 'mamba-1' | 'mamba-2'): SanityTask => ({
  id: `delayed-signal-${memory}`,
  what: `SAC, edge seen only 40 bars back, window 60, ${memory}`,
  goal: "> 2 x the MLP's return",
  peer: '-',
  run: async (seed) => {
    const [remembering, forgetful] = [await delayedReturn(memory, 40, 60, 900, seed), await delayedReturn('none', 40, 60, 900, seed)];
    return { return: remembering, mlp: forgetful, share: remembering / delayedSignalEdge({ delay: 40, length: 20, drift: 2 }) };
  },
  // Twice a return of 0 is 0, so a third of the possible reward is required as well.
  met: (runs) => runs.every((run) => run['return']! > 2 * Math.max(run['mlp']!, 0) && run['share']! > 1 / 3),
});

export const marketTasks: readonly SanityTask[] = [
  predictable(0, 1500),
  predictable(1, 3000),
  expensive,
  noise,
  delayed('mamba-1'),
  delayed('mamba-2'),
];

import { expect, test } from 'vitest';
import { createBarrier } from '../../src/core/barrier.ts';
import { createRng } from '../../src/core/rng.ts';
import { batchedExecutors } from '../../src/tensor/executors/batched-executors.ts';
import type { Executor } from '../../src/tensor/executors/executor.ts';
import { onnxExecutor } from '../../src/tensor/executors/onnx/executor.ts';
import { decodeSnapshot } from '../../src/trading/agents/checkpoint.ts';
import { type AgentConfig, createAgent } from '../../src/trading/agents/create.ts';
import { identityBox } from '../../src/trading/env/reference/identity-box.ts';
import { memory } from '../../src/trading/env/reference/memory.ts';
import { train } from '../../src/trading/training/loop.ts';

const sac = { hidden: [16, 16], batchSize: 32, capacity: 500, warmupSteps: 16, initialTemperature: 0.1 };
const ppo = { id: 'recurrent-ppo', memoryWidth: 8, hidden: [8], rolloutSteps: 8, sequenceSteps: 4, batchSequences: 4, epochs: 2 } as const;
const agents: Readonly<Record<string, AgentConfig>> = {
  SAC: sac,
  'SAC with prioritised replay and a falling rate': { ...sac, priorityExponent: 0.5, schedule: 'cosine', decayUpdates: 20 },
  'SAC with Mamba-2': { ...sac, memory: 'mamba-2', memoryWidth: 8, memoryLayers: 1, headWidth: 8, window: 6 },
  'recurrent PPO': ppo,
};

/** Returns the state, the actions and the metrics of an agent after 20 gradient steps; on the way, higher seeds act more often. */
async function trained(config: AgentConfig, seed: number, executor: Executor) {
  const env = config.id === 'recurrent-ppo' ? memory(4, 4) : identityBox(4);
  const agent = await createAgent(config, { env, seed, executor });
  const shown = Float32Array.from({ length: env.observations.length }, (_, i) => Math.sin(i));
  const onProgress = async (): Promise<void> => {
    for (let i = 0; i < seed; i++) await agent.act(shown, 'exploit');
  };
  const { metrics } = await train({ env, agent, rng: createRng(seed), until: { updates: 20 }, progressEvery: 5, onProgress });
  const actions = (await agent.act(shown, 'exploit')).slice();
  const { arrays } = decodeSnapshot(agent.id, agent.checkpoint());
  await agent.dispose();
  return { ...arrays, actions, metrics: Float32Array.from(Object.values(metrics)) };
}

type Trained = Awaited<ReturnType<typeof trained>>;

const trainBatched = (config: AgentConfig, seeds: readonly number[]): Promise<readonly Trained[]> => {
  const executors = batchedExecutors(onnxExecutor, createBarrier(seeds.length));
  return Promise.all(executors.map((executor, member) => trained(config, seeds[member]!, executor)));
};

/** Alone, a product and its bias are one node of onnxruntime; batched, they are two, which round differently. */
const tolerance = 1e-5;

test.each(Object.keys(agents))('%s: two and three batched agents learn the same as each alone', async (name) => {
  const alone = await Promise.all([1, 2, 3].map((seed) => trained(agents[name]!, seed, onnxExecutor)));
  for (const seeds of [
    [1, 2],
    [1, 2, 3],
  ])
    for (const [member, arrays] of (await trainBatched(agents[name]!, seeds)).entries())
      for (const [array, values] of Object.entries(arrays)) {
        const expected = alone[member]![array as keyof Trained];
        expect(values.length).toBe(expected.length);
        for (const [i, value] of values.entries())
          expect(Math.abs(value - expected[i]!) / (1 + Math.abs(expected[i]!)), `${array}[${i}]`).toBeLessThan(tolerance);
      }
});

test.each(Object.keys(agents))('%s: the other members of a batch do not change a bit', async (name) => {
  const [[one], [again, other]] = await Promise.all([trainBatched(agents[name]!, [1, 2]), trainBatched(agents[name]!, [1, 3])]);
  expect(again).toEqual(one);
  expect(other!.metrics).not.toEqual(one!.metrics);
});

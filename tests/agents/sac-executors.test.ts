import { afterEach, describe, expect, test } from 'vitest';
import { createRng } from '../../src/core/rng.ts';
import { chooseExecutor } from '../../src/tensor/executors/choose.ts';
import type { Executor } from '../../src/tensor/executors/executor.ts';
import type { Agent } from '../../src/trading/agents/agent.ts';
import { loadPolicy } from '../../src/trading/agents/policy.ts';
import { createSac } from '../../src/trading/agents/sac/sac.ts';
import { identityBox } from '../../src/trading/env/reference/identity-box.ts';
import { train } from '../../src/trading/training/loop.ts';
import { tensorflowMissing } from '../fixtures/tensorflow.ts';

const open: Agent[] = [];
afterEach(async () => {
  for (const agent of open.splice(0)) await agent.dispose();
});

async function trained(executor: Executor, steps: number, hidden = 64): Promise<Agent> {
  const options = { hidden: [hidden, hidden], batchSize: 256, capacity: 500, learningRate: 1e-3, gamma: 0.95, warmupSteps: 100 };
  const agent = await createSac({ observationSize: 1, actionSize: 1, environments: 1, seed: 7, options, executor });
  open.push(agent);
  await train({ env: identityBox(1), agent, rng: createRng('train'), until: { environmentSteps: steps } });
  return agent;
}

const exploit = async (agent: Agent, x: number): Promise<number> => (await agent.act(Float32Array.of(x), 'exploit'))[0]!;

describe.skipIf(tensorflowMissing() !== null)('SAC on TensorFlow', () => {
  test('learns to repeat its observation in 400 steps, and its exported policy acts the same on onnxruntime', async () => {
    const agent = await trained(chooseExecutor('tensorflow'), 400);
    const policy = await loadPolicy(agent.exportPolicy());
    const env = identityBox(1);
    env.reset(createRng('test'));
    let reward = 0;
    for (let step = 0; step < 100; step++) {
      const action = await exploit(agent, env.observations[0]!);
      expect((await policy.act(env.observations))[0]).toBeCloseTo(action, 5);
      env.step(Float32Array.of(action));
      reward += env.rewards[0]!;
    }
    await policy.dispose();
    expect(reward).toBeGreaterThanOrEqual(90);
  });

  test('learns the same policy as on onnx, and so do the kernels', async () => {
    const onnx = await trained(chooseExecutor('onnx'), 110, 8);
    for (const choice of ['tensorflow', 'kernels'] as const) {
      const other = await trained(chooseExecutor(choice), 110, 8);
      for (const x of [-0.9, -0.2, 0, 0.5]) expect(await exploit(other, x), choice).toBeCloseTo(await exploit(onnx, x), 3);
    }
  });

  test('continues from a checkpoint to the same bits', async () => {
    const agent = await trained(chooseExecutor('tensorflow'), 105);
    const copy = await createSac({
      observationSize: 1,
      actionSize: 1,
      environments: 1,
      seed: 8,
      options: { hidden: [64, 64], batchSize: 256, capacity: 500, learningRate: 1e-3, gamma: 0.95, warmupSteps: 100 },
      executor: chooseExecutor('tensorflow'),
    });
    open.push(copy);
    copy.restore(agent.checkpoint());
    for (const each of [agent, copy])
      await train({ env: identityBox(1), agent: each, rng: createRng('on'), until: { environmentSteps: 10 } });
    expect(copy.checkpoint()).toEqual(agent.checkpoint());
  });
});

import { createRng, type RngState, restoreRng } from '../../../src/core/rng.ts';
import { onnxExecutor } from '../../../src/tensor/executors/onnx/executor.ts';
import { serialise } from '../../../src/tensor/executors/onnx/serialise.ts';
import { gradients } from '../../../src/tensor/graph/gradients.ts';
import { clip, input, mean, mul, square, state, sub } from '../../../src/tensor/graph/ops/index.ts';
import { mlp } from '../../../src/tensor/nn/mlp.ts';
import { createOptimizer } from '../../../src/tensor/nn/optimizers/optimizer.ts';
import { flatten, initialise, layoutOf, partsOf } from '../../../src/tensor/nn/parameters.ts';
import type { Agent, Transitions } from '../../../src/trading/agents/agent.ts';
import { decodeSnapshot, encodeSnapshot } from '../../../src/trading/agents/checkpoint.ts';
import { requireFinite } from '../../../src/trading/agents/finite.ts';
import { sacDefaults } from '../../../src/trading/agents/sac/options.ts';

/** REINFORCE (Williams 1992) for tasks of one step: a normal policy of fixed deviation, one gradient step per step of all environments. */
export async function createReinforce(environments: number, observationSize: number, actionSize: number, seed: number): Promise<Agent> {
  const deviation = 0.5;
  const policy = mlp('policy', [observationSize, 16, actionSize]);
  const layout = layoutOf(policy.parameters);
  const vector = state('policy', [layout.size]);
  const parts = partsOf(layout, vector);
  const centreOf = (rows: number) => policy.apply(parts, input('observation', [rows, observationSize]));

  // The log-probability of an action is -(action - centre)^2 / (2 deviation^2), but for what does not depend on the centre.
  const distance = square(sub(input('action', [environments, actionSize]), centreOf(environments)));
  const loss = mean(mul(distance, input('advantage', [environments, 1])));
  const derivatives = gradients(
    loss,
    layout.parameters.map(({ name }) => parts[name]!),
  );
  const optimizer = createOptimizer({ ...sacDefaults, learningRate: 0.02 });
  const step = optimizer.step('policy', vector, flatten(derivatives), layout);
  const program = await onnxExecutor.compile({
    act: { outputs: { action: centreOf(environments) } },
    update: { outputs: { loss }, updates: [...optimizer.updates, ...step.updates] },
  });
  const root = createRng(seed).fork('reinforce');
  program.write('policy', initialise(layout, root.fork('initial')));
  let noise = root.fork('noise');
  let seen: Transitions | null = null;

  return {
    id: 'reinforce',
    act: async (observation, mode) => {
      const { action } = await program.run('act', { observation });
      return action!.map((centre) => Math.min(Math.max(centre + (mode === 'explore' ? deviation * noise.normal() : 0), -1), 1));
    },
    observe: (transitions) => {
      requireFinite('reward', transitions.rewards, 1, 'environment step');
      seen = transitions;
    },
    update: async () => {
      if (seen === null) return null;
      const { observations, actions, rewards } = seen;
      seen = null;
      const average = rewards.reduce((total, reward) => total + reward, 0) / environments;
      const advantage = rewards.map((reward) => reward - average);
      const { loss: value } = await program.run('update', { observation: observations, action: actions, advantage });
      requireFinite('loss', value!, 1, 'gradient step');
      return { gradientSteps: 1, metrics: { loss: value![0]! } };
    },
    checkpoint: () =>
      encodeSnapshot({
        agent: 'reinforce',
        facts: { noise: { ...noise.state() } },
        arrays: Object.fromEntries(program.states.map(({ name }) => [name, program.read(name)])),
      }),
    restore: (bytes) => {
      const { facts, arrays } = decodeSnapshot('reinforce', bytes);
      for (const [name, values] of Object.entries(arrays)) program.write(name, values);
      noise = restoreRng((facts as unknown as { readonly noise: RngState }).noise);
      seen = null;
    },
    exportPolicy: ({ metadata = {} } = {}) => {
      const weights = { policy: { values: program.read('policy'), layout } };
      return serialise({ outputs: { action: clip(centreOf(1), -1, 1) } }, { weights, metadata, freeRows: true }).bytes;
    },
    dispose: program.dispose,
  };
}

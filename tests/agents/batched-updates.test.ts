import { expect, test } from 'vitest';
import { createRng } from '../../src/core/rng.ts';
import { onnxExecutor } from '../../src/tensor/executors/onnx/executor.ts';
import { batched } from '../../src/tensor/graph/batched.ts';
import { evaluate } from '../../src/tensor/graph/evaluate.ts';
import { type Graph, type Leaf, leavesOf } from '../../src/tensor/graph/graph.ts';
import { sizeOf } from '../../src/tensor/graph/shapes.ts';
import { updateGraph as ppoUpdateGraph } from '../../src/trading/agents/recurrent-ppo/graphs.ts';
import { createRecurrentNetworks } from '../../src/trading/agents/recurrent-ppo/networks.ts';
import { type RecurrentPpoOptions, recurrentPpoDefaults } from '../../src/trading/agents/recurrent-ppo/options.ts';
import { updateGraph } from '../../src/trading/agents/sac/graphs.ts';
import { createNetworks } from '../../src/trading/agents/sac/networks.ts';
import { type SacOptions, sacDefaults } from '../../src/trading/agents/sac/options.ts';

const encoder = {
  encoder: 'cross-ticker',
  encoderWidth: 4,
  encoderLayers: 1,
  encoderHeads: 2,
  encoderInner: 4,
  encoderOutputs: 3,
} as const;
const remembering = { memoryWidth: 4, memoryLayers: 1, stateWidth: 3, headWidth: 4, heads: 2, window: 5 };

function sac(change: Partial<SacOptions>): Graph {
  const options = { ...sacDefaults, ...remembering, hidden: [5, 4], batchSize: 3, ...change };
  return updateGraph(createNetworks(6, 2, options), options, -2);
}

function ppo(change: Partial<RecurrentPpoOptions>): Graph {
  const options = { ...recurrentPpoDefaults, ...remembering, hidden: [5], sequenceSteps: 4, batchSequences: 3, ...change };
  return ppoUpdateGraph(createRecurrentNetworks({ observationSize: 6, actionSize: 1, choices: [3] }, options), options);
}

const graphs = {
  'SAC, no memory': () => sac({ memory: 'none' }),
  'SAC, AdamW that warms up, prioritised replay': () =>
    sac({ priorityExponent: 0.6, weightDecay: 0.01, schedule: 'cosine', warmupUpdates: 3, decayUpdates: 9 }),
  'SAC, SGD with momentum': () => sac({ optimizer: 'sgd', momentum: 0.9 }),
  'SAC, cross-ticker': () => sac({ ...encoder }),
  'SAC, Mamba-1': () => sac({ memory: 'mamba-1' }),
  'SAC, Mamba-2, returns of three steps': () => sac({ memory: 'mamba-2', returnSteps: 3 }),
  'SAC, attention, views apart': () => sac({ memory: 'attention', sharedView: false }),
  'SAC, LSTM, cross-ticker': () => sac({ memory: 'lstm', ...encoder }),
  'recurrent PPO, LSTM': () => ppo({}),
  'recurrent PPO, attention': () => ppo({ memory: 'attention' }),
  'recurrent PPO, Mamba-1, cross-ticker': () => ppo({ memory: 'mamba-1', ...encoder }),
};

/** Draws valid values for everything that a graph reads: weights, optimizer state, episode starts, choices. */
function drawn(leaves: readonly Leaf[], label: string): Record<string, Float32Array> {
  const rng = createRng(label);
  const numberFor = (name: string): number => {
    if (name.includes('/')) return 0.05 + 0.1 * rng.uniform();
    if (name.startsWith('start')) return Number(rng.uniform() < 0.2);
    if (name === 'action') return rng.int(3);
    return ['discount', 'weight'].includes(name) ? rng.uniform() : 0.4 * rng.normal();
  };
  return Object.fromEntries(leaves.map(({ name, shape }) => [name, Float32Array.from({ length: sizeOf(shape) }, () => numberFor(name))]));
}

type Arrays = Readonly<Record<string, ArrayLike<number>>>;

const joined = (members: readonly Arrays[]): Record<string, Float32Array> =>
  Object.fromEntries(
    Object.keys(members[0]!).map((name) => [name, Float32Array.from(members.flatMap((member) => Array.from(member[name]!)))]),
  );

function expectNear(actual: Arrays, expected: Arrays, tolerance: number): void {
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, values] of Object.entries(expected))
    for (let i = 0; i < values.length; i++)
      expect(Math.abs(actual[name]![i]! - values[i]!) / (1 + Math.abs(values[i]!)), `${name}[${i}]`).toBeLessThan(tolerance);
}

test.each(Object.keys(graphs))('%s: a gradient step of three members equals that of each alone', async (name) => {
  const graph = graphs[name as keyof typeof graphs]();
  const many = batched(graph, 3);
  const members = [0, 1, 2].map((member) => ({
    feeds: drawn(leavesOf(graph, 'input'), `feeds/${member}`),
    states: drawn(leavesOf(graph, 'state'), `states/${member}`),
  }));
  const [feeds, states] = [joined(members.map((member) => member.feeds)), joined(members.map((member) => member.states))];
  const alone = members.map((member) => evaluate(graph, member.feeds, member.states));
  const outputs = joined(alone.map((each) => each.outputs));
  const updates = joined(alone.map((each) => each.updates));
  const actual = evaluate(many, feeds, states);
  expectNear(actual.outputs, outputs, 1e-6);
  expectNear(actual.updates, updates, 1e-6);

  const program = await onnxExecutor.compile({ many });
  for (const [state, values] of Object.entries(states)) program.write(state, values);
  expectNear(await program.run('many', feeds), outputs, 1e-4);
  expectNear(Object.fromEntries(Object.keys(updates).map((state) => [state, program.read(state)])), updates, 1e-4);
  await program.dispose();
});

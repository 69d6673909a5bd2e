import { expect, test } from 'vitest';
import { createRng } from '../../src/core/rng.ts';
import { onnxExecutor } from '../../src/tensor/executors/onnx/executor.ts';
import { evaluate } from '../../src/tensor/graph/evaluate.ts';
import { leavesOf } from '../../src/tensor/graph/graph.ts';
import { sizeOf } from '../../src/tensor/graph/shapes.ts';
import { initialise } from '../../src/tensor/nn/parameters.ts';
import { updateGraph, vectors } from '../../src/trading/agents/sac/graphs.ts';
import { createNetworks } from '../../src/trading/agents/sac/networks.ts';
import { sacDefaults } from '../../src/trading/agents/sac/options.ts';
import type { Network } from './reference-sac-step.ts';
import { arraysOf, createReference, dense } from './reference-sac-step.ts';

const [observationSize, actionSize, rows] = [3, 2, 7];
const hidden = [6, 5];
const settings = { learningRate: 0.01, gamma: 0.875, tau: 0.1, targetEntropy: -1.5 };
const options = { ...sacDefaults, ...settings, hidden, batchSize: rows };
const networks = createNetworks(observationSize, actionSize, options);
const graph = updateGraph(networks, options, settings.targetEntropy);

function firstStates(): Record<string, Float32Array> {
  const states: Record<string, Float32Array> = Object.fromEntries(
    leavesOf(graph, 'state').map(({ name, shape }) => [name, new Float32Array(sizeOf(shape))]),
  );
  const rng = createRng('sac-step');
  states[vectors.actor] = initialise(networks.actorLayout, rng);
  states[vectors.critics] = initialise(networks.criticLayout, rng);
  states[vectors.targetCritics] = initialise(networks.criticLayout, rng.fork('target'));
  states[vectors.logAlpha] = Float32Array.of(Math.log(0.3));
  return states;
}

/** Returns the network whose layers are in `vector`; of stacked networks, number `copy`. */
function networkFrom(sizes: readonly number[], vector: Float32Array, copies = 1, copy = 0): Network {
  let offset = 0;
  const take = (size: number): Float32Array => {
    const start = offset + copy * size;
    offset += copies * size;
    return vector.subarray(start, start + size);
  };
  return sizes.slice(1).map((outputs, i) => {
    const layer = dense(sizes[i]!, outputs);
    layer.kernel.set(take(layer.kernel.length));
    layer.bias.set(take(layer.bias.length));
    return layer;
  });
}

const criticSizes = [observationSize + actionSize, ...hidden, 1];

function referenceFrom(states: Readonly<Record<string, Float32Array>>) {
  const twins = (vector: Float32Array) => [networkFrom(criticSizes, vector, 2, 0), networkFrom(criticSizes, vector, 2, 1)] as const;
  return {
    actor: networkFrom([observationSize, ...hidden, 2 * actionSize], states[vectors.actor]!),
    critics: twins(states[vectors.critics]!),
    targets: twins(states[vectors.targetCritics]!),
    logAlpha: Float64Array.from(states[vectors.logAlpha]!),
  };
}

/** Both critics in the layout of the graph: per parameter, the values of the first network, then those of the second. */
function stacked([first, second]: readonly [Network, Network]): number[] {
  const other = arraysOf(second);
  return arraysOf(first).flatMap((array, i) => [...array, ...other[i]!]);
}

const rng = createRng('sac-step/batches');
const draw = (width: number): number[][] =>
  Array.from({ length: rows }, () => Array.from({ length: width }, () => Math.fround(rng.normal())));
const batches = Array.from({ length: 5 }, () => ({
  observation: draw(observationSize),
  action: draw(actionSize).map((row) => row.map((x) => Math.fround(Math.tanh(x)))),
  reward: draw(1).flat(),
  nextObservation: draw(observationSize),
  terminated: Array.from({ length: rows }, (_, i) => (i % 3 === 0 ? 1 : 0)),
  noise: draw(actionSize),
  nextNoise: draw(actionSize),
}));

const feedsOf = ({ terminated, ...batch }: (typeof batches)[number]) => {
  const discount = terminated.map((ended) => (1 - ended) * settings.gamma);
  return Object.fromEntries(Object.entries({ ...batch, discount }).map(([name, values]) => [name, Float32Array.from(values.flat())]));
};

function largestDifference(actual: ArrayLike<number>, expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length);
  return expected.reduce((largest, value, i) => Math.max(largest, Math.abs(actual[i]! - value)), 0);
}

function expectStates(
  states: Readonly<Record<string, ArrayLike<number>>>,
  reference: ReturnType<typeof referenceFrom>,
  tolerance: number,
): void {
  expect(
    largestDifference(
      states[vectors.actor]!,
      arraysOf(reference.actor).flatMap((array) => [...array]),
    ),
  ).toBeLessThan(tolerance);
  expect(largestDifference(states[vectors.critics]!, stacked(reference.critics))).toBeLessThan(tolerance);
  expect(largestDifference(states[vectors.targetCritics]!, stacked(reference.targets))).toBeLessThan(tolerance);
  expect(largestDifference(states[vectors.logAlpha]!, [...reference.logAlpha])).toBeLessThan(tolerance);
}

test('the update graph in float64 equals the SAC step written by hand', () => {
  const reference = referenceFrom(firstStates());
  const step = createReference(reference, settings);
  let states: Record<string, ArrayLike<number>> = firstStates();
  for (const batch of batches) {
    const losses = step(batch);
    const { outputs, updates } = evaluate(graph, feedsOf(batch), states);
    states = updates;
    for (const [name, expected] of Object.entries(losses)) expect(outputs[name]![0], name).toBeCloseTo(expected, 9);
    expectStates(states, reference, 1e-8);
  }
});

test('the update on onnxruntime equals it to float32 accuracy', async () => {
  const reference = referenceFrom(firstStates());
  const step = createReference(reference, settings);
  const program = await onnxExecutor.compile({ update: graph });
  for (const [name, values] of Object.entries(firstStates())) program.write(name, values);
  for (const batch of batches) {
    const losses = step(batch);
    const outputs = await program.run('update', feedsOf(batch));
    for (const [name, expected] of Object.entries(losses)) expect(outputs[name]![0], name).toBeCloseTo(expected, 4);
  }
  const states = Object.fromEntries(program.states.map(({ name }) => [name, program.read(name)]));
  // Adam divides a gradient by its own size, which amplifies the rounding error of a small one.
  expectStates(states, reference, 5e-4);
  await program.dispose();
});

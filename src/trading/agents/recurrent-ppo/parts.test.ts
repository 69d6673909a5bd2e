import { describe, expect, test } from 'vitest';
import { createRng } from '../../../core/rng.ts';
import { evaluate } from '../../../tensor/graph/evaluate.ts';
import { constant, exp } from '../../../tensor/graph/ops/index.ts';
import type { Tensor } from '../../../tensor/graph/tensor.ts';
import { initialise } from '../../../tensor/nn/parameters.ts';
import { advantages } from './advantages.ts';
import { categorical, gaussian } from './distribution.ts';
import { approximateKl, clippedLoss, updateGraph, vectorName } from './graphs.ts';
import { createMoments } from './moments.ts';
import { createRecurrentNetworks } from './networks.ts';
import { recurrentPpoDefaults } from './options.ts';
import { createRollout } from './rollout.ts';

const numbersOf = (y: Tensor): readonly number[] => [...evaluate({ outputs: { y } }, {}).outputs['y']!];
const column = (...values: number[]): Tensor => constant(values, [values.length, 1]);

describe('advantages', () => {
  const rollout = (ended: readonly number[]) => ({
    rewards: Float32Array.of(1, 0, 2),
    values: Float32Array.of(0.5, 0.4, 0.3),
    ended: Float32Array.from(ended),
    lastValues: Float32Array.of(0.2),
  });
  const near = (actual: Float32Array, expected: readonly number[]) => {
    for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 6);
  };

  test('are the published ones within an episode, and end where it ends', () => {
    near(advantages(rollout([0, 0, 0]), 0.99, 0.95), [2.4779859, 1.682069, 1.898]);
    near(advantages(rollout([0, 1, 0]), 0.99, 0.95), [0.5198, -0.4, 1.898]);
  });

  test('keep environments apart', () => {
    const weave = (a: Float32Array, b: readonly number[]) => Float32Array.from([...a].flatMap((x, i) => [x, b[i]!]));
    const one = rollout([0, 0, 0]);
    const both = advantages(
      {
        rewards: weave(one.rewards, [9, 9, 9]),
        values: weave(one.values, [1, 2, 3]),
        ended: weave(one.ended, [0, 0, 1]),
        lastValues: Float32Array.of(0.2, 7),
      },
      0.99,
      0.95,
    );
    near(
      both.filter((_, i) => i % 2 === 0),
      [2.4779859, 1.682069, 1.898],
    );
  });
});

describe('clippedLoss', () => {
  test('has no gradient where a ratio has left the clip range in the direction of its advantage', () => {
    for (const [ratio, advantage, loss] of [
      [1.3, 1, -1.2],
      [0.7, 1, -0.7],
      [1.3, -1, 1.3],
      [0.7, -1, 0.8],
    ] as const)
      expect(numbersOf(clippedLoss(column(ratio), column(advantage), 0.2))[0]).toBeCloseTo(loss, 9);
  });
});

describe('approximateKl', () => {
  test('of log-ratios .1 and -.05 is .0032002', () => {
    expect(numbersOf(approximateKl(column(0.1, -0.05)))[0]).toBeCloseTo(0.0032002, 7);
  });
});

describe('categorical', () => {
  const { draw, evaluate: evaluateActions } = categorical([2, 3]);
  const head = constant([1, 0, 0.5, 2, -1], [1, 5]);

  test('takes the likeliest choices without noise, the first of equal ones', () => {
    expect(numbersOf(draw({}, head, constant([0, 0, 0, 0, 0], [1, 5])))).toEqual([0, 1]);
    expect(numbersOf(draw({}, constant([3, 3, 0, 1, 1], [1, 5]), constant([0, 0, 0, 0, 0], [1, 5]))).map(Math.abs)).toEqual([0, 1]);
  });

  test('draws with the probabilities of a softmax', () => {
    const rng = createRng('gumbel');
    const rows = 4000;
    const noise = Array.from({ length: rows * 5 }, () => -Math.log(-Math.log(rng.uniform())));
    const repeated = Array.from({ length: rows }, () => [1, 0, 0.5, 2, -1]).flat();
    const drawn = numbersOf(draw({}, constant(repeated, [rows, 5]), constant(noise, [rows, 5])));
    const share = (action: number, choice: number) => drawn.filter((x, i) => i % 2 === action && Math.abs(x) === choice).length / rows;
    const total = Math.exp(0.5) + Math.exp(2) + Math.exp(-1);
    expect(Math.abs(share(0, 0) - Math.E / (Math.E + 1))).toBeLessThan(0.03);
    for (const [choice, logit] of [0.5, 2, -1].entries()) expect(Math.abs(share(1, choice) - Math.exp(logit) / total)).toBeLessThan(0.03);
  });

  test('has probabilities that add up to 1 over all pairs of choices, and their entropy', () => {
    const pairs = [0, 1].flatMap((a) => [0, 1, 2].map((b) => [a, b]));
    const heads = constant(
      pairs.flatMap(() => [1, 0, 0.5, 2, -1]),
      [6, 5],
    );
    const { logProbability, entropy } = evaluateActions({}, heads, constant(pairs.flat(), [6, 2]));
    const probabilities = numbersOf(exp(logProbability));
    expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
    expect(numbersOf(entropy)[0]).toBeCloseTo(-probabilities.reduce((total, p) => total + p * Math.log(p), 0), 9);
  });
});

describe('gaussian', () => {
  test('has the density and the entropy of a normal distribution', () => {
    const { draw, evaluate: evaluateActions } = gaussian('a', 1);
    const parameters = { 'a/log_deviation': constant([-0.5]) };
    expect(numbersOf(draw(parameters, column(0.3), column(2)))[0]).toBeCloseTo(0.3 + 2 * Math.exp(-0.5), 9);
    const { logProbability, entropy } = evaluateActions(parameters, column(0.3), column(0.8));
    expect(numbersOf(logProbability)[0]).toBeCloseTo(-0.7587238, 6);
    expect(numbersOf(entropy)[0]).toBeCloseTo(0.5 * Math.log(2 * Math.PI * Math.E) - 0.5, 9);
  });
});

describe('createMoments', () => {
  test('has the mean and variance of all rows, however they are divided into batches', () => {
    const rng = createRng('moments');
    const rows = Array.from({ length: 400 }, (_, i) => 3 * rng.normal() + (i % 2 ? 50 : -1));
    const moments = createMoments(2);
    moments.add(rows.slice(0, 10));
    moments.add(rows.slice(10, 300));
    moments.add(rows.slice(300));
    for (const of of [0, 1]) {
      const own = rows.filter((_, i) => i % 2 === of);
      const mean = own.reduce((a, b) => a + b, 0) / 200;
      expect(moments.mean[of]).toBeCloseTo(mean, 3);
      expect(moments.variance[of]).toBeCloseTo(own.reduce((total, x) => total + (x - mean) ** 2, 0) / 200, 1);
    }
  });
});

describe('createRollout', () => {
  test('returns every sequence once, in order of time, with the state of its own first step', () => {
    const sizes = { steps: 6, environments: 2, sequenceSteps: 3, batchSequences: 2, observationSize: 1, actionSize: 1, stateSize: 1 };
    const { columns, states, batches } = createRollout(sizes);
    for (let i = 0; i < 12; i++) columns.observation[i] = i;
    states.set([100, 101, 106, 107]);
    const seen = [];
    for (const { observation, state } of batches(createRng('order')))
      for (const sequence of [0, 1]) seen.push([state![sequence], ...[0, 1, 2].map((step) => observation![step * 2 + sequence])]);
    expect(seen.sort((a, b) => a[0]! - b[0]!)).toEqual([
      [100, 0, 2, 4],
      [101, 1, 3, 5],
      [106, 6, 8, 10],
      [107, 7, 9, 11],
    ]);
  });
});

describe('updateGraph', () => {
  test.each(['lstm', 'mamba-1', 'mamba-2', 'attention'] as const)(
    'two episodes in one sequence have the losses of two sequences: %s',
    (memory) => {
      const rng = createRng(`split/${memory}`);
      const normal = (length: number) => Float64Array.from({ length }, () => rng.normal());
      const options = { ...recurrentPpoDefaults, memory, memoryWidth: 4, hidden: [3] };
      const networks = createRecurrentNetworks({ observationSize: 2, actionSize: 1, choices: [2] }, options);
      const vector = [...initialise(networks.layout, rng)];
      const zeros = new Float64Array(vector.length);
      const states = { [vectorName]: vector, [`${vectorName}/adam/m`]: zeros, [`${vectorName}/adam/v`]: zeros, 'adam/correction': [0, 0] };
      const one = {
        observation: normal(16),
        action: Float64Array.from({ length: 8 }, () => rng.int(2)),
        logProbability: normal(8).map((x) => x / 10 - 0.7),
        advantage: normal(8),
        target: normal(8),
      };
      const carried = normal(networks.stateSize);
      // The second half becomes its own sequence; time comes first, so the two halves are interleaved.
      const woven = (values: Float64Array) => {
        const [width, half] = [values.length / 8, values.length / 2];
        return values.map((_, i) => values[(Math.floor(i / width) % 2) * half + Math.floor(i / (2 * width)) * width + (i % width)]!);
      };
      const losses = (sequenceSteps: number, batchSequences: number, feeds: Readonly<Record<string, ArrayLike<number>>>) =>
        evaluate(updateGraph(networks, { ...options, sequenceSteps, batchSequences }), feeds, states).outputs;
      const whole = losses(8, 1, { ...one, start: [0, 0, 0, 0, 1, 0, 0, 0], state: carried });
      const split = losses(4, 2, {
        ...Object.fromEntries(Object.entries(one).map(([name, values]) => [name, woven(values)])),
        start: [0, 1, 0, 0, 0, 0, 0, 0],
        // The state given to the second sequence is cleared at its start.
        state: [...carried, ...normal(networks.stateSize)],
      });
      for (const [name, [value]] of Object.entries(whole)) expect(split[name]![0], name).toBeCloseTo(value!, 10);
    },
  );
});

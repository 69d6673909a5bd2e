import { describe, expect, test } from 'vitest';
import { createRng } from '../../../core/rng.ts';
import { evaluate } from '../../graph/evaluate.ts';
import type { Graph } from '../../graph/graph.ts';
import { input, reshape, state } from '../../graph/ops/index.ts';
import { filledWith } from '../initial.ts';
import { type Layout, layoutOf } from '../parameters.ts';
import { scheduledRate } from './learning-rate.ts';
import { createOptimizer, type OptimizerSettings } from './optimizer.ts';

const settings: OptimizerSettings = {
  optimizer: 'adam',
  learningRate: 0.01,
  schedule: 'constant',
  warmupUpdates: 0,
  decayUpdates: 0,
  lastRate: 0,
  weightDecay: 0,
  momentum: 0.9,
};

type States = Record<string, ArrayLike<number>>;

/** Compares 50 steps on gradients of very different sizes with `rule`, which gets t from 1, the weight, its gradient and its index. */
function compare(changed: Partial<OptimizerSettings>, others: States, rule: (t: number, p: number, g: number, i: number) => number): void {
  const optimizer = createOptimizer({ ...settings, ...changed });
  const step = optimizer.step('p', state('p', [3]), input('g', [3]), layoutOf([{ name: 'w', shape: [3], initial: filledWith(0) }]));
  const graph: Graph = { outputs: { p: step.value }, updates: [...optimizer.updates, ...step.updates] };
  const expected = [1, -2, 3];
  let states: States = { ...others, p: expected };
  const rng = createRng('optimizer');
  for (let t = 1; t <= 50; t++) {
    const g = [rng.normal(), 100 * rng.normal(), 1e-9 * rng.normal()];
    states = evaluate(graph, { g }, states).updates;
    for (const i of [0, 1, 2]) expected[i] = rule(t, expected[i]!, g[i]!, i);
    for (const i of [0, 1, 2]) expect(states['p']![i]).toBeCloseTo(expected[i]!, 10);
  }
}

const adamStates: States = { 'p/adam/m': [0, 0, 0], 'p/adam/v': [0, 0, 0], 'adam/correction': [0, 0] };

/** The step of the paper, with moments per weight. */
function adamRule(rate: (t: number) => number): (t: number, g: number, i: number) => number {
  const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];
  const [m, v] = [
    [0, 0, 0],
    [0, 0, 0],
  ];
  return (t, g, i) => {
    m[i] = beta1 * m[i]! + (1 - beta1) * g;
    v[i] = beta2 * v[i]! + (1 - beta2) * g ** 2;
    return (rate(t) * (m[i]! / (1 - beta1 ** t))) / (Math.sqrt(v[i]! / (1 - beta2 ** t)) + epsilon);
  };
}

describe('optimizers', () => {
  test('adam equals the algorithm of its paper', () => {
    const move = adamRule(() => 0.01);
    compare({}, adamStates, (t, p, g, i) => p - move(t, g, i));
  });

  test('adamw decays the weights and not the moments', () => {
    const move = adamRule(() => 0.01);
    compare({ weightDecay: 0.1 }, adamStates, (t, p, g, i) => p * (1 - 0.01 * 0.1) - move(t, g, i));
  });

  test('sgd with momentum and without', () => {
    const m = [0, 0, 0];
    compare({ optimizer: 'sgd' }, { 'p/sgd/m': [0, 0, 0] }, (_t, p, g, i) => {
      m[i] = 0.9 * m[i]! + g;
      return p - 0.01 * m[i]!;
    });
    compare({ optimizer: 'sgd', momentum: 0 }, {}, (_t, p, g) => p - 0.01 * g);
  });

  test('sgd decays the weights, too', () => {
    const m = [0, 0, 0];
    compare({ optimizer: 'sgd', weightDecay: 0.1 }, { 'p/sgd/m': [0, 0, 0] }, (_t, p, g, i) => {
      m[i] = 0.9 * m[i]! + g;
      return p * (1 - 0.01 * 0.1) - 0.01 * m[i]!;
    });
  });

  test.each(['adam', 'sgd'] as const)('do not decay parameters with decays: false, nor a vector without a layout: %s', (kind) => {
    const optimizer = createOptimizer({ ...settings, optimizer: kind, weightDecay: 0.1 });
    const parts = [
      { name: 'kernel', shape: [2], initial: filledWith(0) },
      { name: 'rate', shape: [1], initial: filledWith(0), decays: false as const },
      { name: 'bias', shape: [1], initial: filledWith(0) },
    ];
    const stepped = (layout?: Layout) => {
      const { value } = optimizer.step('p', state('p', [4]), input('g', [4]), layout);
      const states = { p: [1, -2, 3, 4], 'p/adam/m': [0, 0, 0, 0], 'p/adam/v': [0, 0, 0, 0], 'p/sgd/m': [0, 0, 0, 0] };
      return [...evaluate({ outputs: { value } }, { g: [0, 0, 0, 0] }, { ...states, 'adam/correction': [0, 0] }).outputs['value']!];
    };
    expect(stepped(layoutOf(parts))).toEqual(close([0.999, -1.998, 3, 3.996]));
    expect(stepped()).toEqual([1, -2, 3, 4]);
  });

  test('follow the schedule, also in the decay of the weights', () => {
    const rate = (t: number): number => 0.01 * Math.max(0, 1 - (t - 1) / 40);
    const move = adamRule(rate);
    compare({ schedule: 'linear', decayUpdates: 40, weightDecay: 0.1 }, { ...adamStates, 'learningRate/updates': [0] }, (t, p, g, i) => {
      return p * (1 - rate(t) * 0.1) - move(t, g, i);
    });
  });
});

/** Rates of the first n steps. */
function ratesOf(changed: Partial<OptimizerSettings>, steps: number): readonly number[] {
  const { rate, updates } = scheduledRate('steps', { ...settings, learningRate: 1, ...changed });
  const graph: Graph = { outputs: { rate: reshape(rate, [1]) }, updates };
  let states: States = { steps: [0] };
  return Array.from({ length: steps }, () => {
    const done = evaluate(graph, {}, states);
    states = { ...states, ...done.updates };
    return done.outputs['rate']![0]!;
  });
}

const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 6) as number);

describe('schedules', () => {
  test('constant does not change and needs no state', () => {
    expect(ratesOf({}, 3)).toEqual([1, 1, 1]);
    expect(scheduledRate('steps', settings).updates).toEqual([]);
  });

  test('linear falls to its last share and stays there', () => {
    expect(ratesOf({ schedule: 'linear', decayUpdates: 4 }, 6)).toEqual(close([1, 0.75, 0.5, 0.25, 0, 0]));
    expect(ratesOf({ schedule: 'linear', decayUpdates: 4, lastRate: 0.2 }, 6)).toEqual(close([1, 0.8, 0.6, 0.4, 0.2, 0.2]));
  });

  test('cosine falls along half a cosine', () => {
    const expected = [0, 1, 2, 3, 4].map((t) => 0.1 + (0.9 * (1 + Math.cos((Math.PI * t) / 4))) / 2);
    expect(ratesOf({ schedule: 'cosine', decayUpdates: 4, lastRate: 0.1 }, 6)).toEqual(close([...expected, 0.1]));
  });

  test('a warm-up rises linearly and multiplies the schedule', () => {
    expect(ratesOf({ warmupUpdates: 4 }, 6)).toEqual(close([0.25, 0.5, 0.75, 1, 1, 1]));
    expect(ratesOf({ warmupUpdates: 2, schedule: 'linear', decayUpdates: 4 }, 5)).toEqual(close([0.5, 0.75, 0.5, 0.25, 0]));
  });
});

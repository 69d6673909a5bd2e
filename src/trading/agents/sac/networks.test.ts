import { describe, expect, test } from 'vitest';
import { evaluate } from '../../../tensor/graph/evaluate.ts';
import { gradients } from '../../../tensor/graph/gradients.ts';
import { constant, input } from '../../../tensor/graph/ops/index.ts';
import type { Tensor } from '../../../tensor/graph/tensor.ts';
import { createNetworks, criticsOf, squashedGaussian, temperatureLoss, temporalTarget } from './networks.ts';
import { sacDefaults } from './options.ts';

const numbersOf = (y: Tensor, feeds: Readonly<Record<string, number[]>> = {}): readonly number[] => [
  ...evaluate({ outputs: { y } }, feeds).outputs['y']!,
];
const column = (...values: number[]): Tensor => constant(values, [values.length, 1]);

describe('squashedGaussian', () => {
  const deviation = Math.exp(-0.5);

  test('computes the action and the log-probability of u = 0.8 under mean 0.3 and log deviation -0.5', () => {
    const { action, logProbability } = squashedGaussian(column(0.3), column(-0.5), column((0.8 - 0.3) / deviation));
    expect(numbersOf(action)[0]).toBeCloseTo(0.6640368, 7);
    expect(numbersOf(logProbability)[0]).toBeCloseTo(-0.1772166, 7);
  });

  test('sums the log-probabilities of several actions', () => {
    const noise = (0.8 - 0.3) / deviation;
    const twice = squashedGaussian(constant([0.3, 0.3], [1, 2]), constant([-0.5, -0.5], [1, 2]), constant([noise, noise], [1, 2]));
    expect(numbersOf(twice.logProbability)[0]).toBeCloseTo(2 * -0.1772166, 6);
  });

  test('stays finite where tanh has saturated', () => {
    const { action, logProbability } = squashedGaussian(column(40, -40), column(0, 0), column(0, 0));
    expect(numbersOf(action)).toEqual([1, -1]);
    // log(1 - tanh(40)^2) = log 4 - 80 to float64.
    for (const value of numbersOf(logProbability)) expect(value).toBeCloseTo(-0.5 * Math.log(2 * Math.PI) - (Math.log(4) - 80), 6);
  });
});

describe('temporalTarget', () => {
  const target = (discount: number) =>
    numbersOf(
      temporalTarget({
        rewards: column(0.1),
        discount: column(discount),
        nextValue: column(1.2),
        nextLogProbability: column(-0.7),
        alpha: constant([0.2]),
      }),
    )[0];

  test('adds the discounted soft value of the next state', () => {
    expect(target(0.99)).toBeCloseTo(1.4266, 12);
  });

  test('adds nothing after a termination', () => {
    expect(target(0)).toBeCloseTo(0.1, 12);
  });
});

describe('temperatureLoss', () => {
  test('lowers the temperature when the entropy is above its target, and raises it below', () => {
    const logAlpha = input('logAlpha', [1]);
    const gradient = (logProbability: number) =>
      numbersOf(gradients(temperatureLoss(logAlpha, column(logProbability, logProbability), -1), [logAlpha])[0]!, { logAlpha: [0] })[0];
    expect(gradient(-0.7)).toBeCloseTo(1.7, 12);
    expect(gradient(3)).toBeCloseTo(-2, 12);
  });
});

describe('criticsOf', () => {
  test('reads each critic from its half of every parameter, and the shared view once', () => {
    const networks = createNetworks(3, 2, { ...sacDefaults, memory: 'lstm', memoryWidth: 2, hidden: [4], sharedView: true });
    const { criticLayout: layout } = networks;
    const vector = Float64Array.from({ length: layout.size }, (_, i) => i);
    const { view, own, inOrder } = criticsOf(networks, constant([...vector], [layout.size]));
    expect(inOrder.flatMap((each) => numbersOf(each))).toEqual([...vector]);
    expect(Object.keys(view).every((name) => name.startsWith('shared/lstm/'))).toBe(true);
    expect(Object.keys(own[0])).toEqual(['critic/0/kernel', 'critic/0/bias', 'critic/1/kernel', 'critic/1/bias']);
    const { offset } = layout.parameters.find(({ name }) => name === 'critic/0/bias')!;
    expect(own.map((each) => numbersOf(each['critic/0/bias']!))).toEqual(
      [0, 4].map((first) => [0, 1, 2, 3].map((i) => offset + first + i)),
    );
    expect(own.map((each) => each['critic/0/kernel']!.shape)).toEqual([0, 1].map(() => [3 + 2 + 2, 4]));
  });
});

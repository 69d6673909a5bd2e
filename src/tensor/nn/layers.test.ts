import { describe, expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import { evaluate } from '../graph/evaluate.ts';
import { gradients } from '../graph/gradients.ts';
import { add, constant, input, mul, neg, reshape, state, sum } from '../graph/ops/index.ts';
import { sizeOf } from '../graph/shapes.ts';
import type { Tensor } from '../graph/tensor.ts';
import { encoderLayer, multiHeadAttention, scaledDotProduct } from './attention.ts';
import { orthogonal } from './initial.ts';
import { lstm } from './lstm.ts';
import { mamba, recurrence } from './mamba.ts';
import { mamba2 } from './mamba2.ts';
import { layerNorm, rmsNorm } from './norm.ts';
import type { Layer } from './parameters.ts';
import { flatten, initialise, layoutOf, partsOf } from './parameters.ts';
import { logSoftmax, softmax } from './softmax.ts';
import { inverseSoftplus } from './ssm-initial.ts';
import { ssmDefaults, ssmStack } from './ssm-stack.ts';

const numbersOf = (y: Tensor, feeds: Readonly<Record<string, ArrayLike<number>>> = {}): readonly number[] => [
  ...evaluate({ outputs: { y } }, feeds).outputs['y']!,
];
const near = (actual: readonly number[], expected: readonly number[], digits = 7) => {
  expect(actual.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, digits);
};
const plain = { stateWidth: 16, taps: 4, expand: 2, layers: 1 };

describe('parameters', () => {
  test.each([
    ['LSTM 256 to 128', lstm('l', 256, 128), 197_632],
    ['Mamba-1 of width 64', mamba('m', { ...plain, width: 64 }), 32_640],
    ['Mamba-1 of width 128', mamba('m', { ...plain, width: 128 }), 116_480],
    // 64 -> 2 x 128 + 2 x 64 + 1; four taps and a bias on 256 channels; three per head; norm; 128 -> 64.
    [
      'Mamba-2 of width 64',
      mamba2('m', { ...plain, width: 64, stateWidth: 64, headWidth: 128, chunk: 256 }),
      64 * 385 + 5 * 256 + 3 + 128 + 128 * 64,
    ],
    ['attention of width 128', multiHeadAttention('a', 128, 8), 66_048],
    ['encoder layer of width 128', encoderLayer('e', 128, 8, 256), 132_480],
  ])('of %s are as many as published', (_name, layer, count) => {
    expect(layoutOf(layer.parameters).size).toBe(count);
  });
});

describe('softmax', () => {
  test('stays finite for numbers that overflow exp, and logSoftmax for those that underflow it', () => {
    near(numbersOf(softmax(constant([1000, 1000 + Math.log(3), -1000, 0], [2, 2]))), [0.25, 0.75, 0, 1]);
    expect(numbersOf(softmax(constant([0, 0, -50]), constant([1, 1, 0])))).toEqual([0.5, 0.5, 0]);
    near(numbersOf(logSoftmax(constant([1000, 0], [1, 2]))), [0, -1000]);
  });
});

describe('attention', () => {
  test('equals weights and norm computed by hand for the identity', () => {
    const eye = constant([1, 0, 0, 1], [1, 2, 2]);
    const seen = scaledDotProduct(eye, eye, eye);
    near(numbersOf(seen), [0.66976155, 0.33023845, 0.33023845, 0.66976155]);
    const norm = layerNorm('n', 2);
    const y = norm.apply({ 'n/scale': constant([1, 1]), 'n/shift': constant([0, 0]) }, add(seen, eye));
    near(numbersOf(y), [0.99998885, -0.99998885, -0.99998885, 0.99998885]);
  });

  test('refuses heads that do not divide the width', () => {
    expect(() => multiHeadAttention('encoder/0', 10, 3)).toThrow('encoder/0: 3 heads do not divide a width of 10');
  });
});

describe.each<readonly [string, Layer, readonly number[]]>([
  ['layerNorm', layerNorm('l', 5), [3, 5]],
  ['rmsNorm', rmsNorm('l', 5), [3, 5]],
  ['multiHeadAttention', multiHeadAttention('l', 4, 2), [2, 3, 4]],
  ['encoderLayer', encoderLayer('l', 4, 2, 6), [2, 2, 4]],
])('%s', (name, layer, shape) => {
  test('has the gradients of finite differences', () => {
    const rng = createRng(name);
    const layout = layoutOf(layer.parameters);
    const weights = Float64Array.from(initialise(layout, rng), (w) => w + 0.2 * rng.normal());
    const x = input('x', shape);
    const parts = partsOf(layout, state('weights', [layout.size]));
    const y = layer.apply(parts, x);
    const loss = sum(
      mul(
        y,
        constant(
          Array.from({ length: sizeOf(y.shape) }, (_, i) => Math.sin(1 + i)),
          y.shape,
        ),
      ),
    );
    const values = Float64Array.from({ length: sizeOf(shape) }, () => rng.normal());
    const [dx, ...rest] = gradients(loss, [x, ...layout.parameters.map((parameter) => parts[parameter.name]!)]);
    const derivatives = evaluate({ outputs: { x: dx!, weights: flatten(rest) } }, { x: values }, { weights }).outputs;
    const moved = (of: Float64Array, at: number, by: number) => of.map((value, i) => (i === at ? value + by : value));
    const lossAt = (fed: Float64Array, held: Float64Array) =>
      evaluate({ outputs: { loss } }, { x: fed }, { weights: held }).outputs['loss']![0]!;
    for (let at = 0; at < values.length; at++) {
      const expected = (lossAt(moved(values, at, 1e-5), weights) - lossAt(moved(values, at, -1e-5), weights)) / 2e-5;
      expect(Math.abs(derivatives['x']![at]! - expected)).toBeLessThan(1e-6 * (1 + Math.abs(expected)));
    }
    for (let at = 0; at < weights.length; at += 3) {
      const expected = (lossAt(values, moved(weights, at, 1e-5)) - lossAt(values, moved(weights, at, -1e-5))) / 2e-5;
      expect(Math.abs(derivatives['weights']![at]! - expected)).toBeLessThan(1e-6 * (1 + Math.abs(expected)));
    }
  });
});

describe('the recurrence of Mamba-1', () => {
  test('equals three steps computed by hand', () => {
    const of = (values: readonly number[], width: number) => constant(values, [3, 1, width]);
    const y = recurrence(
      {
        x: of([1, 0.5, -1], 1),
        delta: of([0.1, 0.2, 0.05], 1),
        b: of([1, 0.5, 0.5, 1, 1, 1], 2),
        c: of([1, 1, 1, -1, 0.5, 0.5], 2),
        rates: neg(constant([1, 2], [2, 1])),
        direct: constant([1]),
      },
      constant([0, 0, 0], [3, 1, 1]),
      null,
    );
    near(numbersOf(reshape(y, [3])), [1.15, 0.49835707, -0.92687409]);
  });
});

describe('initial values', () => {
  test('of an LSTM are orthogonal weights and zero biases', () => {
    const layer = lstm('l', 6, 5);
    const layout = layoutOf(layer.parameters);
    const vector = initialise(layout, createRng(1));
    const { offset } = layout.parameters.find(({ name }) => name === 'l/recurrent')!;
    for (const [i, j] of [
      [0, 0],
      [4, 4],
      [0, 3],
      [2, 1],
    ] as const) {
      let product = 0;
      for (let k = 0; k < 20; k++) product += vector[offset + i * 20 + k]! * vector[offset + j * 20 + k]!;
      expect(product).toBeCloseTo(Number(i === j), 6);
    }
    expect(vector.subarray(11 * 20).every((x) => x === 0)).toBe(true);
  });

  test('of an orthogonal matrix with more rows than columns have orthogonal columns of length gain', () => {
    const matrix = orthogonal(7, 2, 0.01)(createRng(2), 14);
    const column = (j: number) => Array.from({ length: 7 }, (_, i) => matrix[2 * i + j]!);
    const dot = (a: readonly number[], b: readonly number[]) => a.reduce((total, x, i) => total + x * b[i]!, 0);
    expect(dot(column(0), column(0))).toBeCloseTo(1e-4, 9);
    expect(dot(column(0), column(1))).toBeCloseTo(0, 9);
  });

  test('of step sizes lie in [.001, .1] after softplus', () => {
    near([0.001, 0.01, 0.1].map(inverseSoftplus), [-6.9072552, -4.600166, -2.2521685]);
    const bias = mamba('m', { ...plain, width: 64 }).parameters.find(({ name }) => name === 'm/dt_proj/bias')!;
    const drawn = [...bias.initial(createRng(1), 500)].map((x) => Math.log1p(Math.exp(x)));
    expect(Math.min(...drawn)).toBeGreaterThan(0.00099);
    expect(Math.max(...drawn)).toBeLessThan(0.101);
    expect(drawn.filter((x) => x < 0.01).length).toBeGreaterThan(200);
  });

  test('of Mamba rates are 1 to N for every channel, and the output projection shrinks with the layers', () => {
    const { parameters } = mamba('m', { ...plain, width: 2, stateWidth: 3, layers: 4 });
    const initial = (name: string) => {
      const found = parameters.find((parameter) => parameter.name === name)!;
      return [...found.initial(createRng(1), sizeOf(found.shape))];
    };
    near(initial('m/a_log').map(Math.exp), [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3], 5);
    expect(initial('m/d')).toEqual([1, 1, 1, 1]);
    expect(Math.max(...initial('m/out_proj/kernel').map(Math.abs))).toBeLessThanOrEqual(0.25);
  });

  test('of four layers at width 64 keep 60 steps finite', () => {
    const layer = ssmStack('s', 3, { ...ssmDefaults, kind: 'mamba-1', layers: 4, width: 64 });
    const layout = layoutOf(layer.parameters);
    const rng = createRng('deep');
    const x = input('x', [60, 1, 3]);
    const y = layer.sequence(partsOf(layout, state('w', [layout.size])), x, constant(new Array<number>(60).fill(0), [60, 1, 1]), null);
    const values = evaluate(
      { outputs: { y } },
      { x: Float64Array.from({ length: 180 }, () => 3 * rng.normal()) },
      { w: initialise(layout, rng) },
    );
    expect(values.outputs['y']!.every(Number.isFinite)).toBe(true);
  });
});

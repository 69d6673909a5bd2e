import { describe, expect, test } from 'vitest';
import { caseInputs, drawInputs, lossOf, opCases } from '../../../tests/conformance/op-cases.ts';
import { createRng } from '../../core/rng.ts';
import { evaluate } from './evaluate.ts';
import { gradients } from './gradients.ts';
import * as ops from './ops/index.ts';

const step = 1e-5;

describe.each([1, 2, 3])('gradients with random shapes, draw %i', (draw) => {
  const rng = createRng(`gradients/${draw}`);
  const cases = opCases(rng);

  test('covers every op of the op set', () => {
    expect(Object.keys(cases).sort()).toEqual(Object.keys(ops).sort());
  });

  test.each(Object.values(cases).flat())('of $name over $shapes equal finite differences', (opCase) => {
    const inputs = caseInputs(opCase);
    const loss = lossOf(opCase.apply(...inputs));
    const states = { weights: Array.from({ length: 8 }, (_, i) => i - 1).slice(0, opCase.shapes[0]![0]) };
    const feeds = Object.fromEntries(Object.entries(drawInputs(opCase, rng)).map(([name, values]) => [name, Float64Array.from(values)]));
    const derivatives = evaluate(
      { outputs: Object.fromEntries(gradients(loss, inputs).map((gradient, i) => [`x${i}`, gradient])) },
      feeds,
      states,
    ).outputs;
    const lossAt = (name: string, i: number, by: number): number => {
      const moved = { ...feeds, [name]: feeds[name]!.map((x, j) => (j === i ? x + by : x)) };
      return evaluate({ outputs: { loss } }, moved, states).outputs['loss']![0]!;
    };
    for (const [name, gradient] of Object.entries(derivatives)) {
      for (const [i, actual] of gradient.entries()) {
        const expected = opCase.blocksGradient ? 0 : (lossAt(name, i, step) - lossAt(name, i, -step)) / (2 * step);
        expect(Math.abs(actual - expected), `d loss / d ${name}[${i}] is ${actual}, not ${expected}`).toBeLessThan(
          1e-6 * (1 + Math.abs(expected)),
        );
      }
    }
  });
});

describe('gradients', () => {
  const { add, constant, greater, input, matmul, mul, slice, square, stopGradient, sum, where } = ops;
  const x = input('x', [2]);
  const at = (gradient: ReturnType<typeof gradients>[number]) => [
    ...evaluate({ outputs: { gradient } }, { x: [3, -2] }).outputs['gradient']!,
  ];

  test('add up where a tensor is used twice', () => {
    expect(at(gradients(sum(add(square(x), mul(x, constant(4)))), [x])[0]!)).toEqual([10, 0]);
  });

  test('of slices are concatenated, with zeros where no slice was taken', () => {
    const y = input('y', [6]);
    const [gradient] = gradients(sum(add(mul(slice(y, 0, 1, 2), constant(3)), slice(y, 0, 4, 5))), [y]);
    expect([...evaluate({ outputs: { gradient: gradient! } }, { y: [1, 2, 3, 4, 5, 6] }).outputs['gradient']!]).toEqual([0, 3, 0, 0, 1, 0]);
    expect(gradient!.op.name).toBe('concat');
  });

  test('of overlapping slices are added', () => {
    const y = input('y', [3]);
    const [gradient] = gradients(sum(add(mul(slice(y, 0, 0, 2), constant(3)), slice(y, 0, 1, 3))), [y]);
    expect([...evaluate({ outputs: { gradient: gradient! } }, { y: [1, 2, 3] }).outputs['gradient']!]).toEqual([3, 4, 1]);
  });

  test('stop at stopGradient and at conditions', () => {
    expect(at(gradients(sum(mul(stopGradient(x), x)), [x])[0]!)).toEqual([3, -2]);
    expect(at(gradients(sum(where(greater(x, constant(0)), constant(1), constant(0))), [x])[0]!)).toEqual([0, 0]);
  });

  test('are zero for what the loss does not depend on', () => {
    expect(at(gradients(sum(square(input('other', [1]))), [x])[0]!)).toEqual([0, 0]);
  });

  test('reach tensors in the middle of the graph', () => {
    const y = mul(x, constant(2));
    expect(at(gradients(sum(square(y)), [y])[0]!)).toEqual([12, -8]);
  });

  test('refuse a loss that is not a scalar', () => {
    expect(() => gradients(square(x), [x])).toThrow('float32[2]');
  });

  test('pass through a chain longer than the call stack', () => {
    let y = x;
    for (let i = 0; i < 20_000; i++) y = add(y, constant(0));
    expect(at(gradients(sum(y), [x])[0]!)).toEqual([1, 1]);
  });

  test('name the op and the shapes when shapes do not fit', () => {
    expect(() => matmul(input('a', [2, 3]), input('b', [4, 5]))).toThrow(
      'matmul(float32[2,3], float32[4,5]): the inner sizes 3 and 4 differ',
    );
    expect(() => add(x, input('b', [3]))).toThrow('add(float32[2], float32[3]): the shapes do not broadcast');
    expect(() => add(x, greater(x, x))).toThrow('bool[2]');
  });
});

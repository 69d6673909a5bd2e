import { describe, expect, test } from 'vitest';
import { evaluate } from './evaluate.ts';
import { gradients } from './gradients.ts';
import { rootsOf, topological } from './graph.ts';
import {
  add,
  broadcast,
  constant,
  div,
  exp,
  greater,
  input,
  log,
  mean,
  mul,
  reshape,
  selectiveScan,
  selectiveState,
  slice,
  square,
  state,
  stopGradient,
  sub,
  sum,
  transpose,
  where,
} from './ops/index.ts';
import { printGraph } from './print.ts';
import { simplify } from './simplify.ts';
import type { Tensor } from './tensor.ts';

const x = input('x', [2, 3]);
const simplified = (y: Tensor): Tensor => simplify({ outputs: { y } }).outputs['y']!;

describe('simplify', () => {
  test('computes equal expressions once', () => {
    const y = simplified(add(exp(mul(x, constant(2))), exp(mul(x, constant(2)))));
    expect(y.inputs[0]).toBe(y.inputs[1]);
  });

  test('does not merge expressions that differ in an attribute', () => {
    const y = simplified(add(reshape(sum(x, [0]), [3, 1]), reshape(sum(x, [1]), [1, 2])));
    expect(y.inputs[0]).not.toBe(y.inputs[1]);
  });

  test('folds constants, and drops factors of one and summands of zero', () => {
    expect(simplified(mul(constant(3), square(constant(2)))).attributes).toMatchObject({ values: [12] });
    expect(simplified(add(mul(x, constant(1)), constant(0)))).toBe(x);
    expect(simplified(div(x, constant(1)))).toBe(x);
    expect(simplified(reshape(reshape(x, [6]), [2, 3]))).toBe(x);
  });

  test('keeps a neutral element that broadcasts the result to a larger shape', () => {
    expect(simplified(add(input('row', [3]), constant([0, 0], [2, 1]))).shape).toEqual([2, 3]);
  });

  test('does not fold to a value that is not finite', () => {
    expect(simplified(log(constant(0))).op.name).toBe('log');
  });

  test('moves broadcasts behind elementwise ops', () => {
    const y = simplified(mul(x, broadcast(constant(4), [2, 3])));
    expect(y.inputs[1]!.shape).toEqual([]);
    expect(simplified(exp(broadcast(input('a', [1, 3]), [2, 3]))).op.name).toBe('broadcast');
  });

  test('drops expressions that are there only for their gradient', () => {
    const one = exp(sub(x, stopGradient(x)));
    expect(simplified(stopGradient(x))).toBe(x);
    expect(simplified(mul(x, one))).toBe(x);
    const arranged = slice(transpose(reshape(one, [3, 1, 2]), [2, 0, 1]), 1, 0, 2);
    expect(simplified(mul(input('wide', [2, 2, 1]), arranged))).toMatchObject({ op: { name: 'input' } });
  });

  test('changes no value', () => {
    const w = state('w', [2, 3]);
    const y = where(greater(broadcast(mean(x, [0]), [2, 3]), constant(0)), mul(x, w), exp(broadcast(constant(0.5), [2, 3])));
    const loss = mean(square(y));
    const graph = { outputs: { loss, gradient: gradients(loss, [w])[0]! }, updates: [{ state: w, value: add(w, constant(1)) }] };
    const feeds = { x: [1, -2, 3, 0.5, 1, -4] };
    const states = { w: [1, 2, 3, 4, 5, 6] };
    expect(evaluate(simplify(graph), feeds, states)).toEqual(evaluate(graph, feeds, states));
  });
});

describe('printGraph', () => {
  test('shows the axis of an op, also axis 0', () => {
    expect(printGraph({ outputs: { y: slice(input('a', [3, 2]), 0, 0, 2) } }).split('\n')[1]).toBe(
      '%1 = slice(%0) axis=0 start=0 end=2 : float32[2,2]',
    );
  });

  test('shows one tensor per line, then outputs and updates', () => {
    const w = state('w', [2, 3]);
    const y = add(mul(x, constant(2)), w);
    expect(printGraph({ outputs: { total: sum(y, [1]) }, updates: [{ state: w, value: y }] }).split('\n')).toEqual([
      '%0 = input() name=x : float32[2,3]',
      '%1 = constant() values=[2] : float32[]',
      '%2 = mul(%0, %1) : float32[2,3]',
      '%3 = state() name=w : float32[2,3]',
      '%4 = add(%2, %3) : float32[2,3]',
      '%5 = sum(%4) axes=[1] : float32[2]',
      'output total = %5',
      'update w = %4',
    ]);
  });
});

test('runs a recurrence once: with a gradient, its outputs are computed from the states kept for the backward pass', () => {
  const [delta, rates, before] = [input('delta', [3, 2, 4]), input('rates', [5, 4]), input('before', [2, 5, 4])];
  const [b, c] = [input('b', [3, 2, 5]), input('c', [3, 2, 5])];
  const recurrence = [delta, delta, b, rates, before] as const;
  const loss = add(sum(selectiveScan(...recurrence, c)), sum(selectiveState(...recurrence)));
  const loops = (outputs: Readonly<Record<string, Tensor>>): readonly string[] =>
    topological(rootsOf(simplify({ outputs })))
      .map(({ op }) => op.name)
      .filter((name) => name.startsWith('selective'));
  expect(loops({ loss })).toEqual(['selectiveScan', 'selectiveState']);
  const [gradient] = gradients(loss, [delta]);
  expect([...loops({ loss, gradient: gradient! })].sort()).toEqual([
    'selectiveScanGradients',
    'selectiveScanGradients',
    'selectiveScanKept',
  ]);
});

import { describe, expect, test } from 'vitest';
import * as ops from '../../src/tensor/graph/ops/index.ts';
import type { Shape, Tensor } from '../../src/tensor/graph/tensor.ts';

const of = (...shape: Shape): Tensor => ops.input('x', shape);
const condition = ops.greater(of(2, 3), of(3));

const unary = (op: (x: Tensor) => Tensor) => [() => op(condition)];
const binary = (op: (a: Tensor, b: Tensor) => Tensor) => [() => op(of(2, 3), of(2)), () => op(condition, of(2, 3))];

/** Calls of every op that it must refuse; none for ops that take any shape. */
const wrong: Readonly<Record<keyof typeof ops, readonly (() => Tensor)[]>> = {
  add: binary(ops.add),
  div: binary(ops.div),
  greater: binary(ops.greater),
  max: binary(ops.max),
  min: binary(ops.min),
  mul: binary(ops.mul),
  sub: binary(ops.sub),
  cos: unary(ops.cos),
  exp: unary(ops.exp),
  log: unary(ops.log),
  neg: unary(ops.neg),
  relu: unary(ops.relu),
  sigmoid: unary(ops.sigmoid),
  silu: unary(ops.silu),
  softplus: unary(ops.softplus),
  sqrt: unary(ops.sqrt),
  square: unary(ops.square),
  tanh: unary(ops.tanh),
  broadcast: [() => ops.broadcast(of(2, 3), [2, 4]), () => ops.broadcast(of(2, 3), [3]), () => ops.broadcast(condition, [4, 2, 3])],
  clip: [() => ops.clip(condition, 0, 1)],
  concat: [() => ops.concat([of(2, 3), of(2, 4)], 0), () => ops.concat([of(2, 3), of(2)], 0), () => ops.concat([of(2), of(2)], 1)],
  constant: [],
  input: [],
  reduceMax: [() => ops.reduceMax(of(2), 1), () => ops.reduceMax(condition, 0)],
  matmul: [
    () => ops.matmul(of(2, 3), of(2, 3)),
    () => ops.matmul(of(2, 3), of(3)),
    () => ops.matmul(of(4, 2, 3), of(5, 3, 2)),
    () => ops.matmul(of(4, 2, 3), of(3, 2)),
    () => ops.matmul(condition, of(3, 2)),
  ],
  mean: [() => ops.mean(of(2), [1]), () => ops.mean(condition)],
  pad: [
    () => ops.pad(of(2), 1, 0, 1),
    () => ops.pad(of(2), 0, -1, 1),
    () => ops.pad(of(2), 0, 0.5, 0.5),
    () => ops.pad(condition, 0, 1, 1),
  ],
  sliceVector: [
    () => ops.sliceVector(of(2, 3), 0, [2]),
    () => ops.sliceVector(of(6), 2, [5]),
    () => ops.sliceVector(of(6), -2, [2]),
    () => ops.sliceVector(of(6), 0.5, [2]),
  ],
  reluGradient: [() => ops.reluGradient(of(2, 3), of(3)), () => ops.reluGradient(of(2, 3), condition)],
  reshape: [() => ops.reshape(of(2, 3), [4]), () => ops.reshape(of(6), [-2, -3]), () => ops.reshape(condition, [6])],
  selectiveScan: [
    () => ops.selectiveScan(of(5, 2, 3), of(5, 2, 3), of(5, 2, 4), of(3, 4), of(2, 4, 3), of(5, 2, 4)),
    () => ops.selectiveScan(of(5, 2, 3), of(5, 2, 3), of(5, 2, 4), of(4, 3), of(2, 4, 3), of(3, 2, 4)),
    () => ops.selectiveScan(of(5, 2, 3, 1), of(5, 2, 3, 1), of(5, 2, 4), of(4, 3), of(2, 4, 3), of(5, 2, 4)),
    () => ops.selectiveScan(of(5), of(5), of(5), of(5), of(5), of(5)),
  ],
  selectiveState: [
    () => ops.selectiveState(of(5, 2, 3), of(5, 2, 3), of(5, 2, 4), of(3, 4), of(2, 4, 3)),
    () => ops.selectiveState(of(5, 2, 3), of(4, 2, 3), of(5, 2, 4), of(4, 3), of(2, 4, 3)),
    () => ops.selectiveState(of(5), of(5), of(5), of(5), of(5)),
  ],
  slice: [
    () => ops.slice(of(4), 1, 0, 1),
    () => ops.slice(of(4), 0, 2, 5),
    () => ops.slice(of(4), 0, 3, 3),
    () => ops.slice(of(4), 0, 0.5, 2.5),
    () => ops.slice(condition, 0, 0, 1),
  ],
  state: [],
  stopGradient: [],
  sum: [() => ops.sum(of(2), [1]), () => ops.sum(condition)],
  transpose: [() => ops.transpose(of(2, 3), [0]), () => ops.transpose(of(2, 3), [0, 0]), () => ops.transpose(condition, [1, 0])],
  where: [() => ops.where(of(2, 3), of(3), of(3)), () => ops.where(condition, of(2), of(3)), () => ops.where(condition, condition, of(3))],
};

const calls = Object.entries(wrong).flatMap(([name, each]) => each.map((call, i) => [name, i, call] as const));

describe('a call that does not fit', () => {
  test.each(calls)('of %s, number %i, names the op, the shapes and the line', (name, _i, call) => {
    expect(call).toThrow(
      expect.objectContaining({
        code: 'shape_invalid',
        message: expect.stringMatching(new RegExp(`^${name}\\((bool|float32)\\[[\\d,]*\\].*\\): `)),
        place: expect.stringMatching(new RegExp(`^op ${name}, called at .*op-shapes\\.test\\.ts:\\d+:\\d+$`)),
        hint: expect.any(String),
      }),
    );
  });

  test('of a constant, an input or a state with an invalid length', () => {
    for (const length of [0, -1, 1.5, Number.NaN]) {
      expect(() => ops.input('x', [2, length])).toThrow(expect.objectContaining({ code: 'shape_invalid' }));
      expect(() => ops.state('w', [length])).toThrow(expect.objectContaining({ code: 'shape_invalid' }));
      expect(() => ops.constant([], [length])).toThrow(expect.objectContaining({ code: 'shape_invalid' }));
    }
    expect(() => ops.constant([1, 2, 3], [2])).toThrow(expect.objectContaining({ code: 'shape_invalid' }));
  });
});

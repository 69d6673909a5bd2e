import { axisOf, forEachIndex, sizeOf, stridesAs } from '../shapes.ts';
import type { OpFunction, Shape, Tensor } from '../tensor.ts';
import { defineOp } from '../tensor.ts';
import { nextAxis } from './batching.ts';
import { requireFloat } from './elementwise.ts';

const axisIn = (node: Pick<Tensor, 'attributes'>): number => node.attributes['axis'] as number;

const keptShape = (shape: Shape, axis: number): Shape => shape.map((length, i) => (i === axis ? 1 : length));

/**
 * The largest element along one axis, which stays with length 1. The gradient goes to every element that equals it. Executors may
 * ignore NaN: ops that use the result must propagate NaN themselves, as the exponentials of a softmax do.
 */
export const reduceMax: OpFunction<[x: Tensor, axis: number]> = defineOp(
  {
    name: 'reduceMax',
    infer: (inputs, attributes) => {
      requireFloat('reduceMax', inputs);
      return { shape: keptShape(inputs[0]!.shape, axisIn({ attributes })), dtype: 'float32' };
    },
    gradient: (g, y, { constant, greater, where }) => {
      const x = y.inputs[0]!;
      return [where(greater(y, x), constant(0), g)];
    },
    batch: nextAxis,
    onnx: (node, to) => to.node('ReduceMax', [to.inputs[0]!, to.integers([axisIn(node)])], { keepdims: { i: 1 } }),
    tensorflow: (node, to) =>
      to.node('Max', [to.inputs[0]!, to.integers([axisIn(node)])], { Tidx: { type: 'int32' }, keep_dims: { b: true } }),
    kernel: (node, { inputs, tf }) => tf.max(inputs[0]!, axisIn(node), true),
    evaluate: ([x], node) => {
      const from = node.inputs[0]!.shape;
      const out = new Float64Array(sizeOf(node.shape)).fill(Number.NEGATIVE_INFINITY);
      forEachIndex(from, stridesAs(node.shape, from), (offset, i) => {
        out[offset] = Math.max(out[offset]!, x![i]!);
      });
      return out;
    },
  },
  (make, x, axis) => make([x], { axis: axisOf('reduceMax', x, axis) }),
);

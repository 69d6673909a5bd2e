import { forEachIndex, shapeError, sizeOf, stridesAs } from '../shapes.ts';
import type { OpFunction, Shape, Tensor } from '../tensor.ts';
import { defineOp } from '../tensor.ts';
import { requireFloat } from './elementwise.ts';

const orderOf = (node: Tensor): Shape => node.attributes['order'] as Shape;

/** Axes in another order: axis i of the result is axis order[i] of `x`. */
export const transpose: OpFunction<[x: Tensor, order: readonly number[]]> = defineOp(
  {
    name: 'transpose',
    infer: (inputs, attributes) => {
      requireFloat('transpose', inputs);
      const { shape } = inputs[0]!;
      const order = attributes['order'] as Shape;
      if (order.length !== shape.length || shape.some((_, axis) => !order.includes(axis)))
        throw shapeError('transpose', inputs, `[${order.join(',')}] is not an order of its axes`);
      return { shape: order.map((axis) => shape[axis]!), dtype: 'float32' };
    },
    gradient: (g, y, { transpose }) => [
      transpose(
        g,
        orderOf(y).map((_, axis) => orderOf(y).indexOf(axis)),
      ),
    ],
    batch: (node, [x], _count, { transpose }) => transpose(x!.all, [0, ...orderOf(node).map((axis) => axis + 1)]),
    onnx: (node, to) => to.node('Transpose', to.inputs, { perm: { ints: orderOf(node) } }),
    tensorflow: (node, to) => to.node('Transpose', [to.inputs[0]!, to.integers(orderOf(node))], { Tperm: { type: 'int32' } }),
    kernel: (node, { inputs, tf }) => tf.transpose(inputs[0]!, [...orderOf(node)]),
    evaluate: ([x], node) => {
      const from = node.inputs[0]!.shape;
      const strides = stridesAs(from, from);
      const out = new Float64Array(sizeOf(node.shape));
      forEachIndex(
        node.shape,
        orderOf(node).map((axis) => strides[axis]!),
        (offset, i) => {
          out[i] = x![offset]!;
        },
      );
      return out;
    },
  },
  (make, x, order) => make([x], { order }),
);

import { broadcastShape, sameShape, shapeError } from '../shapes.ts';
import type { OpFunction, Shape, Tensor } from '../tensor.ts';
import { defineOp } from '../tensor.ts';
import { aligned } from './batching.ts';
import { broadcastValues, requireFloat, sumTo } from './elementwise.ts';

/** Repeats axes of length 1, and adds leading ones, up to `shape`. */
export const broadcast: OpFunction<[x: Tensor, shape: Shape]> = defineOp(
  {
    name: 'broadcast',
    infer: (inputs, attributes) => {
      requireFloat('broadcast', inputs);
      const shape = attributes['shape'] as Shape;
      if (!sameShape(broadcastShape(inputs[0]!.shape, shape) ?? [], shape))
        throw shapeError('broadcast', inputs, `does not broadcast to [${shape.join(',')}]`);
      return { shape, dtype: 'float32' };
    },
    gradient: (g, y, ops) => [sumTo(g, y.inputs[0]!.shape, ops)],
    batch: (node, [x], count, ops) => ops.broadcast(aligned(x!.all, node.shape.length, ops), [count, ...node.shape]),
    onnx: (node, to) => to.node('Expand', [to.inputs[0]!, to.integers(node.shape)]),
    tensorflow: (node, to) => to.node('BroadcastTo', [to.inputs[0]!, to.integers(node.shape)], { Tidx: { type: 'int32' } }),
    kernel: (node, { inputs, tf }) => tf.broadcastTo(inputs[0]!, [...node.shape]),
    evaluate: ([x], node) => broadcastValues(x!, node.inputs[0]!.shape, node.shape),
  },
  (make, x, shape) => (sameShape(x.shape, shape) ? x : make([x], { shape })),
);

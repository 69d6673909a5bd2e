import { sameShape, shapeError, sizeOf } from '../shapes.ts';
import type { OpFunction, Shape, Tensor } from '../tensor.ts';
import { defineOp } from '../tensor.ts';
import { withShape } from './batching.ts';
import { requireFloat } from './elementwise.ts';

/** The same elements in another shape of the same size. */
export const reshape: OpFunction<[x: Tensor, shape: Shape]> = defineOp(
  {
    name: 'reshape',
    infer: (inputs, attributes) => {
      requireFloat('reshape', inputs);
      const shape = attributes['shape'] as Shape;
      const positive = shape.every((length) => length > 0);
      if (!positive || sizeOf(shape) !== sizeOf(inputs[0]!.shape))
        throw shapeError('reshape', inputs, `cannot become [${shape.join(',')}]`);
      return { shape, dtype: 'float32' };
    },
    gradient: (g, y, { reshape }) => [reshape(g, y.inputs[0]!.shape)],
    batch: withShape,
    onnx: (node, to) => to.node('Reshape', [to.inputs[0]!, to.integers(node.shape)]),
    tensorflow: (node, to) => to.node('Reshape', [to.inputs[0]!, to.integers(node.shape)], { Tshape: { type: 'int32' } }),
    kernel: (node, { inputs, tf }) => tf.reshape(inputs[0]!, [...node.shape]),
    evaluate: ([x]) => x!,
  },
  (make, x, shape) => (sameShape(x.shape, shape) ? x : make([x], { shape })),
);

import { broadcastShape, shapeError } from '../shapes.ts';
import type { OpFunction, Tensor } from '../tensor.ts';
import { defineOp } from '../tensor.ts';
import { broadcastValues, sumTo } from './elementwise.ts';

/** `a` where the condition holds, else `b`; all three broadcast. */
export const where: OpFunction<[condition: Tensor, a: Tensor, b: Tensor]> = defineOp(
  {
    name: 'where',
    elementwise: true,
    infer: (inputs) => {
      const [condition, a, b] = inputs as readonly [Tensor, Tensor, Tensor];
      if (condition.dtype !== 'bool' || a.dtype !== 'float32' || b.dtype !== 'float32')
        throw shapeError('where', inputs, 'takes a condition and two float32 tensors');
      const ab = broadcastShape(a.shape, b.shape);
      const shape = ab && broadcastShape(condition.shape, ab);
      if (!shape) throw shapeError('where', inputs, 'the shapes do not broadcast');
      return { shape, dtype: 'float32' };
    },
    gradient: (g, y, ops) => {
      const [condition, a, b] = y.inputs as readonly [Tensor, Tensor, Tensor];
      const zero = ops.constant(0);
      return [null, sumTo(ops.where(condition, g, zero), a.shape, ops), sumTo(ops.where(condition, zero, g), b.shape, ops)];
    },
    onnx: (_node, to) => to.node('Where', to.inputs),
    tensorflow: (_node, to) => to.node('SelectV2', to.inputs),
    kernel: (_node, { inputs, tf }) => tf.where(inputs[0]!, inputs[1]!, inputs[2]!),
    evaluate: (inputs, node) => {
      const [condition, a, b] = inputs.map((values, i) => broadcastValues(values, node.inputs[i]!.shape, node.shape));
      return condition!.map((holds, i) => (holds ? a![i]! : b![i]!));
    },
  },
  (make, condition, a, b) => make([condition, a, b]),
);

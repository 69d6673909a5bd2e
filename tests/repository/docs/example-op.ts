import { requireFloat } from '../../../src/tensor/graph/ops/elementwise.ts';
import { defineOp, type OpFunction, type Tensor } from '../../../src/tensor/graph/tensor.ts';

/** 1 / x. */
export const reciprocal: OpFunction<[x: Tensor]> = defineOp(
  {
    name: 'reciprocal',
    elementwise: true,
    infer: (inputs) => {
      requireFloat('reciprocal', inputs);
      return { shape: inputs[0]!.shape, dtype: 'float32' };
    },
    // d(1/x) = -1/x^2, in terms of the result: y is the op's own output.
    gradient: (g, y, { mul, neg, square }) => [neg(mul(g, square(y)))],
    onnx: (_node, to) => to.node('Reciprocal', to.inputs),
    tensorflow: (_node, to) => to.node('Reciprocal', to.inputs),
    kernel: (_node, { inputs, tf }) => tf.reciprocal(inputs[0]!),
    evaluate: ([x]) => x!.map((value) => 1 / value),
  },
  (make, x) => make([x]),
);

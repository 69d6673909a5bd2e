import type { OpFunction, Tensor } from '../tensor.ts';
import { defineOp } from '../tensor.ts';

/** The same values, through which no gradient flows. */
export const stopGradient: OpFunction<[x: Tensor]> = defineOp(
  {
    name: 'stopGradient',
    infer: (inputs) => inputs[0]!,
    gradient: () => [null],
    batch: (_node, [x], _count, { stopGradient }) => stopGradient(x!.all),
    onnx: (_node, to) => to.inputs[0]!,
    tensorflow: (_node, to) => to.inputs[0]!,
    kernel: (_node, { inputs, tf }) => tf.clone(inputs[0]!),
    evaluate: ([x]) => x!,
  },
  (make, x) => make([x]),
);

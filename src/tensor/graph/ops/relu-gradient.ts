import { sameShape, shapeError } from '../shapes.ts';
import type { OpFunction, Tensor } from '../tensor.ts';
import { defineOp } from '../tensor.ts';
import { requireFloat } from './elementwise.ts';

/** min(max(steep y, 0), 1) is 1 for every normal y above 0, and 0 for y = 0. */
const steep = 3.4e38;

/** The gradient of a ReLU: `g` where its output `y` is above 0, else 0. */
export const reluGradient: OpFunction<[g: Tensor, y: Tensor]> = defineOp(
  {
    name: 'reluGradient',
    infer: (inputs) => {
      requireFloat('reluGradient', inputs);
      if (!sameShape(inputs[0]!.shape, inputs[1]!.shape)) throw shapeError('reluGradient', inputs, 'takes two of one shape');
      return { shape: inputs[0]!.shape, dtype: 'float32' };
    },
    gradient: (h, node, { reluGradient }) => [reluGradient(h, node.inputs[1]!), null],
    batch: (_node, [g, y], _count, { reluGradient }) => reluGradient(g!.all, y!.all),
    // HardSigmoid makes the mask in one pass; two casts take two, Greater and Where still longer.
    onnx: (_node, to) => {
      const [g, y] = to.inputs as readonly [string, string];
      return to.node('Mul', [g, to.node('HardSigmoid', [y], { alpha: { f: steep }, beta: { f: 0 } })]);
    },
    tensorflow: (_node, to) => to.node('ReluGrad', to.inputs),
    kernel: (_node, { inputs, tf }) => tf.mul(inputs[0]!, tf.step(inputs[1]!)),
    evaluate: ([g, y]) => g!.map((gradient, i) => (y![i]! > 0 ? gradient : 0)),
  },
  (make, g, y) => make([g, y]),
);

import type { OpFunction, Tensor } from '../tensor.ts';
import { defineOp } from '../tensor.ts';
import { requireFloat } from './elementwise.ts';

/** Bounds every element to [low, high]; the gradient passes inside and on the bounds, as in torch.clamp. */
export const clip: OpFunction<[x: Tensor, low: number, high: number]> = defineOp(
  {
    name: 'clip',
    elementwise: true,
    infer: (inputs) => {
      requireFloat('clip', inputs);
      return inputs[0]!;
    },
    gradient: (g, y, { constant, greater, where }) => {
      const [x, zero] = [y.inputs[0]!, constant(0)];
      const notAbove = where(greater(x, constant(y.attributes['high'] as number)), zero, g);
      return [where(greater(constant(y.attributes['low'] as number), x), zero, notAbove)];
    },
    onnx: ({ attributes }, to) =>
      to.node('Clip', [to.inputs[0]!, to.floats([attributes['low'] as number]), to.floats([attributes['high'] as number])]),
    tensorflow: ({ attributes }, to) =>
      to.node('ClipByValue', [to.inputs[0]!, to.floats([attributes['low'] as number]), to.floats([attributes['high'] as number])]),
    kernel: ({ attributes }, { inputs, tf }) => tf.clipByValue(inputs[0]!, attributes['low'] as number, attributes['high'] as number),
    evaluate: ([x], { attributes }) => x!.map((v) => Math.min(Math.max(v, attributes['low'] as number), attributes['high'] as number)),
  },
  (make, x, low, high) => make([x], { low, high }),
);

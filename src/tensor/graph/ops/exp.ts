import { sizeOf } from '../shapes.ts';
import type { Tensor } from '../tensor.ts';
import { unary } from './elementwise.ts';

/** Lower bound of the exponent: below it e^x is subnormal in float32, with fewer digits. */
const lowest = -87;

/** True if the tensor is so small that a second node costs more than it saves, or its exponents are bounded already. */
const isQuick = ({ inputs: [x], shape }: Tensor): boolean =>
  sizeOf(shape) < 4096 || (x!.op.name === 'clip' && (x!.attributes['low'] as number) >= lowest);

export const exp = unary('exp', {
  value: Math.exp,
  gradient: (g, _x, y, { mul }) => mul(g, y),
  // Below the bound onnxruntime takes 17 times as long, also where the result is 0.
  onnx: (node, to) => to.node('Exp', isQuick(node) ? to.inputs : [to.node('Max', [to.inputs[0]!, to.floats([lowest])])]),
  tensorflow: 'Exp',
  kernel: 'exp',
});

import { sizeOf } from '../shapes.ts';
import type { Tensor } from '../tensor.ts';
import { unary } from './elementwise.ts';

/** Near it e^x has fewer digits than float32 has. */
const lowest = -87;

/** Whether so few numbers are computed that a second node costs more than it saves, or none can be below. */
const isQuick = ({ inputs: [x], shape }: Tensor): boolean =>
  sizeOf(shape) < 4096 || (x!.op.name === 'clip' && (x!.attributes['low'] as number) >= lowest);

export const exp = unary('exp', {
  value: Math.exp,
  gradient: (g, _x, y, { mul }) => mul(g, y),
  // onnxruntime takes 17 times as long below, also where the result is 0.
  onnx: (node, to) => to.node('Exp', isQuick(node) ? to.inputs : [to.node('Max', [to.inputs[0]!, to.floats([lowest])])]),
  tensorflow: 'Exp',
  kernel: 'exp',
});

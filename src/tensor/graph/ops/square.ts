import { unary } from './elementwise.ts';

export const square = unary('square', {
  value: (x) => x * x,
  gradient: (g, x, _y, { constant, mul }) => mul(mul(g, constant(2)), x),
  tensorflow: 'Square',
  kernel: 'square',
  onnx: (_node, to) => to.node('Mul', [to.inputs[0]!, to.inputs[0]!]),
});

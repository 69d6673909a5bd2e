import { unary } from './elementwise.ts';

export const tanh = unary('tanh', {
  value: Math.tanh,
  gradient: (g, _x, y, { constant, mul, square, sub }) => mul(g, sub(constant(1), square(y))),
  onnx: 'Tanh',
  tensorflow: 'Tanh',
  kernel: 'tanh',
});

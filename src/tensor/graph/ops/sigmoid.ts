import { unary } from './elementwise.ts';

export const sigmoid = unary('sigmoid', {
  value: (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  gradient: (g, _x, y, { constant, mul, sub }) => mul(g, mul(y, sub(constant(1), y))),
  onnx: 'Sigmoid',
  tensorflow: 'Sigmoid',
  kernel: 'sigmoid',
});

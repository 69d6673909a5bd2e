import { unary } from './elementwise.ts';

export const sqrt = unary('sqrt', {
  value: Math.sqrt,
  gradient: (g, _x, y, { constant, div, mul }) => div(mul(g, constant(0.5)), y),
  onnx: 'Sqrt',
  tensorflow: 'Sqrt',
  kernel: 'sqrt',
});

import { unary } from './elementwise.ts';

export const neg = unary('neg', {
  value: (x) => -x,
  gradient: (g, _x, _y, { neg }) => neg(g),
  onnx: 'Neg',
  tensorflow: 'Neg',
  kernel: 'neg',
});

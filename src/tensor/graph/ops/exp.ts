import { unary } from './elementwise.ts';

export const exp = unary('exp', {
  value: Math.exp,
  gradient: (g, _x, y, { mul }) => mul(g, y),
  onnx: 'Exp',
  tensorflow: 'Exp',
  kernel: 'exp',
});

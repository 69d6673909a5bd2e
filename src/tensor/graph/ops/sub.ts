import { binary } from './elementwise.ts';

export const sub = binary('sub', {
  value: (a, b) => a - b,
  gradient: (g, _a, _b, _y, { neg }) => [g, neg(g)],
  onnx: 'Sub',
  tensorflow: 'Sub',
  kernel: 'sub',
});

import { binary } from './elementwise.ts';

export const mul = binary('mul', {
  value: (a, b) => a * b,
  gradient: (g, a, b, _y, { mul }) => [mul(g, b), mul(g, a)],
  onnx: 'Mul',
  tensorflow: 'Mul',
  kernel: 'mul',
});

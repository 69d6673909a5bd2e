import { unary } from './elementwise.ts';

/** max(x, 0). The gradient is 0 at 0; its mask is computed from the output, so that the input need not be kept. */
export const relu = unary('relu', {
  value: (x) => Math.max(x, 0),
  gradient: (g, _x, y, { reluGradient }) => reluGradient(g, y),
  onnx: 'Relu',
  tensorflow: 'Relu',
  kernel: 'relu',
});

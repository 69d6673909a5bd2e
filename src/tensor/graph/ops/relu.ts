import { unary } from './elementwise.ts';

/** The mask is read off the output, so that the value before the activation need not be kept. Gradient 0 at 0. */
export const relu = unary('relu', {
  value: (x) => Math.max(x, 0),
  gradient: (g, _x, y, { reluGradient }) => reluGradient(g, y),
  onnx: 'Relu',
  tensorflow: 'Relu',
  kernel: 'relu',
});

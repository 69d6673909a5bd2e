import { unary } from './elementwise.ts';

export const log = unary('log', {
  value: Math.log,
  gradient: (g, x, _y, { div }) => div(g, x),
  onnx: 'Log',
  tensorflow: 'Log',
  kernel: 'log',
});

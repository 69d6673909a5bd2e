import { binary } from './elementwise.ts';

export const div = binary('div', {
  value: (a, b) => a / b,
  gradient: (g, _a, b, y, { div, mul, neg }) => [div(g, b), neg(div(mul(g, y), b))],
  onnx: 'Div',
  tensorflow: 'RealDiv',
  kernel: 'div',
});

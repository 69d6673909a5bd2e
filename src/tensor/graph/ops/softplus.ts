import { unary } from './elementwise.ts';

/** log(1 + exp(x)), without overflow. */
export const softplus = unary('softplus', {
  value: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  gradient: (g, x, _y, { mul, sigmoid }) => mul(g, sigmoid(x)),
  onnx: 'Softplus',
  tensorflow: 'Softplus',
  kernel: 'softplus',
});

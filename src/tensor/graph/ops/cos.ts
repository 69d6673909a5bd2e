import { unary } from './elementwise.ts';

export const cos = unary('cos', {
  value: Math.cos,
  // -sin x = cos(x + pi / 2)
  gradient: (g, x, _y, { add, constant, cos: ownOp, mul }) => mul(g, ownOp(add(x, constant(Math.PI / 2)))),
  onnx: 'Cos',
  tensorflow: 'Cos',
  kernel: 'cos',
});

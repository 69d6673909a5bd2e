import type { OnnxLowering } from '../onnx-lowering.ts';
import { sizeOf } from '../shapes.ts';
import { unary } from './elementwise.ts';

/** From this size on, a dozen vectorised passes of onnxruntime cost less than its Softplus, which is not vectorised. */
const large = 4096;

/** log(1 + exp(x)), without overflow. */
export const softplus = unary('softplus', {
  value: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  gradient: (g, x, _y, { mul, sigmoid }) => mul(g, sigmoid(x)),
  onnx: (node, to) => (sizeOf(node.shape) < large ? to.node('Softplus', to.inputs) : vectorised(to.inputs[0]!, to)),
  tensorflow: 'Softplus',
  kernel: 'softplus',
});

/**
 * max(x, 0) + log1p(e) with e = exp(-|x|), and log1p(e) = e log(u) / (u - 1) with u = 1 + e rounded to float32, which cancels the
 * rounding error (Goldberg 1991, theorem 4). Where u would be 1, it is the next number above 1, for which the ratio is 1 as well.
 */
function vectorised(x: string, to: OnnxLowering): string {
  const { floats, node } = to;
  const one = floats([1]);
  const e = node('Exp', [node('Neg', [node('Abs', [x])])]);
  const u = node('Add', [node('Clip', [e, floats([2 ** -23])]), one]);
  const ratio = node('Div', [node('Log', [u]), node('Sub', [u, one])]);
  return node('Add', [node('Relu', [x]), node('Mul', [e, ratio])]);
}

import { unary } from './elementwise.ts';

/** x sigmoid(x) (Hendrycks & Gimpel 2016). An op because its gradient s + y (1 - s) takes two passes fewer than the product rule. */
export const silu = unary('silu', {
  value: (x) => (x >= 0 ? x / (1 + Math.exp(-x)) : (x * Math.exp(x)) / (1 + Math.exp(x))),
  gradient: (g, x, y, { add, constant, mul, sigmoid, sub }) => {
    const open = sigmoid(x);
    return mul(g, add(open, mul(y, sub(constant(1), open))));
  },
  onnx: (_node, to) => to.node('Mul', [to.inputs[0]!, to.node('Sigmoid', to.inputs)]),
  tensorflow: (_node, to) => to.node('Mul', [to.inputs[0]!, to.node('Sigmoid', to.inputs)]),
  kernel: (_node, { inputs, tf }) => tf.mul(inputs[0]!, tf.sigmoid(inputs[0]!)),
});

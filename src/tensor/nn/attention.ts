import { AssayError } from '../../core/errors.ts';
import { add, constant, matmul, mul, relu, reshape, transpose } from '../graph/ops/index.ts';
import type { Tensor } from '../graph/tensor.ts';
import { linear } from './linear.ts';
import { layerNorm } from './norm.ts';
import type { Layer } from './parameters.ts';
import { softmax } from './softmax.ts';

/** softmax(q k^T / sqrt(width)) v of every batch entry, all [batch, tokens, width] (Vaswani et al. 2017, equation 1). */
export function scaledDotProduct(q: Tensor, k: Tensor, v: Tensor): Tensor {
  const scores = mul(matmul(q, k, { transposeB: true }), constant(1 / Math.sqrt(q.shape.at(-1)!)));
  return matmul(softmax(scores), v);
}

/** Attention of every token to every token with `heads` heads: [batch, tokens, width] to the same (Vaswani et al. 2017, 3.2.2). */
export function multiHeadAttention(name: string, width: number, heads: number): Layer {
  if (width % heads !== 0)
    throw new AssayError('shape_invalid', `${name}: ${heads} heads do not divide a width of ${width}`, { place: name });
  const [query, key, value, output] = ['query', 'key', 'value', 'output'].map((part) => linear(`${name}/${part}`, width, width)) as [
    Layer,
    Layer,
    Layer,
    Layer,
  ];
  return {
    parameters: [query, key, value, output].flatMap((part) => part.parameters),
    apply: (parameters, x) => {
      const [batch, tokens] = x.shape as readonly [number, number, number];
      const split = (part: Layer): Tensor => {
        const apart = transpose(reshape(part.apply(parameters, x), [batch, tokens, heads, width / heads]), [0, 2, 1, 3]);
        return reshape(apart, [batch * heads, tokens, width / heads]);
      };
      const seen = reshape(scaledDotProduct(split(query), split(key), split(value)), [batch, heads, tokens, width / heads]);
      return output.apply(parameters, reshape(transpose(seen, [0, 2, 1, 3]), [batch, tokens, width]));
    },
  };
}

/** Attention, then two linear layers with ReLU, each with a residual connection and then a norm (Vaswani et al. 2017, 3.1). */
export function encoderLayer(name: string, width: number, heads: number, inner: number): Layer {
  const attention = multiHeadAttention(`${name}/attention`, width, heads);
  const [first, second] = [linear(`${name}/feed_forward/0`, width, inner), linear(`${name}/feed_forward/1`, inner, width)];
  const norms = [layerNorm(`${name}/norm/0`, width), layerNorm(`${name}/norm/1`, width)] as const;
  return {
    parameters: [attention, first, second, ...norms].flatMap((part) => part.parameters),
    apply: (parameters, x) => {
      const attended = norms[0].apply(parameters, add(x, attention.apply(parameters, x)));
      const fed = second.apply(parameters, relu(first.apply(parameters, attended)));
      return norms[1].apply(parameters, add(attended, fed));
    },
  };
}

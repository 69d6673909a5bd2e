import { AssayError } from '../../core/errors.ts';
import { topological } from './graph.ts';
import * as ops from './ops/index.ts';
import { sameShape, typeText } from './shapes.ts';
import type { Tensor } from './tensor.ts';

/**
 * Reverse-mode derivatives of a scalar loss with respect to each of `wrt`, as tensors of the same graph. Where the loss does not
 * depend on one, its gradient is zero. Only paths that lead to `wrt` are built.
 */
export function gradients(loss: Tensor, wrt: readonly Tensor[]): readonly Tensor[] {
  if (loss.shape.length !== 0 || loss.dtype !== 'float32')
    throw new AssayError('shape_invalid', `a loss is a scalar; this one is ${typeText(loss)} (${loss.op.name})`);
  const order = topological([loss]);
  const needed = new Set<Tensor>(wrt);
  for (const tensor of order) if (tensor.inputs.some((x) => needed.has(x))) needed.add(tensor);

  const flowing = new Map<Tensor, Tensor>([[loss, ops.constant(1)]]);
  for (const tensor of order.toReversed()) {
    const gradient = flowing.get(tensor);
    if (gradient === undefined || tensor.inputs.length === 0) continue;
    const parts = tensor.op.gradient(gradient, tensor, ops);
    for (const [i, x] of tensor.inputs.entries()) {
      const part = parts[i];
      if (!part || !needed.has(x)) continue;
      if (!sameShape(part.shape, x.shape))
        throw new AssayError('internal', `the gradient rule of ${tensor.op.name} gave ${typeText(part)} for its input ${typeText(x)}`);
      const before = flowing.get(x);
      flowing.set(x, before === undefined ? part : ops.add(before, part));
    }
  }
  return wrt.map((x) => flowing.get(x) ?? ops.broadcast(ops.constant(0), x.shape));
}

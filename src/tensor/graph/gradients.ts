import { AssayError } from '../../core/errors.ts';
import { topological } from './graph.ts';
import * as ops from './ops/index.ts';
import { sameShape, typeText } from './shapes.ts';
import type { Tensor } from './tensor.ts';

/**
 * Returns the reverse-mode derivatives of a scalar loss with respect to each tensor of `wrt`, as tensors of the same graph: zeros for a
 * tensor that the loss does not depend on. Builds only the paths that lead to `wrt`.
 * @throws `shape_invalid` for a loss that is not a float32 scalar.
 */
export function gradients(loss: Tensor, wrt: readonly Tensor[]): readonly Tensor[] {
  if (loss.shape.length !== 0 || loss.dtype !== 'float32')
    throw new AssayError('shape_invalid', `a loss must be a float32 scalar, got ${typeText(loss)} (${loss.op.name})`);
  const order = topological([loss]);
  const needed = new Set<Tensor>(wrt);
  for (const tensor of order) if (tensor.op.name !== 'stopGradient' && tensor.inputs.some((x) => needed.has(x))) needed.add(tensor);

  const flowing = new Map<Tensor, readonly Tensor[]>([[loss, [ops.constant(1)]]]);
  const arrived = new Map<Tensor, Tensor>();
  for (const tensor of order.toReversed()) {
    const contributions = flowing.get(tensor);
    if (contributions === undefined) continue;
    const gradient = total(contributions);
    arrived.set(tensor, gradient);
    if (tensor.inputs.length === 0) continue;
    const parts = tensor.op.gradient(gradient, tensor, ops);
    for (const [i, x] of tensor.inputs.entries()) {
      const part = parts[i];
      if (!part || !needed.has(x)) continue;
      if (!sameShape(part.shape, x.shape))
        throw new AssayError('internal', `the gradient rule of ${tensor.op.name} gave ${typeText(part)} for its input ${typeText(x)}`);
      flowing.set(x, [...(flowing.get(x) ?? []), part]);
    }
  }
  return wrt.map((x) => arrived.get(x) ?? ops.broadcast(ops.constant(0), x.shape));
}

/**
 * Sums the gradients that arrive at one tensor. A tensor that is used slice by slice, as a recurrence uses its inputs, gets one gradient
 * per slice, padded with zeros to the full size. Those are concatenated: adding them would cost the square of the sequence length.
 */
function total(contributions: readonly Tensor[]): Tensor {
  const rest = contributions.filter((part) => part.op.name !== 'pad');
  const byAxis = groupByAxis(contributions.filter((part) => part.op.name === 'pad'));
  return [...rest, ...[...byAxis].flatMap(([axis, parts]) => concatenateSlices(parts, axis))].reduce((a, b) => ops.add(a, b));
}

function groupByAxis(pads: readonly Tensor[]): ReadonlyMap<number, readonly Tensor[]> {
  const groups = new Map<number, readonly Tensor[]>();
  for (const pad of pads) {
    const axis = pad.attributes['axis'] as number;
    groups.set(axis, [...(groups.get(axis) ?? []), pad]);
  }
  return groups;
}

/** Returns padded slices concatenated to one tensor, or unchanged if some overlap. */
function concatenateSlices(parts: readonly Tensor[], axis: number): readonly Tensor[] {
  const startOf = (part: Tensor): number => part.attributes['before'] as number;
  const sorted = parts.toSorted((a, b) => startOf(a) - startOf(b));
  const row: Tensor[] = [];
  let end = 0;
  for (const part of sorted) {
    const slice = part.inputs[0]!;
    const gap = startOf(part) - end;
    if (gap < 0 || parts.length === 1) return parts;
    if (gap > 0) row.push(zeros(slice, axis, gap));
    row.push(slice);
    end = startOf(part) + slice.shape[axis]!;
  }
  const left = sorted[0]!.shape[axis]! - end;
  if (left > 0) row.push(zeros(row.at(-1)!, axis, left));
  return [ops.concat(row, axis)];
}

function zeros(like: Tensor, axis: number, length: number): Tensor {
  return ops.broadcast(
    ops.constant(0),
    like.shape.map((old, i) => (i === axis ? length : old)),
  );
}

/** Rules for lanes that several ops have in common. Not an op itself. */
import type { BatchMembers, BatchRule, Ops, Tensor } from '../tensor.ts';
import { makeTensor } from '../tensor.ts';

/** What has its shape as an attribute. */
export const withShape: BatchRule = (node, inputs, count) =>
  makeTensor(node.op, allOf(inputs), { ...node.attributes, shape: [count, ...node.shape] });

/** What works along the axis that is its attribute. */
export const nextAxis: BatchRule = (node, inputs) =>
  makeTensor(node.op, allOf(inputs), { ...node.attributes, axis: (node.attributes['axis'] as number) + 1 });

/** The op once for every lane: right for any, and no faster than lanes apart. */
export const memberByMember: BatchRule = (node, inputs, count) =>
  Array.from({ length: count }, (_, member) =>
    makeTensor(
      node.op,
      inputs.map(({ each }) => each[member]!),
      node.attributes,
    ),
  );

/** All lanes of a float32 tensor with axes of length 1 after the first, up to `rank` of them besides: as broadcasting has it, from the right. */
export function aligned(all: Tensor, rank: number, { reshape }: Pick<Ops, 'reshape'>): Tensor {
  const [count, ...shape] = all.shape as [number, ...number[]];
  return reshape(all, [count, ...new Array<number>(rank - shape.length).fill(1), ...shape]);
}

const allOf = (inputs: readonly BatchMembers[]): readonly Tensor[] => inputs.map(({ all }) => all);

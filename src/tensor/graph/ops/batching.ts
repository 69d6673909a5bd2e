/** Batching rules that several ops share. Not an op itself. */
import type { BatchMembers, BatchRule, Ops, Tensor } from '../tensor.ts';
import { makeTensor } from '../tensor.ts';

/** For ops with a `shape` attribute: adds the number of members in front. */
export const withShape: BatchRule = (node, inputs, count) =>
  makeTensor(node.op, allOf(inputs), { ...node.attributes, shape: [count, ...node.shape] });

/** For ops with an `axis` attribute: adds 1, as the member axis comes first. */
export const nextAxis: BatchRule = (node, inputs) =>
  makeTensor(node.op, allOf(inputs), { ...node.attributes, axis: (node.attributes['axis'] as number) + 1 });

/** Applies the op once per member: correct for every op, and no faster than separate members. */
export const memberByMember: BatchRule = (node, inputs, count) =>
  Array.from({ length: count }, (_, member) =>
    makeTensor(
      node.op,
      inputs.map(({ each }) => each[member]!),
      node.attributes,
    ),
  );

/** Inserts axes of length 1 behind the member axis until `rank` axes follow it, so that broadcasting aligns the shapes from the right. */
export function aligned(all: Tensor, rank: number, { reshape }: Pick<Ops, 'reshape'>): Tensor {
  const [count, ...shape] = all.shape as [number, ...number[]];
  return reshape(all, [count, ...new Array<number>(rank - shape.length).fill(1), ...shape]);
}

const allOf = (inputs: readonly BatchMembers[]): readonly Tensor[] => inputs.map(({ all }) => all);

import { sizeOf } from '../shapes.ts';
import type { Op } from '../tensor.ts';
import { axesOf, reduceNode, reduction } from './reduction.ts';

/** A sum over leading axes, as in the gradient of a bias, is a product with a row of ones: up to eight times as fast in onnxruntime. */
const onnx: Op['onnx'] = (node, to) => {
  const { shape } = node.inputs[0]!;
  const axes = axesOf(node);
  const rows = sizeOf(axes.map((axis) => shape[axis]!));
  const columns = sizeOf(node.shape);
  const leading = axes.every((axis, i) => axis === i);
  if (!leading || rows === 1 || columns === 1) return reduceNode('ReduceSum', node, to);
  const flat = to.node('Reshape', [to.inputs[0]!, to.integers([rows, columns])]);
  const ones = to.floats(new Array<number>(rows).fill(1), [1, rows]);
  return to.node('Reshape', [to.node('MatMul', [ones, flat]), to.integers(node.shape)]);
};

export const sum = reduction('sum', { onnx, tensorflow: 'Sum', kernel: 'sum', factor: () => 1 });

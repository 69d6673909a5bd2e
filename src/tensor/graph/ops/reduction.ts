/** The builder of sum and mean. Not an op itself. */
import type { OnnxLowering } from '../onnx-lowering.ts';
import { axisOf, forEachIndex, sizeOf, stridesAs } from '../shapes.ts';
import type { Op, OpFunction, Shape, Tensor } from '../tensor.ts';
import { defineOp, makeTensor } from '../tensor.ts';
import { requireFloat } from './elementwise.ts';

interface ReductionRule {
  readonly onnx: string | Op['onnx'];
  readonly tensorflow: string;
  readonly kernel: 'sum' | 'mean';
  /** Returns the weight of each element when `count` elements are reduced to one. */
  readonly factor: (count: number) => number;
}

/** Builds a reduction over `axes` (default: all), which are removed from the shape. */
export function reduction(name: string, rule: ReductionRule): OpFunction<[x: Tensor, axes?: readonly number[]]> {
  const { onnx } = rule;
  const op: Op = {
    name,
    infer: (inputs, { axes, keep }) => {
      requireFloat(name, inputs);
      const { shape } = inputs[0]!;
      const left = keep === 1 ? keptShape(shape, axes as Shape) : shape.filter((_, axis) => !(axes as Shape).includes(axis));
      return { shape: left, dtype: 'float32' };
    },
    gradient: (g, y, ops) => {
      const x = y.inputs[0]!;
      const factor = rule.factor(sizeOf(x.shape) / sizeOf(y.shape));
      const scaled = factor === 1 ? g : ops.mul(g, ops.constant(factor));
      return [ops.broadcast(ops.reshape(scaled, keptShape(x.shape, axesOf(y))), x.shape)];
    },
    batch: (node, [x]) => makeTensor(node.op, [x!.all], { ...node.attributes, axes: axesOf(node).map((axis) => axis + 1) }),
    onnx: typeof onnx === 'string' ? (node, to) => reduceNode(onnx, node, to) : onnx,
    tensorflow: (node, to) =>
      to.node(rule.tensorflow, [to.inputs[0]!, to.integers(axesOf(node))], { Tidx: { type: 'int32' }, keep_dims: { b: keeps(node) } }),
    kernel: (node, { inputs, tf }) => tf[rule.kernel](inputs[0]!, [...axesOf(node)], keeps(node)),
    evaluate: ([x], node) => {
      const from = node.inputs[0]!.shape;
      const out = new Float64Array(sizeOf(node.shape));
      forEachIndex(from, stridesAs(keptShape(from, axesOf(node)), from), (offset, i) => {
        out[offset]! += x![i]!;
      });
      const factor = rule.factor(sizeOf(from) / out.length);
      return out.map((total) => total * factor);
    },
  };
  return defineOp(op, (make, x, axes) => {
    const reduced = (axes ?? x.shape.map((_, axis) => axis)).map((axis) => axisOf(name, x, axis));
    return reduced.length === 0 ? x : make([x], { axes: reduced.sort((a, b) => a - b) });
  });
}

/** Writes a reduction as the ONNX operator `type`. */
export function reduceNode(type: string, node: Tensor, to: OnnxLowering): string {
  return to.node(type, [to.inputs[0]!, to.integers(axesOf(node))], { keepdims: { i: Number(keeps(node)) } });
}

/** True if reduced axes stay with length 1, which `simplify` sets for a reduction that is reshaped to that. */
const keeps = (node: Tensor): boolean => node.attributes['keep'] === 1;

export const axesOf = (node: Tensor): Shape => node.attributes['axes'] as Shape;

/** Returns the shape with the reduced axes kept at length 1. */
export function keptShape(shape: Shape, axes: Shape): Shape {
  return shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
}

/** Builders of unary and binary elementwise ops. Not an op itself. */
import { broadcastShape, forEachIndex, sameShape, shapeError, sizeOf, stridesAs } from '../shapes.ts';
import type { DType, Op, OpFunction, Ops, Shape, Tensor, Values } from '../tensor.ts';
import { defineOp } from '../tensor.ts';

interface UnaryRule {
  readonly value: (x: number) => number;
  /** d loss / d x from g = d loss / d y. */
  readonly gradient: (g: Tensor, x: Tensor, y: Tensor, ops: Ops) => Tensor;
  /** The ONNX operator, or a function that writes it. */
  readonly onnx: string | Op['onnx'];
  /** The TensorFlow operator and the tfjs function, or functions that write or compute the op. */
  readonly tensorflow: string | Op['tensorflow'];
  readonly kernel: 'cos' | 'exp' | 'log' | 'neg' | 'relu' | 'sigmoid' | 'softplus' | 'sqrt' | 'square' | 'tanh' | Op['kernel'];
}

export function unary(name: string, rule: UnaryRule): OpFunction<[x: Tensor]> {
  const { onnx, tensorflow, kernel } = rule;
  const op: Op = {
    name,
    elementwise: true,
    infer: (inputs) => {
      requireFloat(name, inputs);
      return { shape: inputs[0]!.shape, dtype: 'float32' };
    },
    gradient: (g, y, ops) => [rule.gradient(g, y.inputs[0]!, y, ops)],
    onnx: typeof onnx === 'string' ? (_node, to) => to.node(onnx, to.inputs) : onnx,
    tensorflow: typeof tensorflow === 'string' ? (_node, to) => to.node(tensorflow, to.inputs) : tensorflow,
    kernel: typeof kernel === 'string' ? (_node, { inputs, tf }) => tf[kernel](inputs[0]!) : kernel,
    evaluate: ([x]) => x!.map(rule.value),
  };
  return defineOp(op, (make, x) => make([x]));
}

interface BinaryRule {
  readonly value: (a: number, b: number) => number;
  /** d loss / d a and d loss / d b before the sum over broadcast axes (null if no gradient flows). */
  readonly gradient: (g: Tensor, a: Tensor, b: Tensor, y: Tensor, ops: Ops) => readonly [Tensor, Tensor] | null;
  readonly onnx: string;
  readonly tensorflow: string;
  readonly kernel: 'add' | 'div' | 'greater' | 'maximum' | 'minimum' | 'mul' | 'sub';
  readonly dtype?: DType;
}

/** An op on two tensors with numpy broadcasting. */
export function binary(name: string, rule: BinaryRule): OpFunction<[a: Tensor, b: Tensor]> {
  const op: Op = {
    name,
    elementwise: true,
    infer: (inputs) => {
      requireFloat(name, inputs);
      const shape = broadcastShape(inputs[0]!.shape, inputs[1]!.shape);
      if (shape === null) throw shapeError(name, inputs, 'the shapes do not broadcast');
      return { shape, dtype: rule.dtype ?? 'float32' };
    },
    gradient: (g, y, ops) => {
      const [a, b] = y.inputs as readonly [Tensor, Tensor];
      const flows = rule.gradient(g, a, b, y, ops);
      return flows === null ? [null, null] : [sumTo(flows[0], a.shape, ops), sumTo(flows[1], b.shape, ops)];
    },
    onnx: (_node, to) => to.node(rule.onnx, to.inputs),
    tensorflow: (_node, to) => to.node(rule.tensorflow, to.inputs),
    kernel: (_node, { inputs, tf }) => tf[rule.kernel](inputs[0]!, inputs[1]!),
    evaluate: ([a, b], node) => {
      const x = broadcastValues(a!, node.inputs[0]!.shape, node.shape);
      const y = broadcastValues(b!, node.inputs[1]!.shape, node.shape);
      return x.map((value, i) => rule.value(value, y[i]!));
    },
  };
  return defineOp(op, (make, a, b) => make([a, b]));
}

export function requireFloat(op: string, inputs: readonly Tensor[]): void {
  if (inputs.some((input) => input.dtype !== 'float32')) throw shapeError(op, inputs, 'takes float32 only');
}

/** Sums a gradient back over the axes along which a value was broadcast. */
export function sumTo(g: Tensor, shape: Shape, ops: Ops): Tensor {
  if (sameShape(g.shape, shape)) return g;
  const extra = g.shape.length - shape.length;
  const axes = g.shape.flatMap((length, axis) => (axis < extra || (shape[axis - extra] === 1 && length !== 1) ? [axis] : []));
  const summed = axes.length === 0 ? g : ops.sum(g, axes);
  return sameShape(summed.shape, shape) ? summed : ops.reshape(summed, shape);
}

export function broadcastValues(values: Values, shape: Shape, target: Shape): Values {
  if (sameShape(shape, target)) return values;
  const out = new Float64Array(sizeOf(target));
  forEachIndex(target, stridesAs(shape, target), (offset, i) => {
    out[i] = values[offset]!;
  });
  return out;
}

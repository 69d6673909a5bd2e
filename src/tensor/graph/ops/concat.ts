import { axisOf, shapeError, sizeOf } from '../shapes.ts';
import type { OpFunction, Tensor } from '../tensor.ts';
import { defineOp } from '../tensor.ts';
import { nextAxis } from './batching.ts';
import { requireFloat } from './elementwise.ts';

/** Concatenates tensors along an axis; their other axes must agree. */
export const concat: OpFunction<[parts: readonly Tensor[], axis: number]> = defineOp(
  {
    name: 'concat',
    infer: (inputs, attributes) => {
      requireFloat('concat', inputs);
      const axis = attributes['axis'] as number;
      const first = inputs[0]!.shape;
      const fits = ({ shape }: Tensor) => shape.length === first.length && shape.every((length, i) => i === axis || length === first[i]);
      if (!inputs.every(fits)) throw shapeError('concat', inputs, `axes other than ${axis} must agree`);
      const length = inputs.reduce((total, { shape }) => total + shape[axis]!, 0);
      return { shape: first.map((old, i) => (i === axis ? length : old)), dtype: 'float32' };
    },
    gradient: (g, y, { slice }) => {
      const axis = y.attributes['axis'] as number;
      let end = 0;
      return y.inputs.map(({ shape }) => {
        const start = end;
        end += shape[axis]!;
        return slice(g, axis, start, end);
      });
    },
    batch: nextAxis,
    onnx: (node, to) => to.node('Concat', to.inputs, { axis: { i: node.attributes['axis'] as number } }),
    tensorflow: ({ attributes }, to) =>
      to.node('ConcatV2', [...to.inputs, to.integers(attributes['axis'] as number)], {
        N: { i: to.inputs.length },
        Tidx: { type: 'int32' },
      }),
    kernel: ({ attributes }, { inputs, tf }) => tf.concat([...inputs], attributes['axis'] as number),
    evaluate: (inputs, node) => {
      const axis = node.attributes['axis'] as number;
      const inner = sizeOf(node.shape.slice(axis + 1));
      const row = node.shape[axis]! * inner;
      const out = new Float64Array(sizeOf(node.shape));
      let start = 0;
      for (const [part, values] of inputs.entries()) {
        const width = node.inputs[part]!.shape[axis]! * inner;
        for (let i = 0; i * row < out.length; i++) out.set(values.subarray(i * width, (i + 1) * width), i * row + start);
        start += width;
      }
      return out;
    },
  },
  (make, parts, axis) => (parts.length === 1 ? parts[0]! : make(parts, { axis: axisOf('concat', parts[0]!, axis) })),
);

import { axisOf, shapeError, sizeOf } from '../shapes.ts';
import type { OpFunction, Tensor } from '../tensor.ts';
import { defineOp } from '../tensor.ts';
import { nextAxis } from './batching.ts';
import { requireFloat } from './elementwise.ts';

interface Bounds {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
}

const boundsOf = (node: Pick<Tensor, 'attributes'>): Bounds => node.attributes as unknown as Bounds;

/** Elements [start, end) along one axis. */
export const slice: OpFunction<[x: Tensor, axis: number, start: number, end: number]> = defineOp(
  {
    name: 'slice',
    infer: (inputs, attributes) => {
      requireFloat('slice', inputs);
      const { axis, start, end } = boundsOf({ attributes });
      const { shape } = inputs[0]!;
      const whole = Number.isInteger(start) && Number.isInteger(end);
      if (!(whole && start >= 0 && start < end && end <= shape[axis]!))
        throw shapeError('slice', inputs, `no [${start}, ${end}) on axis ${axis}`);
      return { shape: shape.map((length, i) => (i === axis ? end - start : length)), dtype: 'float32' };
    },
    gradient: (g, y, { pad }) => {
      const { axis, start, end } = boundsOf(y);
      return [pad(g, axis, start, y.inputs[0]!.shape[axis]! - end)];
    },
    batch: nextAxis,
    onnx: (node, to) => {
      const { axis, start, end } = boundsOf(node);
      return to.node('Slice', [to.inputs[0]!, to.integers([start]), to.integers([end]), to.integers([axis])]);
    },
    tensorflow: (node, to) => {
      const { axis, start } = boundsOf(node);
      const starts = node.shape.map((_, i) => (i === axis ? start : 0));
      return to.node('Slice', [to.inputs[0]!, to.integers(starts), to.integers(node.shape)], { Index: { type: 'int32' } });
    },
    kernel: (node, { inputs, tf }) => {
      const { axis, start } = boundsOf(node);
      return tf.slice(
        inputs[0]!,
        node.shape.map((_, i) => (i === axis ? start : 0)),
        [...node.shape],
      );
    },
    evaluate: ([x], node) => {
      const { axis, start, end } = boundsOf(node);
      const { shape } = node.inputs[0]!;
      const inner = sizeOf(shape.slice(axis + 1));
      const row = shape[axis]! * inner;
      const width = (end - start) * inner;
      const out = new Float64Array(sizeOf(node.shape));
      for (let i = 0; i * width < out.length; i++) out.set(x!.subarray(i * row + start * inner, i * row + end * inner), i * width);
      return out;
    },
  },
  (make, x, axis, start, end) => (start === 0 && end === x.shape.at(axis) ? x : make([x], { axis: axisOf('slice', x, axis), start, end })),
);

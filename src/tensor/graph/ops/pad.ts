import { axisOf, shapeError, sizeOf } from '../shapes.ts';
import type { OpFunction, Tensor } from '../tensor.ts';
import { defineOp } from '../tensor.ts';
import { nextAxis } from './batching.ts';
import { requireFloat } from './elementwise.ts';

interface Widths {
  readonly axis: number;
  readonly before: number;
  readonly after: number;
}

const widthsOf = (node: Pick<Tensor, 'attributes'>): Widths => node.attributes as unknown as Widths;

/** Adds zeros before and after along one axis: the gradient of a slice. */
export const pad: OpFunction<[x: Tensor, axis: number, before: number, after: number]> = defineOp(
  {
    name: 'pad',
    infer: (inputs, attributes) => {
      requireFloat('pad', inputs);
      const { axis, before, after } = widthsOf({ attributes });
      if (![before, after].every((width) => Number.isInteger(width) && width >= 0))
        throw shapeError('pad', inputs, `widths ${before} and ${after} must be whole numbers of at least 0`);
      return { shape: inputs[0]!.shape.map((length, i) => (i === axis ? before + length + after : length)), dtype: 'float32' };
    },
    gradient: (g, y, { slice }) => {
      const { axis, before } = widthsOf(y);
      return [slice(g, axis, before, before + y.inputs[0]!.shape[axis]!)];
    },
    batch: nextAxis,
    onnx: (node, to) => {
      const { axis, before, after } = widthsOf(node);
      const along = (width: number) => node.shape.map((_, i) => (i === axis ? width : 0));
      return to.node('Pad', [to.inputs[0]!, to.integers([...along(before), ...along(after)])]);
    },
    tensorflow: (node, to) => {
      const { axis, before, after } = widthsOf(node);
      const widths = node.shape.flatMap((_, i) => (i === axis ? [before, after] : [0, 0]));
      return to.node('Pad', [to.inputs[0]!, to.integers(widths, [node.shape.length, 2])], { Tpaddings: { type: 'int32' } });
    },
    kernel: (node, { inputs, tf }) => {
      const { axis, before, after } = widthsOf(node);
      return tf.pad(
        inputs[0]!,
        node.shape.map((_, i) => (i === axis ? [before, after] : [0, 0])),
      );
    },
    evaluate: ([x], node) => {
      const { axis, before } = widthsOf(node);
      const inner = sizeOf(node.shape.slice(axis + 1));
      const row = node.shape[axis]! * inner;
      const width = node.inputs[0]!.shape[axis]! * inner;
      const out = new Float64Array(sizeOf(node.shape));
      for (let i = 0; i * row < out.length; i++) out.set(x!.subarray(i * width, (i + 1) * width), i * row + before * inner);
      return out;
    },
  },
  (make, x, axis, before, after) => (before === 0 && after === 0 ? x : make([x], { axis: axisOf('pad', x, axis), before, after })),
);

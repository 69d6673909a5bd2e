import { shapeError, sizeOf } from '../shapes.ts';
import type { OpFunction, Shape, Tensor } from '../tensor.ts';
import { defineOp } from '../tensor.ts';
import { requireFloat } from './elementwise.ts';

/**
 * A contiguous part of a vector, reshaped to `shape`. One flat vector holds all parameters of a network: the optimizer works on the
 * vector in a few nodes, the layers on its parts. A part of a *state* costs nothing if the executor can alias memory.
 */
export const sliceVector: OpFunction<[vector: Tensor, offset: number, shape: Shape]> = defineOp(
  {
    name: 'sliceVector',
    infer: (inputs, attributes) => {
      requireFloat('sliceVector', inputs);
      const shape = attributes['shape'] as Shape;
      const offset = attributes['offset'] as number;
      const end = offset + sizeOf(shape);
      if (inputs[0]!.shape.length !== 1 || !(Number.isInteger(offset) && offset >= 0 && end <= inputs[0]!.shape[0]!))
        throw shapeError('sliceVector', inputs, `the vector has no part [${shape.join(',')}] that ends at ${end}`);
      return { shape, dtype: 'float32' };
    },
    gradient: (g, y, { pad, reshape }) => {
      const offset = y.attributes['offset'] as number;
      const size = sizeOf(y.shape);
      return [pad(reshape(g, [size]), 0, offset, y.inputs[0]!.shape[0]! - offset - size)];
    },
    batch: ({ attributes, shape }, [vector], count, { reshape, slice }) => {
      const offset = attributes['offset'] as number;
      return reshape(slice(vector!.all, 1, offset, offset + sizeOf(shape)), [count, ...shape]);
    },
    onnx: ({ attributes, inputs, shape }, to) => {
      const offset = attributes['offset'] as number;
      const vector = inputs[0]!;
      if (vector.op.name === 'state') return to.state(vector.attributes['name'] as string, shape, offset);
      const flat = to.node('Slice', [to.inputs[0]!, to.integers([offset]), to.integers([offset + sizeOf(shape)])]);
      return to.node('Reshape', [flat, to.integers(shape)]);
    },
    tensorflow: ({ attributes, shape }, to) => {
      const [start, size] = [to.integers([attributes['offset'] as number]), to.integers([sizeOf(shape)])];
      const flat = to.node('Slice', [to.inputs[0]!, start, size], { Index: { type: 'int32' } });
      return to.node('Reshape', [flat, to.integers(shape)], { Tshape: { type: 'int32' } });
    },
    kernel: ({ attributes, shape }, { inputs, tf }) =>
      tf.reshape(tf.slice(inputs[0]!, [attributes['offset'] as number], [sizeOf(shape)]), [...shape]),
    evaluate: ([vector], { attributes, shape }) => {
      const offset = attributes['offset'] as number;
      return vector!.slice(offset, offset + sizeOf(shape));
    },
  },
  (make, vector, offset, shape) => make([vector], { offset, shape }),
);

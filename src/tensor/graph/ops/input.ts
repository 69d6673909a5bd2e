import { AssayError } from '../../../core/errors.ts';
import { requireLengths } from '../shapes.ts';
import type { OpFunction, Shape } from '../tensor.ts';
import { defineOp } from '../tensor.ts';
import { withShape } from './batching.ts';

/** A tensor fed at every run. Inputs of one name in a graph are one input and must have one shape. */
export const input: OpFunction<[name: string, shape: Shape]> = defineOp(
  {
    name: 'input',
    infer: (_inputs, attributes) => ({ shape: attributes['shape'] as Shape, dtype: 'float32' }),
    gradient: () => [],
    batch: withShape,
    onnx: ({ attributes, shape }, to) => to.feed(attributes['name'] as string, shape),
    tensorflow: ({ attributes, shape }, to) => to.feed(attributes['name'] as string, shape),
    kernel: ({ attributes }, { feed }) => feed(attributes['name'] as string),
    evaluate: (_inputs, { attributes }) => {
      throw new AssayError('internal', `the input ${String(attributes['name'])} was not fed`);
    },
  },
  (make, name, shape) => {
    requireLengths(`the input ${name}`, shape);
    return make([], { name, shape });
  },
);

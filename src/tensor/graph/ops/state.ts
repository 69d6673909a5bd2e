import { AssayError } from '../../../core/errors.ts';
import { requireLengths } from '../shapes.ts';
import type { OpFunction, Shape } from '../tensor.ts';
import { defineOp } from '../tensor.ts';
import { withShape } from './batching.ts';

/** A named tensor that keeps its value between runs (parameters, optimizer state): zero until written, changed by a graph's updates. */
export const state: OpFunction<[name: string, shape: Shape]> = defineOp(
  {
    name: 'state',
    infer: (_inputs, attributes) => ({ shape: attributes['shape'] as Shape, dtype: 'float32' }),
    gradient: () => [],
    batch: withShape,
    onnx: ({ attributes, shape }, to) => to.state(attributes['name'] as string, shape),
    tensorflow: ({ attributes, shape }, to) => to.state(attributes['name'] as string, shape),
    kernel: ({ attributes }, { state }) => state(attributes['name'] as string),
    evaluate: (_inputs, { attributes }) => {
      throw new AssayError('internal', `the state ${String(attributes['name'])} has no value`);
    },
  },
  (make, name, shape) => {
    requireLengths(`the state ${name}`, shape);
    return make([], { name, shape });
  },
);

import { AssayError } from '../../../core/errors.ts';
import { requireLengths, sizeOf } from '../shapes.ts';
import type { OpFunction, Shape } from '../tensor.ts';
import { defineOp } from '../tensor.ts';

/** A number, or row-major numbers of a shape, known when the graph is built. */
export const constant: OpFunction<[values: number | readonly number[], shape?: Shape]> = defineOp(
  {
    name: 'constant',
    infer: (_inputs, attributes) => ({ shape: attributes['shape'] as Shape, dtype: 'float32' }),
    gradient: () => [],
    batch: (node, _inputs, count) => new Array<typeof node>(count).fill(node),
    onnx: ({ attributes, shape }, to) => to.floats(attributes['values'] as readonly number[], shape),
    tensorflow: ({ attributes, shape }, to) => to.floats(attributes['values'] as readonly number[], shape),
    kernel: ({ attributes, shape }, { tf }) => tf.tensor([...(attributes['values'] as readonly number[])], [...shape], 'float32'),
    evaluate: (_inputs, { attributes }) => Float64Array.from(attributes['values'] as readonly number[]),
  },
  (make, values, shape) => {
    const list = typeof values === 'number' ? [values] : values;
    const of = shape ?? (typeof values === 'number' ? [] : [values.length]);
    requireLengths('a constant', of);
    if (list.length !== sizeOf(of)) throw new AssayError('shape_invalid', `constant: ${list.length} values do not fill [${of.join(',')}]`);
    if (!list.every(Number.isFinite)) throw new AssayError('not_finite', 'constant: a value is NaN or infinite');
    return make([], { values: list, shape: of });
  },
);

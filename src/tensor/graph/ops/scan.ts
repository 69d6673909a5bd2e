import { sameShape, shapeError, sizeOf } from '../shapes.ts';
import type { OpFunction, Tensor } from '../tensor.ts';
import { defineOp } from '../tensor.ts';
import { requireFloat } from './elementwise.ts';

interface Direction {
  readonly reverse?: boolean;
}

const isReverse = (node: Tensor): boolean => node.attributes['reverse'] === 1;

/**
 * The linear recurrence along the first axis, from zero: h[t] = decay[t] h[t-1] + drive[t]. In reverse it is the adjoint of that,
 * h[t] = decay[t+1] h[t+1] + drive[t], so that each direction is the other's gradient (Blelloch 1990, section 1.4, for the
 * recurrence; the adjoint by transposing its matrix). One node whatever the length, and each step touches memory once.
 */
export const scan: OpFunction<[decay: Tensor, drive: Tensor, direction?: Direction]> = defineOp(
  {
    name: 'scan',
    infer: (inputs) => {
      requireFloat('scan', inputs);
      const [decay, drive] = inputs as readonly [Tensor, Tensor];
      if (decay.shape.length === 0 || !sameShape(decay.shape, drive.shape))
        throw shapeError('scan', inputs, 'takes two of one shape, with an axis to go along');
      return { shape: drive.shape, dtype: 'float32' };
    },
    gradient: (g, h, { constant, mul, pad, scan, slice }) => {
      const decay = h.inputs[0]!;
      const steps = decay.shape[0]!;
      const reverse = isReverse(h);
      const flow = scan(decay, g, { reverse: !reverse });
      if (steps === 1) return [mul(decay, constant(0)), flow];
      // decay[t] multiplies h[t-1] into h[t], and in reverse h[t] into h[t-1]; decay[0] multiplies nothing.
      const [later, earlier] = reverse ? [h, flow] : [flow, h];
      return [pad(mul(slice(later, 0, 1, steps), slice(earlier, 0, 0, steps - 1)), 0, 1, 0), flow];
    },
    onnx: (node, to) => {
      const [decay, drive] = to.inputs as readonly [string, string];
      const start = to.node('Expand', [to.floats([0]), to.integers(node.shape.slice(1))]);
      const forward = [
        { type: 'Mul', inputs: ['decay', 'before'], output: 'kept' },
        { type: 'Add', inputs: ['kept', 'drive'], output: 'after' },
        { type: 'Identity', inputs: ['after'], output: 'shown' },
      ];
      const backward = [
        { type: 'Add', inputs: ['before', 'drive'], output: 'shown' },
        { type: 'Mul', inputs: ['decay', 'shown'], output: 'after' },
      ];
      const reverse = isReverse(node);
      const direction = Number(reverse);
      return to.loop('Scan', [start, decay, drive], {
        body: { inputs: ['before', 'decay', 'drive'], outputs: ['after', 'shown'], nodes: reverse ? backward : forward },
        attributes: {
          num_scan_inputs: { i: 2 },
          scan_input_directions: { ints: [direction, direction] },
          scan_output_directions: { ints: [direction] },
        },
      });
    },
    // Unrolled: a loop of TensorFlow's costs more per step than the step itself.
    tensorflow: (node, to) => {
      const count = { i: node.shape[0]! };
      const [decay, drive] = to.inputs.map((name) => to.split('Unpack', name, count.i, { num: count, axis: { i: 0 } }));
      const values = unrolled(node, decay!, drive!, (factor, before, added) => to.node('AddV2', [to.node('Mul', [factor, before]), added]));
      return to.node('Pack', values, { N: count, axis: { i: 0 } });
    },
    kernel: (node, { inputs, tf }) => {
      const [decay, drive] = inputs.map((x) => tf.unstack(x));
      return tf.stack(unrolled(node, decay!, drive!, (factor, before, added) => tf.add(tf.mul(factor, before), added)));
    },
    evaluate: ([decay, drive], node) => {
      const steps = node.shape[0]!;
      const row = sizeOf(node.shape) / steps;
      const out = Float64Array.from(drive!);
      for (let step = 1; step < steps; step++)
        for (let i = 0; i < row; i++) {
          const to = (isReverse(node) ? steps - 1 - step : step) * row + i;
          const from = isReverse(node) ? to + row : to - row;
          out[to]! += decay![Math.max(to, from)]! * out[from]!;
        }
      return out;
    },
  },
  (make, decay, drive, { reverse = false } = {}) => make([decay, drive], { reverse: Number(reverse) }),
);

/** The recurrence written out, over whatever stands for the value of one step. */
function unrolled<Value>(
  node: Tensor,
  decay: readonly Value[],
  drive: readonly Value[],
  next: (decay: Value, before: Value, drive: Value) => Value,
): Value[] {
  const values = [...drive];
  for (let step = 1; step < drive.length; step++) {
    const at = isReverse(node) ? drive.length - 1 - step : step;
    const before = isReverse(node) ? at + 1 : at - 1;
    values[at] = next(decay[Math.max(at, before)]!, values[before]!, drive[at]!);
  }
  return values;
}

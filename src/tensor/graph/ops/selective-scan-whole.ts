/** The recurrence of `selectiveScan` over whole tensors, for executors that compute op by op. Not an op itself. */
import type { Tensor as KernelTensor } from '@tensorflow/tfjs-core';
import type { Tfjs } from '../kernel.ts';
import type { Shape } from '../tensor.ts';
import type { TensorflowLowering } from '../tensorflow-lowering.ts';
import type { Recurrence, Sizes } from './selective-scan-reference.ts';

/** Operations of the target; `Value` is a node's name in TensorFlow and a tensor in tfjs. */
interface Maths<Value> {
  readonly add: (a: Value, b: Value) => Value;
  readonly mul: (a: Value, b: Value) => Value;
  readonly exp: (x: Value) => Value;
  readonly sum: (x: Value, axes: Shape) => Value;
  readonly reshape: (x: Value, shape: Shape) => Value;
  /** Splits along the first axis. */
  readonly split: (x: Value, count: number) => readonly Value[];
  readonly join: (parts: readonly Value[]) => Value;
  readonly flat: (parts: readonly Value[]) => Value;
  readonly zeros: (shape: Shape) => Value;
}

/** Returns the decayed state and the state of every step: decay and drive of all steps at once, then the recurrence step by step. */
function statesWith<Value>(maths: Maths<Value>, [delta, drive, b, rates, before]: Recurrence<Value>, sizes: Sizes) {
  const { steps, rows, states, channels } = sizes;
  const { add, mul, reshape } = maths;
  const decays = maths.split(maths.exp(mul(reshape(delta, [steps, rows, 1, channels]), rates)), steps);
  const driven = maths.split(mul(reshape(b, [steps, rows, states, 1]), reshape(drive, [steps, rows, 1, channels])), steps);
  let after = before;
  return decays.map((decay, step) => {
    const kept = mul(decay, after);
    after = add(kept, driven[step]!);
    return { kept, after };
  });
}

export function lastWith<Value>(maths: Maths<Value>, inputs: Recurrence<Value>, sizes: Sizes): Value {
  return statesWith(maths, inputs, sizes).at(-1)!.after;
}

export function keptWith<Value>(maths: Maths<Value>, inputs: Recurrence<Value>, sizes: Sizes): Value {
  return maths.join(statesWith(maths, inputs, sizes).map(({ kept }) => kept));
}

export function readWith<Value>(maths: Maths<Value>, inputs: Recurrence<Value>, c: Value, sizes: Sizes): Value {
  const asked = maths.split(maths.reshape(c, [sizes.steps, sizes.rows, sizes.states, 1]), sizes.steps);
  return maths.join(statesWith(maths, inputs, sizes).map(({ after }, step) => maths.sum(maths.mul(after, asked[step]!), [1])));
}

/** Returns the gradients as one vector, in the order of `gradientShapes`. */
export function gradientsWith<Value>(
  maths: Maths<Value>,
  [delta, drive, b, rates]: Recurrence<Value>,
  { steps, rows, states, channels }: Sizes,
  { last, kept, read }: { readonly last: Value; readonly kept: Value; readonly read: { readonly c: Value; readonly g: Value } | null },
): Value {
  const { add, mul, reshape, sum } = maths;
  const perRow = (x: Value): Value => reshape(x, [steps, rows, 1, channels]);
  const perState = (x: Value): Value => reshape(x, [steps, rows, states, 1]);
  const decays = maths.split(maths.exp(mul(perRow(delta), rates)), steps);
  const given = read === null ? null : maths.split(mul(perState(read.c), perRow(read.g)), steps);
  let leaving = last;
  const flows: Value[] = [];
  for (let step = steps - 1; step >= 0; step--) {
    flows.unshift(given === null ? leaving : add(leaving, given[step]!));
    leaving = mul(decays[step]!, flows[0]!);
  }
  const flow = maths.join(flows);
  const ofExponent = mul(flow, kept);
  return maths.flat([
    leaving,
    sum(mul(ofExponent, perRow(delta)), [0, 1]),
    sum(mul(ofExponent, rates), [2]),
    sum(mul(flow, perState(b)), [2]),
    sum(mul(flow, perRow(drive)), [3]),
    ...(read === null ? [] : [sum(mul(kept, perRow(read.g)), [3])]),
  ]);
}

export function ofTensorflow(to: TensorflowLowering): Maths<string> {
  const indices = { type: 'int32' } as const;
  const reshape = (x: string, shape: Shape): string => to.node('Reshape', [x, to.integers(shape)], { Tshape: indices });
  return {
    add: (a, b) => to.node('AddV2', [a, b]),
    mul: (a, b) => to.node('Mul', [a, b]),
    exp: (x) => to.node('Exp', [x]),
    sum: (x, axes) => to.node('Sum', [x, to.integers(axes)], { Tidx: indices, keep_dims: { b: false } }),
    reshape,
    split: (x, count) => to.split('Unpack', x, count, { num: { i: count }, axis: { i: 0 } }),
    join: (parts) => to.node('Pack', parts, { N: { i: parts.length }, axis: { i: 0 } }),
    flat: (parts) =>
      to.node('ConcatV2', [...parts.map((x) => reshape(x, [-1])), to.integers(0)], { N: { i: parts.length }, Tidx: indices }),
    zeros: (shape) => to.node('BroadcastTo', [to.floats([0]), to.integers(shape)], { Tidx: indices }),
  };
}

export function ofKernel(tf: Tfjs): Maths<KernelTensor> {
  return {
    add: (a, b) => tf.add(a, b),
    mul: (a, b) => tf.mul(a, b),
    exp: (x) => tf.exp(x),
    sum: (x, axes) => tf.sum(x, [...axes]),
    reshape: (x, shape) => tf.reshape(x, [...shape]),
    split: (x) => tf.unstack(x),
    join: (parts) => tf.stack([...parts]),
    flat: (parts) => tf.concat(parts.map((x) => tf.reshape(x, [-1]))),
    zeros: (shape) => tf.zeros([...shape]),
  };
}

import { AssayError } from '../../../core/errors.ts';
import { sameShape, shapeError, sizeOf } from '../shapes.ts';
import type { Op, OpFunction, Ops, Shape, Tensor, Values } from '../tensor.ts';
import { defineOp, makeTensor } from '../tensor.ts';
import { memberByMember } from './batching.ts';
import { requireFloat } from './elementwise.ts';
import { backwards, forwards } from './selective-scan-onnx.ts';
import type { Recurrence, Sizes } from './selective-scan-reference.ts';
import { gradientShapes, gradientsOf, run, sizesOf } from './selective-scan-reference.ts';
import { gradientsWith, keptWith, lastWith, ofKernel, ofTensorflow, readWith } from './selective-scan-whole.ts';

type Inputs = Recurrence<Tensor>;
type Reading<T> = readonly [delta: T, drive: T, b: T, rates: T, before: T, c: T];

const recurrenceOf = <T>([delta, drive, b, rates, before]: readonly T[]): Recurrence<T> => [delta!, drive!, b!, rates!, before!];

function requireFit(name: string, inputs: readonly Tensor[]): Sizes {
  requireFloat(name, inputs);
  const [delta, drive, b, rates, before, c] = inputs as Reading<Tensor>;
  const fits = (sizes: Sizes): boolean => {
    const shapes = gradientShapes(sizes);
    return (
      sameShape(drive.shape, shapes.drive) &&
      sameShape(b.shape, shapes.b) &&
      sameShape(rates.shape, shapes.rates) &&
      sameShape(before.shape, shapes.before) &&
      (inputs.length < 6 || sameShape(c.shape, shapes.c))
    );
  };
  if (delta.shape.length !== 3 || b.shape.length !== 3 || !fits(sizesOf(recurrenceOf(inputs))))
    throw shapeError(name, inputs, 'the shapes of step sizes, drive, b, rates and state do not fit each other');
  return sizesOf(recurrenceOf(inputs));
}

/**
 * Mamba's recurrence, read at every step: h[t] = exp(delta[t] rates) h[t-1] + b[t] drive[t]^T from h[-1] = `before`, y[t] = c[t] h[t] (Gu &
 * Dao 2023, algorithm 2): `delta` and `drive` [steps, rows, channels], `b` and `c` [steps, rows, states], `rates` [states, channels] and
 * `before` [rows, states, channels] to y, [steps, rows, channels]. It is one op so that the states of all steps, which are much larger than
 * its inputs, are stored only if the graph contains its gradient.
 */
export const selectiveScan: OpFunction<Reading<Tensor>> = defineOp(
  {
    name: 'selectiveScan',
    infer: (inputs) => {
      const { steps, rows, channels } = requireFit('selectiveScan', inputs);
      return { shape: [steps, rows, channels], dtype: 'float32' };
    },
    gradient: (g, { inputs }, ops) => {
      const [, drive, b, , before, c] = inputs as Reading<Tensor>;
      const { add, broadcast, constant, mul } = ops;
      const gradients = gradientsFrom(inputs, broadcast(constant(0), before.shape), ops, { g, c });
      return [
        gradients.delta,
        gradients.drive,
        gradients.b,
        gradients.rates,
        gradients.before,
        add(gradients.c, mul(b, innerProduct(drive, g, ops))),
      ];
    },
    batch: memberByMember,
    reuseFrom: {
      other: ({ inputs }) => keptOf(inputs),
      read: ({ inputs }, ops) => {
        const [, drive, b, , , c] = inputs as Reading<Tensor>;
        const { add, matmul, mul, reshape } = ops;
        const { steps, rows, states, channels } = sizesOf(recurrenceOf(inputs));
        const kept = reshape(keptOf(inputs), [steps * rows, states, channels]);
        const read = reshape(matmul(reshape(c, [steps * rows, 1, states]), kept), [steps, rows, channels]);
        return add(read, mul(innerProduct(c, b, ops), drive));
      },
    },
    onnx: ({ inputs }, to) => {
      const sizes = sizesOf(recurrenceOf(inputs));
      const read = forwards(to, recurrenceOf(to.inputs), sizes, { c: to.inputs[5]! });
      return to.node('Reshape', [read, to.integers([sizes.steps, sizes.rows, sizes.channels])]);
    },
    tensorflow: ({ inputs }, to) => readWith(ofTensorflow(to), recurrenceOf(to.inputs), to.inputs[5]!, sizesOf(recurrenceOf(inputs))),
    kernel: ({ inputs: [...nodes] }, { inputs, tf }) =>
      readWith(ofKernel(tf), recurrenceOf(inputs), inputs[5]!, sizesOf(recurrenceOf(nodes))),
    evaluate: (inputs, node) => run(recurrenceOf(inputs), sizesOf(recurrenceOf(node.inputs)), inputs[5]).y,
  },
  (make, ...inputs) => make(inputs),
);

/** The state after the last step of the same recurrence, [rows, states, channels]. */
export const selectiveState: OpFunction<Inputs> = defineOp(
  {
    name: 'selectiveState',
    infer: (inputs) => {
      const { rows, states, channels } = requireFit('selectiveState', inputs);
      return { shape: [rows, states, channels], dtype: 'float32' };
    },
    gradient: (g, { inputs }, ops) => {
      const gradients = gradientsFrom(inputs, g, ops, null);
      return [gradients.delta, gradients.drive, gradients.b, gradients.rates, gradients.before];
    },
    batch: memberByMember,
    reuseFrom: {
      other: ({ inputs }) => keptOf(inputs),
      read: ({ inputs }, { add, mul, reshape, slice }) => {
        const [, drive, b] = inputs as Inputs;
        const { steps, rows, states, channels } = sizesOf(recurrenceOf(inputs));
        const last = (x: Tensor, shape: Shape): Tensor => reshape(slice(x, 0, steps - 1, steps), shape);
        return add(last(keptOf(inputs), [rows, states, channels]), mul(last(b, [rows, states, 1]), last(drive, [rows, 1, channels])));
      },
    },
    onnx: ({ inputs }, to) => forwards(to, recurrenceOf(to.inputs), sizesOf(recurrenceOf(inputs)), 'last'),
    tensorflow: ({ inputs }, to) => lastWith(ofTensorflow(to), recurrenceOf(to.inputs), sizesOf(recurrenceOf(inputs))),
    kernel: ({ inputs: [...nodes] }, { inputs, tf }) => lastWith(ofKernel(tf), recurrenceOf(inputs), sizesOf(recurrenceOf(nodes))),
    evaluate: (inputs, node) => run(recurrenceOf(inputs), sizesOf(recurrenceOf(node.inputs))).last,
  },
  (make, ...inputs) => make(inputs),
);

/** sum_i x[.., i] y[.., i], with the last axis of length 1. */
function innerProduct(x: Tensor, y: Tensor, { mul, reshape, sum }: Ops): Tensor {
  return reshape(sum(mul(x, y), [-1]), [...x.shape.slice(0, -1), 1]);
}

const noSecondDerivative = (): never => {
  throw new AssayError('internal', 'selectiveScan has no second derivative');
};

/** exp(delta[t] rates) h[t-1], the decayed state of every step, [steps, rows, states, channels]: needed by the backward pass. */
const keptStates: Op = {
  name: 'selectiveScanKept',
  infer: (inputs) => {
    const { steps, rows, states, channels } = sizesOf(recurrenceOf(inputs));
    return { shape: [steps, rows, states, channels], dtype: 'float32' };
  },
  gradient: noSecondDerivative,
  batch: memberByMember,
  onnx: ({ inputs }, to) => forwards(to, recurrenceOf(to.inputs), sizesOf(recurrenceOf(inputs)), 'kept'),
  tensorflow: ({ inputs }, to) => keptWith(ofTensorflow(to), recurrenceOf(to.inputs), sizesOf(recurrenceOf(inputs))),
  kernel: ({ inputs: [...nodes] }, { inputs, tf }) => keptWith(ofKernel(tf), recurrenceOf(inputs), sizesOf(recurrenceOf(nodes))),
  evaluate: (inputs, node) => run(recurrenceOf(inputs), sizesOf(recurrenceOf(node.inputs))).kept,
};

const keptOf = (inputs: readonly Tensor[]): Tensor => makeTensor(keptStates, recurrenceOf(inputs), {});

/** Inputs after those of the recurrence: gradient of the last state, decayed states and, if the state is read, c and gradient of y. */
const backOf = <T>(inputs: readonly T[]) => {
  const [last, kept, c, g] = inputs.slice(5) as [T, T, T | undefined, T | undefined];
  return { last, kept, read: c === undefined || g === undefined ? null : { c, g } };
};

/** The gradients of the recurrence as one vector (see `gradientShapes`), computed from the last step to the first. */
const gradients: Op = {
  name: 'selectiveScanGradients',
  infer: (inputs) => {
    const { c, ...always } = gradientShapes(sizesOf(recurrenceOf(inputs)));
    const shapes = backOf(inputs).read === null ? Object.values(always) : [...Object.values(always), c];
    return { shape: [shapes.reduce((size, shape) => size + sizeOf(shape), 0)], dtype: 'float32' };
  },
  gradient: noSecondDerivative,
  batch: memberByMember,
  onnx: ({ inputs }, to) => {
    const [delta, drive, b, rates] = recurrenceOf(to.inputs);
    return backwards(to, [delta, drive, b, rates], sizesOf(recurrenceOf(inputs)), backOf(to.inputs));
  },
  tensorflow: ({ inputs }, to) =>
    gradientsWith(ofTensorflow(to), recurrenceOf(to.inputs), sizesOf(recurrenceOf(inputs)), backOf(to.inputs)),
  kernel: ({ inputs: [...nodes] }, { inputs, tf }) =>
    gradientsWith(ofKernel(tf), recurrenceOf(inputs), sizesOf(recurrenceOf(nodes)), backOf(inputs)),
  evaluate: (inputs, node) => {
    const { last, kept, read } = backOf<Values>(inputs);
    return gradientsOf(recurrenceOf(inputs), last, kept, sizesOf(recurrenceOf(node.inputs)), read);
  },
};

/** Returns the gradients by name; that of c leaves out the step's own drive. */
function gradientsFrom(
  inputs: readonly Tensor[],
  last: Tensor,
  { sliceVector }: Ops,
  read: { readonly c: Tensor; readonly g: Tensor } | null,
): Readonly<Record<keyof ReturnType<typeof gradientShapes>, Tensor>> {
  const all = makeTensor(gradients, [...recurrenceOf(inputs), last, keptOf(inputs), ...(read === null ? [] : [read.c, read.g])], {});
  let offset = 0;
  const parts = Object.entries(gradientShapes(sizesOf(recurrenceOf(inputs)))).map(([name, shape]) => {
    const begin = offset;
    offset += sizeOf(shape);
    return [name, offset > all.shape[0]! ? all : sliceVector(all, begin, shape)] as const;
  });
  return Object.fromEntries(parts) as Record<keyof ReturnType<typeof gradientShapes>, Tensor>;
}

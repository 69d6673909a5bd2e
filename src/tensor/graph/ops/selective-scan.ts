import { AssayError } from '../../../core/errors.ts';
import { sameShape, shapeError, sizeOf } from '../shapes.ts';
import type { Op, OpFunction, Ops, Shape, Tensor, Values } from '../tensor.ts';
import { defineOp, makeTensor } from '../tensor.ts';
import { laneByLane } from './batching.ts';
import { requireFloat } from './elementwise.ts';
import { ofKernel, ofTensorflow, scanWith, slopesWith } from './selective-scan-whole.ts';

type Inputs = readonly [delta: Tensor, drive: Tensor, b: Tensor, rates: Tensor, before: Tensor];

interface Sizes {
  readonly steps: number;
  readonly rows: number;
  readonly states: number;
  readonly channels: number;
}

/** Of a tensor [steps, rows, states, channels]. */
function sizesOf({ shape }: Pick<Tensor, 'shape'>): Sizes {
  const [steps, rows, states, channels] = shape as readonly [number, number, number, number];
  return { steps, rows, states, channels };
}

/** Shapes of what {@link slopes} gives, one after another in one vector; `delta` is that of the step after, zero for the last. */
function slopeShapes({ steps, rows, states, channels }: Sizes): Readonly<Record<'before' | 'rates' | 'delta' | 'drive' | 'b', Shape>> {
  return {
    before: [rows, states, channels],
    rates: [states, channels],
    delta: [steps, rows, channels],
    drive: [steps, rows, channels],
    b: [steps, rows, states],
  };
}

/** Elements of h below which its decay and drive are computed for all steps at once: then a node costs more than memory does. */
const large = 2 ** 17;
const backwards = {
  num_scan_inputs: { i: 6 },
  scan_input_directions: { ints: [1, 1, 1, 1, 1, 1] },
  scan_output_directions: { ints: [1, 1, 1] },
} as const;

/**
 * Mamba's recurrence, h[t] = exp(delta[t] rates) h[t-1] + b[t] drive[t]^T, from h[-1] = `before` (Gu & Dao 2023, algorithm 2):
 * `delta` and `drive` [steps, rows, channels], `b` [steps, rows, states], `rates` [states, channels] and `before` [rows, states, channels]
 * to h, [steps, rows, states, channels]. One node, because only h needs memory of that size: the decay of a step and what flows back
 * through it are computed step by step, forwards and again backwards.
 */
export const selectiveScan: OpFunction<[delta: Tensor, drive: Tensor, b: Tensor, rates: Tensor, before: Tensor]> = defineOp(
  {
    name: 'selectiveScan',
    infer: (inputs) => {
      requireFloat('selectiveScan', inputs);
      const [delta, drive, b, rates, before] = inputs as Inputs;
      const [steps, rows, channels] = delta.shape as readonly [number, number, number];
      const states = b.shape[2]!;
      const fits =
        delta.shape.length === 3 &&
        sameShape(drive.shape, delta.shape) &&
        sameShape(b.shape, [steps, rows, states]) &&
        sameShape(rates.shape, [states, channels]) &&
        sameShape(before.shape, [rows, states, channels]);
      if (!fits) throw shapeError('selectiveScan', inputs, 'takes step sizes, drive, b, rates and a state that fit each other');
      return { shape: [steps, rows, states, channels], dtype: 'float32' };
    },
    gradient: (g, h, ops) => slopesOf(g, h, ops),
    batch: laneByLane,
    onnx: (node, to) => {
      const [delta, drive, b, rates, before] = to.inputs as readonly [string, string, string, string, string];
      const { steps, rows, states, channels } = sizesOf(node);
      const reshaped = (x: string, shape: Shape) => to.node('Reshape', [x, to.integers(shape)]);
      const rowOf = [steps, rows, 1, channels];
      const [deltas, drives, bs] = [reshaped(delta, rowOf), reshaped(drive, rowOf), reshaped(b, [steps, rows, states, 1])];
      const recur = [
        { type: 'Mul', inputs: ['decay', 'before'], output: 'kept' },
        { type: 'Add', inputs: ['kept', 'driven'], output: 'after' },
        { type: 'Identity', inputs: ['after'], output: 'shown' },
      ];
      const outputs = ['after', 'shown'];
      if (sizeOf(node.shape) < large) {
        const [decay, driven] = [to.node('Exp', [to.node('Mul', [deltas, rates])]), to.node('Mul', [bs, drives])];
        const body = { inputs: ['before', 'decay', 'driven'], outputs, nodes: recur };
        return to.loop('Scan', [before, decay, driven], { body, attributes: { num_scan_inputs: { i: 2 } } })[1]!;
      }
      const prepare = [
        { type: 'Mul', inputs: ['delta', rates], output: 'exponent' },
        { type: 'Exp', inputs: ['exponent'], output: 'decay' },
        { type: 'Mul', inputs: ['b', 'drive'], output: 'driven' },
      ];
      const body = { inputs: ['before', 'delta', 'drive', 'b'], outputs, nodes: [...prepare, ...recur] };
      return to.loop('Scan', [before, deltas, drives, bs], { body, attributes: { num_scan_inputs: { i: 3 } } })[1]!;
    },
    tensorflow: (node, to) => scanWith(ofTensorflow(to), to.inputs, node.shape),
    kernel: (node, { inputs, tf }) => scanWith(ofKernel(tf), inputs, node.shape),
    evaluate: (inputs, node) => {
      const [delta, drive, b, rates, before] = inputs as readonly [Values, Values, Values, Values, Values];
      const sizes = sizesOf(node);
      const h = new Float64Array(sizeOf(node.shape));
      visit(sizes, ({ at, step, stepRow, stepState, rate, row }) => {
        const earlier = step === 0 ? before[row]! : h[at - before.length]!;
        h[at] = Math.exp(delta[stepRow]! * rates[rate]!) * earlier + b[stepState]! * drive[stepRow]!;
      });
      return h;
    },
  },
  (make, ...inputs) => make(inputs),
);

/** Where one element of h stands, in h and in what it is made of. */
interface Place {
  readonly at: number;
  readonly step: number;
  readonly stepRow: number;
  readonly stepState: number;
  readonly rate: number;
  /** In the state of one step. */
  readonly row: number;
}

function visit({ steps, rows, states, channels }: Sizes, each: (place: Place) => void, reverse = false): void {
  const width = states * channels;
  for (let i = 0; i < steps; i++) {
    const step = reverse ? steps - 1 - i : i;
    for (let row = 0; row < rows * width; row++) {
      const rate = row % width;
      const series = step * rows + Math.floor(row / width);
      const [state, channel] = [Math.floor(rate / channels), rate % channels];
      each({ at: step * rows * width + row, step, stepRow: series * channels + channel, stepState: series * states + state, rate, row });
    }
  }
}

/**
 * What flows back through the recurrence, as one vector (see {@link slopeShapes}). Its inputs are the slope of h, h, delta, the delta of
 * the step after, drive, b and rates. Steps are gone through from the last: what arrives at h[t] from h[t+1] is all that the slopes in
 * the decay of step t + 1 need besides h[t], so that h is read where it lies.
 */
const slopes: Op = {
  name: 'selectiveScanSlopes',
  infer: (inputs) => ({
    shape: [Object.values(slopeShapes(sizesOf(inputs[1]!))).reduce((n, shape) => n + sizeOf(shape), 0)],
    dtype: 'float32',
  }),
  gradient: () => {
    throw new AssayError('internal', 'selectiveScan has no second derivative');
  },
  batch: laneByLane,
  onnx: (node, to) => {
    const [g, h, delta, deltaAfter, drive, b, rates] = to.inputs as readonly [string, string, string, string, string, string, string];
    const { steps, rows, states, channels } = sizesOf(node.inputs[1]!);
    const reshaped = (x: string, shape: Shape) => to.node('Reshape', [x, to.integers(shape)]);
    const zeros = (shape: Shape) => to.node('Expand', [to.floats([0]), to.integers(shape)]);
    const keep = { keepdims: { i: 1 } };
    const nodes = [
      { type: 'Mul', inputs: ['arriving', 'h'], output: 'inDecay' },
      { type: 'Mul', inputs: ['inDecay', rates], output: 'perDelta' },
      { type: 'ReduceSum', inputs: ['perDelta', to.integers([1])], output: 'ofDelta', attributes: keep },
      { type: 'Mul', inputs: ['inDecay', 'deltaAfter'], output: 'perRate' },
      { type: 'ReduceSum', inputs: ['perRate', to.integers([0])], output: 'ofRatesNow', attributes: { keepdims: { i: 0 } } },
      { type: 'Add', inputs: ['ofRatesBefore', 'ofRatesNow'], output: 'ofRates' },
      { type: 'Add', inputs: ['arriving', 'g'], output: 'flow' },
      { type: 'MatMul', inputs: ['b', 'flow'], output: 'ofDrive' },
      { type: 'MatMul', inputs: ['flow', 'drive'], output: 'ofB' },
      { type: 'Mul', inputs: ['delta', rates], output: 'exponent' },
      { type: 'Exp', inputs: ['exponent'], output: 'decay' },
      { type: 'Mul', inputs: ['decay', 'flow'], output: 'leaving' },
    ];
    const rowOf = [steps, rows, 1, channels];
    const scanned = [
      g,
      h,
      reshaped(delta, rowOf),
      reshaped(deltaAfter, rowOf),
      reshaped(drive, [steps, rows, channels, 1]),
      reshaped(b, [steps, rows, 1, states]),
    ];
    const results = to.loop('Scan', [zeros([rows, states, channels]), zeros([states, channels]), ...scanned], {
      body: {
        inputs: ['arriving', 'ofRatesBefore', 'g', 'h', 'delta', 'deltaAfter', 'drive', 'b'],
        outputs: ['leaving', 'ofRates', 'ofDelta', 'ofDrive', 'ofB'],
        nodes,
      },
      attributes: backwards,
    });
    return to.node(
      'Concat',
      results.map((x) => reshaped(x, [-1])),
      { axis: { i: 0 } },
    );
  },
  tensorflow: (node, to) => slopesWith(ofTensorflow(to), to.inputs, node.inputs[1]!.shape),
  kernel: (node, { inputs, tf }) => slopesWith(ofKernel(tf), inputs, node.inputs[1]!.shape),
  evaluate: (inputs, node) => {
    const [g, h, delta, deltaAfter, drive, b, rates] = inputs as readonly [Values, Values, Values, Values, Values, Values, Values];
    const sizes = sizesOf(node.inputs[1]!);
    const out = new Float64Array(sizeOf(node.shape));
    let end = 0;
    const part = (shape: Shape): Float64Array => {
      end += sizeOf(shape);
      return out.subarray(end - sizeOf(shape), end);
    };
    const shapes = slopeShapes(sizes);
    const [carried, ofRates, ofDelta, ofDrive, ofB] = [shapes.before, shapes.rates, shapes.delta, shapes.drive, shapes.b].map(part) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    visit(
      sizes,
      ({ at, stepRow, stepState, rate, row }) => {
        const inDecay = carried[row]! * h[at]!;
        ofDelta[stepRow]! += inDecay * rates[rate]!;
        ofRates[rate]! += inDecay * deltaAfter[stepRow]!;
        const flow = carried[row]! + g[at]!;
        ofDrive[stepRow]! += flow * b[stepState]!;
        ofB[stepState]! += flow * drive[stepRow]!;
        carried[row] = Math.exp(delta[stepRow]! * rates[rate]!) * flow;
      },
      true,
    );
    return out;
  },
};

/** Slopes in delta, drive, b, rates and the state before, from the slope of h. */
function slopesOf(
  g: Tensor,
  node: Tensor,
  { add, broadcast, concat, constant, mul, pad, part, reshape, slice, sum }: Ops,
): readonly Tensor[] {
  const [delta, drive, b, rates, before] = node.inputs as Inputs;
  const sizes = sizesOf(node);
  const { steps, rows, channels } = sizes;
  const after = steps === 1 ? broadcast(constant(0), delta.shape) : pad(slice(delta, 0, 1, steps), 0, 0, 1);
  const all = makeTensor(slopes, [g, node, delta, after, drive, b, rates], {});
  let offset = 0;
  const [ofBefore, ofRates, ofDelta, ofDrive, ofB] = Object.values(slopeShapes(sizes)).map((shape) => {
    offset += sizeOf(shape);
    return part(all, offset - sizeOf(shape), shape);
  }) as [Tensor, Tensor, Tensor, Tensor, Tensor];
  // The first step decays what stood before all of them.
  const inDecay = mul(ofBefore, before);
  const first = reshape(sum(mul(inDecay, rates), [1]), [1, rows, channels]);
  return [
    steps === 1 ? first : concat([first, slice(ofDelta, 0, 0, steps - 1)], 0),
    ofDrive,
    ofB,
    add(ofRates, sum(mul(inDecay, reshape(slice(delta, 0, 0, 1), [rows, 1, channels])), [0])),
    ofBefore,
  ];
}

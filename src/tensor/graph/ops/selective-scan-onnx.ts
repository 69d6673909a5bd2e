/** The loops of `selectiveScan` in ONNX, forwards and backwards. Not an op itself. */
import type { OnnxLowering, OnnxStep } from '../onnx-lowering.ts';
import type { Shape } from '../tensor.ts';
import type { Recurrence, Sizes } from './selective-scan-reference.ts';

/** With fewer state elements than this over all steps, decay and drive are computed for all steps at once: nodes cost more than memory. */
const large = 2 ** 17;

/**
 * exp(delta rates) of one step. onnxruntime multiplies tensors of equal shape twice as fast as it broadcasts one of them; for a batch of
 * outer products its matrix product is faster than a broadcast, too.
 */
const decayStep = (to: OnnxLowering, rates: string, states: number): readonly OnnxStep[] => [
  { type: 'Tile', inputs: ['delta', to.integers([1, states, 1])], output: 'wideDelta' },
  { type: 'Mul', inputs: ['wideDelta', rates], output: 'exponent' },
  { type: 'Exp', inputs: ['exponent'], output: 'decay' },
];

/**
 * Writes the forward loop. Returns, as `wanted` says, the state after the last step, the decayed state of every step
 * [steps, rows, states, channels], or c times the state of every step [steps, rows, 1, channels].
 */
export function forwards(
  to: OnnxLowering,
  [delta, drive, b, rates, before]: Recurrence<string>,
  { steps, rows, states, channels }: Sizes,
  wanted: 'last' | 'kept' | { readonly c: string },
): string {
  const reshaped = (x: string, shape: Shape) => to.node('Reshape', [x, to.integers(shape)]);
  const rowOf = [steps, rows, 1, channels];
  const [deltas, drives, bs] = [reshaped(delta, rowOf), reshaped(drive, rowOf), reshaped(b, [steps, rows, states, 1])];
  const recur = [
    { type: 'Mul', inputs: ['decay', 'before'], output: 'kept' },
    { type: 'Add', inputs: ['kept', 'driven'], output: 'after' },
  ];
  const reading = typeof wanted === 'object';
  const read = reading ? [{ type: 'MatMul', inputs: ['c', 'after'], output: 'read' }] : [];
  const outputs = ['after', ...(wanted === 'last' ? [] : [reading ? 'read' : 'kept'])];
  const asked = reading ? { names: ['c'], values: [reshaped(wanted.c, [steps, rows, 1, states])] } : { names: [], values: [] };
  const loop = (names: readonly string[], values: readonly string[], nodes: readonly OnnxStep[]): string => {
    const body = { inputs: ['before', ...names, ...asked.names], outputs, nodes: [...nodes, ...recur, ...read] };
    const scanned = [...values, ...asked.values];
    return to.loop('Scan', [before, ...scanned], { body, attributes: { num_scan_inputs: { i: scanned.length } } })[outputs.length - 1]!;
  };
  if (steps * rows * states * channels < large)
    return loop(['decay', 'driven'], [to.node('Exp', [to.node('Mul', [deltas, rates])]), to.node('Mul', [bs, drives])], []);
  const outer = { type: 'MatMul', inputs: ['b', 'drive'], output: 'driven' };
  return loop(['delta', 'drive', 'b'], [deltas, drives, bs], [...decayStep(to, rates, states), outer]);
}

/** Writes the backward loop. Returns the gradients of before, rates, delta, drive, b, and of c if the state is read, as one vector. */
export function backwards(
  to: OnnxLowering,
  [delta, drive, b, rates]: readonly [string, string, string, string],
  { steps, rows, states, channels }: Sizes,
  { last, kept, read }: { readonly last: string; readonly kept: string; readonly read: { readonly c: string; readonly g: string } | null },
): string {
  const reshaped = (x: string, shape: Shape) => to.node('Reshape', [x, to.integers(shape)]);
  const [rowOf, columnOf] = [
    [steps, rows, 1, channels],
    [steps, rows, channels, 1],
  ];
  const asked: readonly (readonly [string, string])[] =
    read === null
      ? []
      : [
          ['c', reshaped(read.c, [steps, rows, states, 1])],
          ['g', reshaped(read.g, rowOf)],
          ['gColumn', reshaped(read.g, columnOf)],
        ];
  const scanned: readonly (readonly [string, string])[] = [
    ['kept', kept],
    ['delta', reshaped(delta, rowOf)],
    ['drive', reshaped(drive, columnOf)],
    ['b', reshaped(b, [steps, rows, 1, states])],
    ...asked,
  ];
  const flow = read === null ? 'arriving' : 'flow';
  const answered = [
    { type: 'MatMul', inputs: ['c', 'g'], output: 'given' },
    { type: 'Add', inputs: ['arriving', 'given'], output: 'flow' },
    { type: 'MatMul', inputs: ['kept', 'gColumn'], output: 'ofC' },
  ];
  const nodes = [
    ...decayStep(to, rates, states),
    ...(read === null ? [] : answered),
    { type: 'Mul', inputs: [flow, 'kept'], output: 'ofExponent' },
    { type: 'Mul', inputs: ['ofExponent', rates], output: 'perDelta' },
    { type: 'ReduceSum', inputs: ['perDelta', to.integers([1])], output: 'ofDelta', attributes: { keepdims: { i: 1 } } },
    { type: 'Mul', inputs: ['ofExponent', 'wideDelta'], output: 'perRate' },
    { type: 'ReduceSum', inputs: ['perRate', to.integers([0])], output: 'ofRatesNow', attributes: { keepdims: { i: 0 } } },
    { type: 'Add', inputs: ['ofRatesBefore', 'ofRatesNow'], output: 'ofRates' },
    { type: 'MatMul', inputs: ['b', flow], output: 'ofDrive' },
    { type: 'MatMul', inputs: [flow, 'drive'], output: 'ofB' },
    { type: 'Mul', inputs: ['decay', flow], output: 'leaving' },
  ];
  const outputs = ['leaving', 'ofRates', 'ofDelta', 'ofDrive', 'ofB', ...(read === null ? [] : ['ofC'])];
  const every = (count: number) => ({ ints: new Array<number>(count).fill(1) });
  const results = to.loop(
    'Scan',
    [last, to.node('Expand', [to.floats([0]), to.integers([states, channels])]), ...scanned.map(([, x]) => x)],
    {
      body: { inputs: ['arriving', 'ofRatesBefore', ...scanned.map(([name]) => name)], outputs, nodes },
      attributes: {
        num_scan_inputs: { i: scanned.length },
        scan_input_directions: every(scanned.length),
        scan_output_directions: every(outputs.length - 2),
      },
    },
  );
  return to.node(
    'Concat',
    results.map((x) => reshaped(x, [-1])),
    { axis: { i: 0 } },
  );
}

/** The recurrence of `selectiveScan` and its gradients, element by element in float64. Not an op itself. */
import { sizeOf } from '../shapes.ts';
import type { Shape, Tensor, Values } from '../tensor.ts';

export interface Sizes {
  readonly steps: number;
  readonly rows: number;
  readonly states: number;
  readonly channels: number;
}

/** delta and drive [steps, rows, channels], b [steps, rows, states], rates [states, channels], before [rows, states, channels]. */
export type Recurrence<T> = readonly [delta: T, drive: T, b: T, rates: T, before: T];

export function sizesOf([delta, , b]: Recurrence<Pick<Tensor, 'shape'>>): Sizes {
  const [steps, rows, channels] = delta.shape as readonly [number, number, number];
  return { steps, rows, states: b.shape[2]!, channels };
}

/** Shapes of the gradients of a recurrence, in their order in the gradient vector; `c` is there only if the state is read. */
export function gradientShapes({
  steps,
  rows,
  states,
  channels,
}: Sizes): Readonly<Record<'before' | 'rates' | 'delta' | 'drive' | 'b' | 'c', Shape>> {
  return {
    before: [rows, states, channels],
    rates: [states, channels],
    delta: [steps, rows, channels],
    drive: [steps, rows, channels],
    b: [steps, rows, states],
    c: [steps, rows, states],
  };
}

/**
 * Returns `kept`, the decayed state of every step [steps, rows, states, channels], `last`, the state after the last step, and `y`, c times
 * the state after every step.
 */
export function run(inputs: Recurrence<Values>, sizes: Sizes, c: Values | null = null) {
  const [delta, drive, b, rates, before] = inputs;
  const { steps, rows, channels } = sizes;
  const [kept, after] = [new Float64Array(steps * before.length), new Float64Array(steps * before.length)];
  const y = new Float64Array(steps * rows * channels);
  visit(sizes, ({ at, step, stepRow, stepState, rate, row }) => {
    kept[at] = Math.exp(delta[stepRow]! * rates[rate]!) * (step === 0 ? before[row]! : after[at - before.length]!);
    after[at] = kept[at]! + b[stepState]! * drive[stepRow]!;
    if (c !== null) y[stepRow]! += c[stepState]! * after[at]!;
  });
  return { kept, last: after.slice(-before.length), y };
}

/** The weights `c` with which the state is read at each step, and the gradient `g` of the result. */
interface Read {
  readonly c: Values;
  readonly g: Values;
}

/**
 * Returns the gradients as one vector, given the gradient of the last state. The gradient of a step's exponent is the gradient of its
 * state times the decayed state. The gradient of c leaves out the step's own drive; the gradient rule of the op adds it.
 */
export function gradientsOf(inputs: Recurrence<Values>, last: Values, kept: Values, sizes: Sizes, read: Read | null): Values {
  const [delta, drive, b, rates] = inputs;
  const shapes = gradientShapes(sizes);
  const carried = Float64Array.from(last);
  const [ofRates, ofDelta, ofDrive, ofB, ofC] = [shapes.rates, shapes.delta, shapes.drive, shapes.b, shapes.c].map(
    (shape) => new Float64Array(sizeOf(shape)),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  visit(
    sizes,
    ({ at, stepRow, stepState, rate, row }) => {
      const flow = carried[row]! + (read === null ? 0 : read.c[stepState]! * read.g[stepRow]!);
      const ofExponent = flow * kept[at]!;
      ofDelta[stepRow]! += ofExponent * rates[rate]!;
      ofRates[rate]! += ofExponent * delta[stepRow]!;
      ofDrive[stepRow]! += flow * b[stepState]!;
      ofB[stepState]! += flow * drive[stepRow]!;
      if (read !== null) ofC[stepState]! += kept[at]! * read.g[stepRow]!;
      carried[row] = Math.exp(delta[stepRow]! * rates[rate]!) * flow;
    },
    true,
  );
  return Float64Array.from([carried, ofRates, ofDelta, ofDrive, ofB, ...(read === null ? [] : [ofC])].flatMap((part) => [...part]));
}

/** Indices of one state element: in the states of all steps and in the inputs of the recurrence. */
interface Place {
  readonly at: number;
  readonly step: number;
  readonly stepRow: number;
  readonly stepState: number;
  readonly rate: number;
  /** Index in the state of one step. */
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

/** The recurrence of `selectiveScan` and what flows back through it, element by element in float64. Not an op itself. */
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

/** Shapes of the gradients of a recurrence, which lie one after another in one vector; `c` where the state was read. */
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

/** What is kept of the state before each step, [steps, rows, states, channels], the state after each, and c times that. */
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

/** What was asked of the state at each step, and the gradient of what it gave. */
interface Read {
  readonly c: Values;
  readonly g: Values;
}

/**
 * The gradients, from that in the last state. What flows at a step meets what was kept: their product is the gradient in the step's exponent.
 * That in c leaves out what the step itself added.
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

/** Where one element of the states of all steps stands, in them and in what they are made of. */
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

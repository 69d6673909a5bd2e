import { AssayError } from '../../core/errors.ts';

/** Throws `not_finite` naming the tensor, the row and the step when a value is NaN or infinite. */
export function requireFinite(tensor: string, values: Float32Array, rowLength: number, step: string): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    throw new AssayError('not_finite', `${tensor} is ${values[i]} in row ${Math.floor(i / rowLength)}, column ${i % rowLength}`, {
      place: step,
      hint: 'look at the data and features that make it, and for a loss at the learning rate and the scale of the reward',
    });
  }
}

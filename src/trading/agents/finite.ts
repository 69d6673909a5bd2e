import { AssayError } from '../../core/errors.ts';

/** @throws AssayError `not_finite` naming the tensor, the row and the step if a value is NaN or infinite. */
export function requireFinite(tensor: string, values: Float32Array, rowLength: number, step: string): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    throw new AssayError('not_finite', `${tensor} is ${values[i]} in row ${Math.floor(i / rowLength)}, column ${i % rowLength}`, {
      place: step,
      hint: 'check the data and features behind it; for a loss, the learning rate and the scale of the reward',
    });
  }
}

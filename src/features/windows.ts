/**
 * Statistics of a window of values. Each is computed from all values of the window, without running sums, so that rounding errors do not
 * accumulate and a constant window is exactly constant.
 */

export interface Moments {
  readonly mean: number;
  /** Central moments divided by the count (no bias correction). */
  readonly m2: number;
  readonly m3: number;
  readonly m4: number;
}

/** Moments of values[from..to), a range of at least one value. */
export function momentsOf(values: Float64Array, from: number, to: number): Moments {
  const count = to - from;
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i]!;
  const mean = sum / count;
  let [m2, m3, m4] = [0, 0, 0];
  for (let i = from; i < to; i++) {
    const deviation = values[i]! - mean;
    const square = deviation * deviation;
    m2 += square;
    m3 += square * deviation;
    m4 += square * square;
  }
  return { mean, m2: m2 / count, m3: m3 / count, m4: m4 / count };
}

export function meanOf(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i]!;
  return sum / (to - from);
}

/** Population standard deviation (ddof 0); exactly 0 in a constant window. */
export function deviationOf(values: Float64Array, from: number, to: number): number {
  const mean = meanOf(values, from, to);
  let squares = 0;
  for (let i = from; i < to; i++) squares += (values[i]! - mean) ** 2;
  return deviationFrom({ m2: squares / (to - from) });
}

/** The same of known moments. */
export function deviationFrom({ m2 }: Pick<Moments, 'm2'>): number {
  const deviation = Math.sqrt(m2);
  return deviation <= constantDeviation ? 0 : deviation;
}

/** A deviation of minute returns below this is rounding: the window counts as constant. */
export const constantDeviation = 1e-12;

/** Means of any finite numbers, without overflow of intermediate sums. */

/** Arithmetic mean; NaN for an empty list or if a value is NaN. */
export function meanOf(values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  if (Number.isFinite(sum) || !values.every(Number.isFinite)) return sum / values.length;
  return values.reduce((total, value) => total + value / values.length, 0);
}

/** Mean of two numbers of any size. */
export function midpoint(a: number, b: number): number {
  return Number.isFinite(a + b) ? (a + b) / 2 : a / 2 + b / 2;
}

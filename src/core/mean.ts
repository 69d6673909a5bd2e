/** Means of any finite numbers: no sum on the way overflows. */

/** The arithmetic mean; NaN of none, and where one of them is NaN. */
export function meanOf(values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  if (Number.isFinite(sum) || !values.every(Number.isFinite)) return sum / values.length;
  return values.reduce((total, value) => total + value / values.length, 0);
}

/** Halfway between two numbers, of whatever size. */
export function midpoint(a: number, b: number): number {
  return Number.isFinite(a + b) ? (a + b) / 2 : a / 2 + b / 2;
}

import type { Hyperparameters, ModelForm } from './hyperparameters.ts';

/** Squared distances of points, one array per axis; for a choice 1 if the two differ, else 0. */
export type Gaps = readonly Float64Array[];

/** Returns the gaps of all pairs i > k, row by row. */
export function pairGaps({ choices }: ModelForm, places: readonly Float64Array[]): Gaps {
  const n = places.length;
  return choices.map((choice, j) => {
    const gaps = new Float64Array((n * (n - 1)) / 2);
    let pair = 0;
    for (let i = 1; i < n; i++) {
      const own = places[i]![j]!;
      for (let k = 0; k < i; k++) gaps[pair++] = choice ? Number(own !== places[k]![j]!) : (own - places[k]![j]!) ** 2;
    }
    return gaps;
  });
}

/** Writes the squared scaled distances over all axes, for the first `length` entries. */
export function distancesOf(
  gaps: Gaps,
  { inverseSquaredLengthscales: inverse }: Hyperparameters,
  length: number,
  distances: Float64Array,
): void {
  distances.fill(0, 0, length);
  for (let j = 0; j < gaps.length; j++) addScaled(gaps[j]!, inverse[j]!, length, distances);
}

/** sums += factor * values, for the first `length` entries. */
export function addScaled(values: Float64Array, factor: number, length: number, sums: Float64Array): void {
  for (let i = 0; i < length; i++) sums[i]! += factor * values[i]!;
}

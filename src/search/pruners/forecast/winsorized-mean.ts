import { selectSmallest } from '../order-statistics.ts';

/** In median deviations from the median: what lies further out counts as if it lay there (winsorised). */
const furthest = 3;

/** The mean of the values in [from, to), of which single outliers move little. Finite values only. */
export function winsorizedMean(values: readonly number[], from: number, to: number): number {
  const count = to - from;
  // Of two, nobody can say which one is the outlier; where most are the same, the others are not noise.
  const [median, deviation] = count > 2 ? middleOf(values, from, to) : [0, 0];
  const reach = deviation > 0 ? furthest * deviation : Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let i = from; i < to; i++) sum += Math.min(Math.max(values[i]!, median - reach), median + reach);
  return sum / count;
}

/** The median, and the median distance from it; of an even number the upper one. */
function middleOf(values: readonly number[], from: number, to: number): readonly [number, number] {
  const count = to - from;
  const places = new Float64Array(count);
  for (let i = 0; i < count; i++) places[i] = values[from + i]!;
  const median = selectSmallest(places, count, count >> 1);
  for (let i = 0; i < count; i++) places[i] = Math.abs(places[i]! - median);
  return [median, selectSmallest(places, count, count >> 1)];
}

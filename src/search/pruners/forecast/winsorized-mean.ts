import { selectSmallest } from '../order-statistics.ts';

/** Values are clipped to this number of median absolute deviations from the median. */
const furthest = 3;

/** Winsorized mean of the values in [from, to), which single outliers change little. Finite values only. */
export function winsorizedMean(values: readonly number[], from: number, to: number): number {
  const count = to - from;
  // Not clipped: two values, either of which may be the outlier, and samples whose median deviation is 0.
  const [median, deviation] = count > 2 ? middleOf(values, from, to) : [0, 0];
  const reach = deviation > 0 ? furthest * deviation : Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let i = from; i < to; i++) sum += Math.min(Math.max(values[i]!, median - reach), median + reach);
  return sum / count;
}

/** The median and the median absolute deviation; the upper median of an even count. */
function middleOf(values: readonly number[], from: number, to: number): readonly [number, number] {
  const count = to - from;
  const places = new Float64Array(count);
  for (let i = 0; i < count; i++) places[i] = values[from + i]!;
  const median = selectSmallest(places, count, count >> 1);
  for (let i = 0; i < count; i++) places[i] = Math.abs(places[i]! - median);
  return [median, selectSmallest(places, count, count >> 1)];
}

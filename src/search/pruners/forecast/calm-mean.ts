import { selectSmallest } from '../order-statistics.ts';

/** In median deviations from the median: what lies further out counts as if it lay there (winsorised). */
const furthest = 3;

/** The mean of the values in [from, to), of which single outliers move little. Finite values only. */
export function calmMean(values: readonly number[], from: number, to: number): number {
  const count = to - from;
  const sorted = Float64Array.from({ length: count }, (_, i) => values[from + i]!);
  // Of two, nobody can say which one is the outlier; where most are the same, the others are not noise.
  const middle = count >> 1;
  const median = count > 2 ? selectSmallest(sorted, count, middle) : 0;
  const deviation =
    count > 2
      ? selectSmallest(
          sorted.map((value) => Math.abs(value - median)),
          count,
          middle,
        )
      : 0;
  const reach = deviation > 0 ? furthest * deviation : Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let i = from; i < to; i++) sum += Math.min(Math.max(values[i]!, median - reach), median + reach);
  return sum / count;
}

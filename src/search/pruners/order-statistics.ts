/**
 * Moves the k-th smallest of the first `count` values (from 0) to position k, what is no larger before it and what is no
 * smaller behind it (Hoare 1961, "Algorithm 65: find"), and returns it. NaN must not be among them.
 */
export function selectSmallest(values: Float64Array, count: number, k: number): number {
  let [from, to] = [0, count - 1];
  while (from < to) {
    const pivot = values[(from + to) >> 1]!;
    let [i, j] = [from, to];
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const value = values[i]!;
      values[i++] = values[j]!;
      values[j--] = value;
    }
    if (k <= j) to = j;
    else if (k >= i) from = i;
    else break;
  }
  return values[k]!;
}

/**
 * Linear interpolation between the order statistics (Hyndman and Fan 1996, type 7) of the first `count` values, which it
 * reorders. NaN, which nothing is compared with, where there is no value or one of the two neighbours is infinite: as in
 * numpy, also at a whole position.
 */
export function percentileOf(values: Float64Array, count: number, percentile: number): number {
  if (count === 0) return Number.NaN;
  const position = (percentile / 100) * (count - 1);
  const below = Math.floor(position);
  const a = selectSmallest(values, count, below);
  let b = below + 1 < count ? Number.POSITIVE_INFINITY : a;
  for (let i = below + 1; i < count; i++) b = Math.min(b, values[i]!);
  const fraction = position - below;
  // From the nearer end, so that both ends are met exactly.
  return fraction < 0.5 ? a + fraction * (b - a) : b - (1 - fraction) * (b - a);
}

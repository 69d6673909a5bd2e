/**
 * Returns the k-th smallest (from 0) of the first `count` values. Reorders them: the k-th smallest goes to position k, smaller or equal
 * values before it, larger or equal ones behind it (Hoare 1961, "Algorithm 65: find"). NaN is not allowed.
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
 * Percentile of the first `count` values by linear interpolation between order statistics (Hyndman and Fan 1996, type 7); reorders
 * them. NaN without a value, and if one of the two neighbours is infinite, also at a whole position, as in numpy.
 */
export function percentileOf(values: Float64Array, count: number, percentile: number): number {
  if (count === 0) return Number.NaN;
  const position = (percentile / 100) * (count - 1);
  const below = Math.floor(position);
  const a = selectSmallest(values, count, below);
  let b = below + 1 < count ? Number.POSITIVE_INFINITY : a;
  for (let i = below + 1; i < count; i++) b = Math.min(b, values[i]!);
  const fraction = position - below;
  // Interpolated from the nearer end, so that both ends are exact.
  return fraction < 0.5 ? a + fraction * (b - a) : b - (1 - fraction) * (b - a);
}

/**
 * Places of the points that a line keeps, ascending: of each of equal stretches of its reports the lowest and the highest value, so that no
 * peak is lost, besides the first and the last. NaN is lower or higher than no number.
 */
export function keptPlaces({ values }: { readonly values: Float64Array }, most: number): readonly number[] {
  const n = values.length;
  if (n <= most) return Array.from({ length: n }, (_, i) => i);
  const stretches = Math.max(1, Math.floor((most - 2) / 2));
  const kept = new Set([0, n - 1]);
  for (let k = 0; k < stretches; k++) {
    const [from, to] = [1 + Math.floor((k * (n - 2)) / stretches), 1 + Math.floor(((k + 1) * (n - 2)) / stretches)];
    let [low, high] = [from, from];
    for (let i = from; i < to; i++) {
      if (Number.isNaN(values[i]!)) continue;
      if (values[i]! < values[low]! || Number.isNaN(values[low]!)) low = i;
      if (values[i]! > values[high]! || Number.isNaN(values[high]!)) high = i;
    }
    kept.add(low).add(high);
  }
  return [...kept].sort((a, b) => a - b);
}

/** Returns up to three names that are close to `name`, for "did you mean", the closest first. */
export function closestNames(name: string, names: readonly string[]): readonly string[] {
  const limit = Math.max(2, Math.floor(name.length / 3));
  return names
    .map((other) => ({ other, distance: other.startsWith(name) || name.startsWith(other) ? 1 : editDistance(name, other) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ other }) => other);
}

/** All names, those that are close to `name` first. */
export function closestFirst(name: string, names: readonly string[]): readonly string[] {
  const close = closestNames(name, names);
  return [...close, ...names.filter((one) => !close.includes(one))];
}

/** Smallest number of insertions, deletions and replacements of one letter (Levenshtein 1966). */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, previous[j]! + 1, row[j - 1]! + 1));
    }
    previous = row;
  }
  return previous[b.length]!;
}

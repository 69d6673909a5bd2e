/** Losses of one trial, smaller is better, one entry per objective. */
export type Losses = readonly number[];

/** a is at least as good everywhere and better somewhere. Equal points do not dominate each other. */
export function dominates(a: Losses, b: Losses): boolean {
  let better = false;
  for (let i = 0; i < a.length; i++) {
    if (a[i]! > b[i]!) return false;
    if (a[i]! < b[i]!) better = true;
  }
  return better;
}

/** Positions of the points that no other dominates, in their order. */
export function paretoFront(points: readonly Losses[]): readonly number[] {
  const positions = points.map((_, i) => i);
  // Whoever dominates a point comes before it in lexicographic order, so only members of the front need asking.
  const front: number[] = [];
  for (const i of positions.sort((a, b) => compareLosses(points[a]!, points[b]!) || a - b))
    if (!front.some((other) => dominates(points[other]!, points[i]!))) front.push(i);
  return front.sort((a, b) => a - b);
}

/** Lexicographic order. */
export function compareLosses(a: Losses, b: Losses): number {
  for (let i = 0; i < a.length; i++) {
    if (a[i]! < b[i]!) return -1;
    if (a[i]! > b[i]!) return 1;
  }
  return 0;
}

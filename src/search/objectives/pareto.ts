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
  // Whoever dominates a point comes before it in lexicographic order, so only members of the front need asking.
  const front: number[] = [];
  for (const i of lexicographic(points)) if (!isDominated(points, i, front)) front.push(i);
  return front.sort((a, b) => a - b);
}

/**
 * 0 for the points that no other dominates, 1 for those that only points of rank 0 dominate, and so on. Equal points share a
 * rank. By efficient non-dominated sorting with binary search (Zhang, Tian, Cheng and Jin 2015): in lexicographic order a
 * point's rank is the first front without a member that dominates it, and every front before that has one.
 */
export function dominationRanks(points: readonly Losses[]): Int32Array {
  const ranks = new Int32Array(points.length);
  const fronts: number[][] = [];
  for (const i of lexicographic(points)) {
    let [from, to] = [0, fronts.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (isDominated(points, i, fronts[middle]!)) from = middle + 1;
      else to = middle;
    }
    if (from === fronts.length) fronts.push([]);
    fronts[from]!.push(i);
    ranks[i] = from;
  }
  return ranks;
}

function lexicographic(points: readonly Losses[]): readonly number[] {
  return points.map((_, i) => i).sort((a, b) => compareLosses(points[a]!, points[b]!) || a - b);
}

/** Whether one of the others dominates point i; the latest first, as they tend to be the nearest. */
function isDominated(points: readonly Losses[], i: number, others: readonly number[]): boolean {
  for (let at = others.length - 1; at >= 0; at--) if (dominates(points[others[at]!]!, points[i]!)) return true;
  return false;
}

/** Lexicographic order. */
export function compareLosses(a: Losses, b: Losses): number {
  for (let i = 0; i < a.length; i++) {
    if (a[i]! < b[i]!) return -1;
    if (a[i]! > b[i]!) return 1;
  }
  return 0;
}

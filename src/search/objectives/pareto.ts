import { ranksInTree } from './domination-ranks.ts';
import { undominated } from './undominated.ts';

/** Losses of one trial, one per objective; smaller is better. */
export type Losses = readonly number[];

/** True if a is at least as good in every objective and better in one. Equal points do not dominate each other. */
export function dominates(a: Losses, b: Losses): boolean {
  let better = false;
  for (let i = 0; i < a.length; i++) {
    if (a[i]! > b[i]!) return false;
    if (a[i]! < b[i]!) better = true;
  }
  return better;
}

/**
 * Returns the positions of the points that no other dominates, in ascending order. One or two objectives take n log n comparisons; more of
 * them are looked up in a tree, which hardly takes more, however many points are on the front.
 */
export function paretoFront(points: readonly Losses[]): readonly number[] {
  if (points.length > leastOfTree && points[0]!.length > 2) return undominated(points);
  // A point that dominates another comes before it in lexicographic order, so comparing with members of the front is enough.
  const front: number[] = [];
  for (const i of lexicographic(points)) if (!isDominated(points, i, front)) front.push(i);
  return front.sort((a, b) => a - b);
}

/** Points of which a tree is made: comparing fewer with each other takes less. */
const leastOfTree = 64;

/**
 * Returns the rank of each point: 0 if no other dominates it, 1 if only points of rank 0 do, and so on. Equal points share a rank. One or two
 * objectives by efficient non-dominated sorting with binary search (Zhang, Tian, Cheng and Jin 2015): in lexicographic order a
 * point's rank is the first front without a member that dominates it, and every front before that has one. More of them by a tree.
 */
export function dominationRanks(points: readonly Losses[]): Int32Array {
  if (points.length > leastOfTree && points[0]!.length > 2) return ranksInTree(points);
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

/**
 * True if one of a front dominates point i, which follows them all in lexicographic order; checks the latest first, which tend to be the
 * nearest. In two objectives the latest has the least second loss, so it does if any does.
 */
function isDominated(points: readonly Losses[], i: number, others: readonly number[]): boolean {
  const least = points[i]!.length <= 2 ? Math.max(0, others.length - 1) : 0;
  for (let at = others.length - 1; at >= least; at--) if (dominates(points[others[at]!]!, points[i]!)) return true;
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

import type { Losses } from './pareto.ts';
import { type Box, boxOf, distinctPlaces, isBelow, type Place } from './point-tree.ts';

/**
 * Returns the rank of each point, for any number of objectives: one more than the largest rank of a point that dominates it. In lexicographic
 * order those come first. Each box of the tree knows the largest rank inside, so what cannot raise the rank that was found is not entered.
 */
export function ranksInTree(points: readonly Losses[]): Int32Array {
  const distinct = distinctPlaces(points);
  const tree = boxOf(distinct);
  const above = pathsOf(tree);
  const ranks = new Int32Array(points.length);
  for (const place of distinct.toSorted((a, b) => lexicographically(a.at, b.at))) {
    place.rank = largestBelow(tree, place, -1) + 1;
    for (let box = above.get(place); box !== undefined && box.rank < place.rank; box = above.get(box)) box.rank = place.rank;
    for (const i of place.members) ranks[i] = place.rank;
  }
  return ranks;
}

/** The box around each point and each smaller box. */
function pathsOf(tree: Box): ReadonlyMap<Place | Box, Box> {
  const above = new Map<Place | Box, Box>();
  const open = [tree];
  for (let box = open.pop(); box !== undefined; box = open.pop()) {
    for (const inside of [...box.points, ...box.halves]) above.set(inside, box);
    open.push(...box.halves);
  }
  return above;
}

/** The largest known rank of a point of the box that dominates this one, where it is more than `least`; else that. */
function largestBelow({ low, high, points, halves, rank }: Box, place: Place, least: number): number {
  if (rank <= least) return least;
  const { at } = place;
  let isWithin = true;
  for (let k = 0; k < at.length; k++) {
    if (low[k]! > at[k]!) return least;
    if (high[k]! > at[k]!) isWithin = false;
  }
  if (isWithin) return rank;
  let largest = least;
  for (const point of points) if (point.rank > largest && isBelow(point.at, at)) largest = point.rank;
  for (const half of halves) largest = largestBelow(half, place, largest);
  return largest;
}

function lexicographically(a: Int32Array, b: Int32Array): number {
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return a[k]! - b[k]!;
  return 0;
}

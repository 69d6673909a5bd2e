import type { Losses } from './pareto.ts';
import { type Box, boxOf, distinctPlaces, isBelow, type Place } from './point-tree.ts';

/**
 * Returns the positions of the points that no other dominates, in ascending order, for any number of objectives. Points are searched in a
 * tree: a box is entered only where it reaches below the point in every objective, and one that lies wholly there answers at once. For points
 * of a front few boxes do. Infinite losses are as good as any others: only their order counts.
 */
export function undominated(points: readonly Losses[]): readonly number[] {
  const distinct = distinctPlaces(points);
  const tree = boxOf(distinct);
  const front = distinct.filter((place) => !holdsBetter(tree, place)).flatMap(({ members }) => members);
  return front.sort((a, b) => a - b);
}

/** True if a point of the box dominates this one. */
function holdsBetter({ low, high, points, halves }: Box, place: Place): boolean {
  const { at } = place;
  let [isWithin, isLower] = [true, false];
  for (let k = 0; k < at.length; k++) {
    if (low[k]! > at[k]!) return false;
    if (low[k]! < at[k]!) isLower = true;
    if (high[k]! > at[k]!) isWithin = false;
  }
  // Nothing inside is better, or everything is.
  if (!isLower || isWithin) return isLower;
  return points.some((point) => point !== place && isBelow(point.at, at)) || halves.some((half) => holdsBetter(half, place));
}

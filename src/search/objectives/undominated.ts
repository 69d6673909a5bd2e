import type { Losses } from './pareto.ts';

/** Points of a leaf, which are compared one by one. */
const mostOfLeaf = 8;

/** A box around distinct points: a leaf holds them, any other node two smaller boxes. */
interface Box {
  /** Least and largest place of any point inside, for each objective. */
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly points: readonly Int32Array[];
  readonly halves: readonly Box[];
}

/**
 * Returns the positions of the points that no other dominates, in ascending order, for any number of objectives. Points are searched in a k-d
 * tree (Bentley 1975): a box is entered only where it reaches below the point in every objective, and one that lies wholly there answers at
 * once. For points of a front few boxes do. Infinite losses are as good as any others: only their order counts.
 */
export function undominated(points: readonly Losses[]): readonly number[] {
  const places = placesOf(points);
  // Equal points stand or fall together, and would fill whole branches of the tree.
  const groups = new Map<string, { readonly place: Int32Array; readonly members: number[] }>();
  for (const [i, place] of places.entries()) {
    const key = place.join();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { place, members: [i] });
    else group.members.push(i);
  }
  const distinct = [...groups.values()];
  const tree = boxOf(distinct.map(({ place }) => place));
  const front = distinct.filter(({ place }) => !holdsBetter(tree, place)).flatMap(({ members }) => members);
  return front.sort((a, b) => a - b);
}

/** For each point and objective how many distinct losses are smaller: whole numbers have neither infinities nor gaps. */
function placesOf(points: readonly Losses[]): readonly Int32Array[] {
  const objectives = points[0]?.length ?? 0;
  const places = points.map(() => new Int32Array(objectives));
  for (let k = 0; k < objectives; k++) {
    const order = points.map((_, i) => i).sort((a, b) => (points[a]![k]! < points[b]![k]! ? -1 : points[a]![k]! > points[b]![k]! ? 1 : 0));
    let place = 0;
    for (const [at, i] of order.entries()) {
      if (at > 0 && points[i]![k]! > points[order[at - 1]!]![k]!) place += 1;
      places[i]![k] = place;
    }
  }
  return places;
}

/** Halves the points by the objective in which they are spread widest. */
function boxOf(points: readonly Int32Array[]): Box {
  const low = points[0]!.slice();
  const high = points[0]!.slice();
  for (const point of points)
    for (let k = 0; k < point.length; k++) {
      low[k] = Math.min(low[k]!, point[k]!);
      high[k] = Math.max(high[k]!, point[k]!);
    }
  if (points.length <= mostOfLeaf) return { low, high, points, halves: [] };
  let widest = 0;
  for (let k = 1; k < low.length; k++) if (high[k]! - low[k]! > high[widest]! - low[widest]!) widest = k;
  const sorted = points.toSorted((a, b) => a[widest]! - b[widest]!);
  const middle = sorted.length >> 1;
  return { low, high, points: [], halves: [boxOf(sorted.slice(0, middle)), boxOf(sorted.slice(middle))] };
}

/** True if a point of the box dominates this one. */
function holdsBetter({ low, high, points, halves }: Box, place: Int32Array): boolean {
  let [isWithin, isLower] = [true, false];
  for (let k = 0; k < place.length; k++) {
    if (low[k]! > place[k]!) return false;
    if (low[k]! < place[k]!) isLower = true;
    if (high[k]! > place[k]!) isWithin = false;
  }
  // Nothing inside is better, or everything is.
  if (!isLower || isWithin) return isLower;
  return points.some((point) => isBetter(point, place)) || halves.some((half) => holdsBetter(half, place));
}

/** Whether one of two different points dominates the other. */
function isBetter(a: Int32Array, b: Int32Array): boolean {
  for (let k = 0; k < a.length; k++) if (a[k]! > b[k]!) return false;
  return a.some((place, k) => place < b[k]!);
}

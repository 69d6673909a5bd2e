import type { Losses } from './pareto.ts';

/** Points of a leaf, which are compared one by one. */
const mostOfLeaf = 8;

/** Equal points as one. */
export interface Place {
  /** For each objective how many distinct losses are smaller: whole numbers have neither infinities nor gaps. */
  readonly at: Int32Array;
  /** Positions of the points. */
  readonly members: readonly number[];
  /** The rank of the points; -1: not known yet. */
  rank: number;
}

/** A box around distinct points: a leaf holds them, any other node two smaller boxes. */
export interface Box {
  /** Least and largest place of any point inside, for each objective. */
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly points: readonly Place[];
  readonly halves: readonly Box[];
  /** The largest rank that is known inside; -1: none is. */
  rank: number;
}

/** The distinct points of some. Equal ones stand or fall together, and would fill whole branches of a tree. */
export function distinctPlaces(points: readonly Losses[]): readonly Place[] {
  const groups = new Map<string, { readonly at: Int32Array; readonly members: number[]; rank: number }>();
  for (const [i, at] of placesOf(points).entries()) {
    const key = at.join();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { at, members: [i], rank: -1 });
    else group.members.push(i);
  }
  return [...groups.values()];
}

function placesOf(points: readonly Losses[]): readonly Int32Array[] {
  const objectives = points[0]?.length ?? 0;
  const places = points.map(() => new Int32Array(objectives));
  for (let k = 0; k < objectives; k++) {
    const losses = Float64Array.from(points, (point) => point[k]!);
    const order = points.map((_, i) => i).sort((a, b) => (losses[a]! < losses[b]! ? -1 : losses[a]! > losses[b]! ? 1 : 0));
    let place = 0;
    for (const [at, i] of order.entries()) {
      if (at > 0 && losses[i]! > losses[order[at - 1]!]!) place += 1;
      places[i]![k] = place;
    }
  }
  return places;
}

/** A k-d tree (Bentley 1975): points are halved by the objective in which they are spread widest. */
export function boxOf(points: readonly Place[]): Box {
  const low = points[0]!.at.slice();
  const high = points[0]!.at.slice();
  for (const { at } of points)
    for (let k = 0; k < at.length; k++) {
      low[k] = Math.min(low[k]!, at[k]!);
      high[k] = Math.max(high[k]!, at[k]!);
    }
  if (points.length <= mostOfLeaf) return { low, high, points, halves: [], rank: -1 };
  let widest = 0;
  for (let k = 1; k < low.length; k++) if (high[k]! - low[k]! > high[widest]! - low[widest]!) widest = k;
  const sorted = points.toSorted((a, b) => a.at[widest]! - b.at[widest]!);
  const middle = sorted.length >> 1;
  return { low, high, points: [], halves: [boxOf(sorted.slice(0, middle)), boxOf(sorted.slice(middle))], rank: -1 };
}

/** True if one of two different points is nowhere larger than the other: it dominates it. */
export function isBelow(a: Int32Array, b: Int32Array): boolean {
  for (let k = 0; k < a.length; k++) if (a[k]! > b[k]!) return false;
  return true;
}

import { compareLosses, dominates, type Losses } from '../../objectives/pareto.ts';

/**
 * Returns positions by front: no point dominates those of the first front, only the first front those of the second, and so on. Efficient
 * non-dominated sort (Zhang, Tian, Cheng and Jin 2015): in lexicographic order no point is dominated by a later one, so each joins the
 * first front of which no member dominates it, found by bisection.
 */
export function nonDominatedFronts(points: readonly Losses[]): readonly (readonly number[])[] {
  const order = points.map((_, i) => i).sort((a, b) => compareLosses(points[a]!, points[b]!) || a - b);
  const fronts: number[][] = [];
  for (const i of order) {
    let from = 0;
    let to = fronts.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (isDominated(points[i]!, fronts[middle]!, points)) from = middle + 1;
      else to = middle;
    }
    if (from === fronts.length) fronts.push([i]);
    else fronts[from]!.push(i);
  }
  return fronts;
}

function isDominated(point: Losses, front: readonly number[], points: readonly Losses[]): boolean {
  // With two objectives the second one falls along a front, so the last member, which has the lowest, decides.
  if (point.length <= 2) return dominates(points[front.at(-1)!]!, point);
  return front.some((other) => dominates(points[other]!, point));
}

/**
 * Returns the distances of a front's members to their neighbours, summed over the objectives; Infinity at the ends (Deb, Pratap, Agarwal
 * and Meyarivan 2002, "A fast and elitist multiobjective genetic algorithm: NSGA-II"). Objectives without a finite spread are ignored.
 */
export function crowdingDistances(front: readonly Losses[]): Float64Array {
  const distances = new Float64Array(front.length);
  const objectives = front[0]?.length ?? 0;
  for (let k = 0; k < objectives; k++) {
    const order = front.map((_, i) => i).sort((a, b) => (front[a]![k]! < front[b]![k]! ? -1 : front[a]![k]! > front[b]![k]! ? 1 : a - b));
    const first = order[0]!;
    const last = order.at(-1)!;
    const spread = front[last]![k]! - front[first]![k]!;
    if (!(spread > 0 && Number.isFinite(spread))) continue;
    distances[first] = Number.POSITIVE_INFINITY;
    distances[last] = Number.POSITIVE_INFINITY;
    for (let at = 1; at < order.length - 1; at++)
      distances[order[at]!]! += (front[order[at + 1]!]![k]! - front[order[at - 1]!]![k]!) / spread;
  }
  return distances;
}

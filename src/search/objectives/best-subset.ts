import { exclusiveVolume } from './hypervolume.ts';
import { compareLosses, dominationRanks, type Losses } from './pareto.ts';

/**
 * Returns the positions of the n = `count` best points of several objectives: whole fronts while they fit, then the points of the next front that
 * together dominate the largest volume.
 */
export function bestSubset(points: readonly Losses[], count: number): readonly number[] {
  if (count <= 0) return [];
  const ranks = dominationRanks(points);
  const fronts: number[][] = [];
  ranks.forEach((rank, i) => {
    while (fronts.length <= rank) fronts.push([]);
    fronts[rank]!.push(i);
  });
  const chosen: number[] = [];
  for (const front of fronts) {
    if (chosen.length + front.length > count) {
      const spread = spreadSubset(
        front.map((i) => points[i]!),
        count - chosen.length,
      );
      chosen.push(...spread.map((at) => front[at]!));
      break;
    }
    chosen.push(...front);
  }
  return chosen.sort((a, b) => a - b);
}

/**
 * Greedy hypervolume subset selection of `count` positions: repeatedly the point that adds the most volume, the lexicographically first
 * of equals (Guerreiro, Fonseca and Paquete 2016). Duplicates come last.
 */
export function spreadSubset(points: readonly Losses[], count: number): readonly number[] {
  const sorted = points.map((_, i) => i).sort((a, b) => compareLosses(points[a]!, points[b]!) || a - b);
  const isRepeat = (at: number): boolean => at > 0 && compareLosses(points[sorted[at]!]!, points[sorted[at - 1]!]!) === 0;
  const unique = sorted.filter((_, at) => !isRepeat(at));
  const duplicates = sorted.filter((_, at) => isRepeat(at)).sort((a, b) => a - b);
  if (unique.length <= count) return [...unique, ...duplicates.slice(0, count - unique.length)];
  const reference = referencePoint(points);
  if (!reference.every(Number.isFinite)) return unique.slice(0, count);

  const selected: number[] = [];
  // The gain of a point only shrinks as others are selected, so a gain of an earlier round is an upper bound: most need no update.
  const open = unique.map((i) => ({ i, gain: Number.POSITIVE_INFINITY, round: -1 }));
  while (selected.length < count) {
    let best = 0;
    for (let at = 1; at < open.length; at++) if (open[at]!.gain > open[best]!.gain) best = at;
    const candidate = open[best]!;
    if (candidate.round === selected.length) {
      selected.push(candidate.i);
      open.splice(best, 1);
    } else {
      candidate.round = selected.length;
      candidate.gain = exclusiveVolume(
        points[candidate.i]!,
        selected.map((i) => points[i]!),
        reference,
      );
    }
  }
  return selected;
}

/** Reference point: 10 % beyond the worst in every objective, and never 0, so that the worst points have volume. */
export function referencePoint(points: readonly Losses[]): Losses {
  return points[0]!.map((_, objective) => {
    const worst = Math.max(...points.map((point) => point[objective]!));
    return Math.max(1.1 * worst, 0.9 * worst) || 1e-12;
  });
}

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
  const open = heapOf(unique.map((i, order) => ({ i, order, gain: exclusiveVolume(points[i]!, [], reference), round: 0 })));
  while (selected.length < count) {
    const candidate = open[0]!;
    if (candidate.round === selected.length) {
      selected.push(candidate.i);
      const last = open.pop()!;
      if (open.length > 0) open[0] = last;
    } else {
      candidate.round = selected.length;
      candidate.gain = exclusiveVolume(
        points[candidate.i]!,
        selected.map((i) => points[i]!),
        reference,
      );
    }
    sink(open, 0);
  }
  return selected;
}

interface Candidate {
  readonly i: number;
  /** Place in lexicographic order. */
  readonly order: number;
  gain: number;
  /** Number of points that were selected when the gain was computed. */
  round: number;
}

/** The candidates as a heap: each comes before its two children, at 2 n + 1 and 2 n + 2. */
function heapOf(candidates: Candidate[]): Candidate[] {
  for (let at = candidates.length >> 1; at >= 0; at--) sink(candidates, at);
  return candidates;
}

/** Moves a candidate down until it comes before its children. */
function sink(heap: Candidate[], from: number): void {
  for (let at = from; ; ) {
    let first = at;
    for (const child of [2 * at + 1, 2 * at + 2]) if (child < heap.length && isBefore(heap[child]!, heap[first]!)) first = child;
    if (first === at) return;
    [heap[at], heap[first]] = [heap[first]!, heap[at]!];
    at = first;
  }
}

function isBefore(a: Candidate, b: Candidate): boolean {
  return a.gain > b.gain || (a.gain === b.gain && a.order < b.order);
}

/** Reference point: 10 % beyond the worst in every objective, and never 0, so that the worst points have volume. */
export function referencePoint(points: readonly Losses[]): Losses {
  return points[0]!.map((_, objective) => {
    const worst = points.reduce((most, point) => Math.max(most, point[objective]!), Number.NEGATIVE_INFINITY);
    return Math.max(1.1 * worst, 0.9 * worst) || 1e-12;
  });
}

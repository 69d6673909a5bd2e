import { exclusiveVolume } from './hypervolume.ts';
import { compareLosses, type Losses, paretoFront } from './pareto.ts';

/**
 * The `count` best points when there are several objectives: whole fronts while they fit, and of the next front those that
 * together dominate the largest volume. Positions in their order.
 */
export function bestSubset(points: readonly Losses[], count: number): readonly number[] {
  const chosen: number[] = [];
  let rest = points.map((_, i) => i);
  while (chosen.length < count && rest.length > 0) {
    const front = paretoFront(rest.map((i) => points[i]!)).map((at) => rest[at]!);
    if (chosen.length + front.length > count) {
      const spread = spreadSubset(
        front.map((i) => points[i]!),
        count - chosen.length,
      );
      chosen.push(...spread.map((at) => front[at]!));
      break;
    }
    chosen.push(...front);
    const taken = new Set(front);
    rest = rest.filter((i) => !taken.has(i));
  }
  return chosen.sort((a, b) => a - b);
}

/**
 * Greedy hypervolume subset selection of `count` positions: always the point that adds the most volume, the
 * lexicographically first of equals (Guerreiro, Fonseca and Paquete 2016). Duplicates are taken only when nothing else is left.
 */
export function spreadSubset(points: readonly Losses[], count: number): readonly number[] {
  const unique: number[] = [];
  const duplicates: number[] = [];
  points.forEach((point, i) => {
    (unique.some((other) => compareLosses(points[other]!, point) === 0) ? duplicates : unique).push(i);
  });
  if (unique.length <= count) return [...unique, ...duplicates.slice(0, count - unique.length)];
  unique.sort((a, b) => compareLosses(points[a]!, points[b]!));
  const reference = referencePoint(points);
  if (!reference.every(Number.isFinite)) return unique.slice(0, count);

  const selected: number[] = [];
  const open = [...unique];
  while (selected.length < count) {
    const others = selected.map((i) => points[i]!);
    let [best, bestGain] = [0, Number.NEGATIVE_INFINITY];
    open.forEach((i, at) => {
      const gain = exclusiveVolume(points[i]!, others, reference);
      if (gain > bestGain) [best, bestGain] = [at, gain];
    });
    selected.push(...open.splice(best, 1));
  }
  return selected;
}

/** A tenth beyond the worst in every objective, and never 0, so that the worst points count too. */
export function referencePoint(points: readonly Losses[]): Losses {
  return points[0]!.map((_, objective) => {
    const worst = Math.max(...points.map((point) => point[objective]!));
    return Math.max(1.1 * worst, 0.9 * worst) || 1e-12;
  });
}

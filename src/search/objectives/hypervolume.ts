import { type Losses, paretoFront } from './pareto.ts';

/**
 * Returns the volume that the points dominate below the reference point, exact for any number of objectives: rectangles for two, otherwise
 * the recursion over exclusive volumes of While, Bradstreet and Barone 2012, "A fast way of calculating exact hypervolumes". Points that
 * are not better than the reference in every objective add nothing.
 */
export function hypervolume(points: readonly Losses[], reference: Losses): number {
  const inside = points.filter((point) => point.every((loss, i) => loss < reference[i]!));
  return volumeOf(
    paretoFront(inside).map((i) => inside[i]!),
    reference,
  );
}

function volumeOf(front: readonly Losses[], reference: Losses): number {
  if (front.length === 0) return 0;
  if (front.length === 1) return boxVolume(front[0]!, reference);
  if (reference.length === 2) return areaOf(front, reference);
  let volume = 0;
  front.forEach((point, i) => {
    volume += exclusiveVolume(point, front.slice(i + 1), reference);
  });
  return volume;
}

/** Volume that `point` adds to that of the others. */
export function exclusiveVolume(point: Losses, others: readonly Losses[], reference: Losses): number {
  // Only the part of the others that is worse than or equal to the point counts.
  const limited = others.map((other) => other.map((loss, i) => Math.max(loss, point[i]!)));
  return boxVolume(point, reference) - hypervolume(limited, reference);
}

function boxVolume(point: Losses, reference: Losses): number {
  return point.reduce((volume, loss, i) => volume * Math.max(reference[i]! - loss, 0), 1);
}

function areaOf(front: readonly Losses[], reference: Losses): number {
  const byFirst = [...front].sort((a, b) => a[0]! - b[0]!);
  let area = 0;
  let top = reference[1]!;
  for (const point of byFirst) {
    const [x, y] = [point[0]!, point[1]!];
    if (y >= top) continue;
    area += (reference[0]! - x) * (top - y);
    top = y;
  }
  return area;
}

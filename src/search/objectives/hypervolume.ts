import { type Losses, paretoFront } from './pareto.ts';

/**
 * Returns the volume that the points dominate below the reference point, exact for any number of objectives. Two and three take n log n
 * steps; each further one up to n times as many, often far fewer (While, Bradstreet and Barone 2012, "A fast way of calculating exact
 * hypervolumes"). Points that are not better than the reference in every objective add nothing.
 */
export function hypervolume(points: readonly Losses[], reference: Losses): number {
  const inside = points.filter((point) => point.every((loss, i) => loss < reference[i]!));
  if (inside.some((point) => point.includes(Number.NEGATIVE_INFINITY))) return Number.POSITIVE_INFINITY;
  return volumeOf(
    paretoFront(inside).map((i) => inside[i]!),
    reference,
  );
}

function volumeOf(front: readonly Losses[], reference: Losses): number {
  if (front.length === 0) return 0;
  if (front.length === 1 || reference.length === 1) return boxVolume(front[0]!, reference);
  if (reference.length === 2) return areaOf(front, reference);
  if (reference.length === 3) return sweptVolume(front, reference);
  // The worst in the last objective first: what it adds to those that follow is a prism, whose base has an objective less.
  const last = reference.length - 1;
  const order = front.toSorted((a, b) => b[last]! - a[last]!);
  const bases = order.map((point) => point.slice(0, last));
  return order.reduce(
    (volume, point, i) =>
      volume + (reference[last]! - point[last]!) * exclusiveVolume(bases[i]!, bases.slice(i + 1), reference.slice(0, last)),
    0,
  );
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

/**
 * Volume of three objectives: in the order of the third the area of the first two grows, point by point (Beume, Fonseca, Lopez-Ibanez,
 * Paquete and Vahrenhold 2009). Its edge is a staircase, along which the second objective falls as the first one grows.
 */
function sweptVolume(front: readonly Losses[], reference: Losses): number {
  const [right, top, end] = reference as readonly [number, number, number];
  const [xs, ys]: [number[], number[]] = [[], []];
  let [area, volume, depth] = [0, 0, 0];
  for (const point of front.toSorted((a, b) => a[2]! - b[2]!)) {
    const [x, y, z] = point as readonly [number, number, number];
    volume += area * (z - depth);
    depth = z;
    const from = firstNotBelow(xs, x);
    if ((ys[from - 1] ?? top) <= y || (xs[from] === x && ys[from]! <= y)) continue;
    let [to, left, height] = [from, x, ys[from - 1] ?? top];
    for (; to < xs.length && ys[to]! >= y; to++) {
      area += (xs[to]! - left) * (height - y);
      [left, height] = [xs[to]!, ys[to]!];
    }
    area += ((xs[to] ?? right) - left) * (height - y);
    xs.splice(from, to - from, x);
    ys.splice(from, to - from, y);
  }
  return volume + area * (end - depth);
}

/** Place of the first of ascending numbers that is not below `x`. */
function firstNotBelow(ascending: readonly number[], x: number): number {
  let [from, to] = [0, ascending.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (ascending[middle]! < x) from = middle + 1;
    else to = middle;
  }
  return from;
}

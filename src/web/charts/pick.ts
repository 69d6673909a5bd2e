import type { Numbers } from './marks.ts';

/** Where the marks of a series lie, in px of the plot; NaN: not drawn. Null: a series that is not picked. */
export type Placed = { readonly x: Numbers | Float64Array; readonly y: Numbers | Float64Array } | null;

export interface Picked {
  readonly series: number;
  readonly index: number;
}

/** The mark nearest to a place, if it is within `radius`; of equally near ones the last drawn, which lies on top. */
export function nearest(placed: readonly Placed[], x: number, y: number, radius: number): Picked | null {
  let found: Picked | null = null;
  let least = radius * radius;
  placed.forEach((marks, series) => {
    if (marks === null) return;
    for (let index = 0; index < marks.x.length; index++) {
      const dx = marks.x[index]! - x;
      const dy = marks.y[index]! - y;
      const distance = dx * dx + dy * dy;
      if (distance <= least) {
        least = distance;
        found = { series, index };
      }
    }
  });
  return found;
}

/** The mark that follows (`by` 1) or precedes (-1) another from left to right; from none, the first or the last. Null: there is none. */
export function neighbour(placed: readonly Placed[], from: Picked | null, by: 1 | -1): Picked | null {
  const order: Picked[] = [];
  placed.forEach((marks, series) => {
    if (marks !== null) for (let index = 0; index < marks.x.length; index++) if (drawn(marks, index)) order.push({ series, index });
  });
  if (order.length === 0) return null;
  order.sort((a, b) => placed[a.series]!.x[a.index]! - placed[b.series]!.x[b.index]! || a.series - b.series || a.index - b.index);
  const at = from === null ? -1 : order.findIndex(({ series, index }) => series === from.series && index === from.index);
  if (at === -1) return order.at(by === 1 ? 0 : -1)!;
  return order[Math.min(order.length - 1, Math.max(0, at + by))]!;
}

const drawn = (marks: NonNullable<Placed>, index: number): boolean => !Number.isNaN(marks.x[index]!) && !Number.isNaN(marks.y[index]!);

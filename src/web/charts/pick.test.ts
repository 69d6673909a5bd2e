import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearest, neighbour, type Picked } from './pick.ts';

const place = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.constant(Number.NaN));
const placed = fc.array(
  fc.array(fc.tuple(place, place), { maxLength: 20 }).map((points) => ({ x: points.map(([x]) => x), y: points.map(([, y]) => y) })),
  { maxLength: 5 },
);

test('no drawn mark is nearer than the one that is picked', () => {
  fc.assert(
    fc.property(placed, fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 200 }), (marks, x, y) => {
      const found = nearest(marks, x, y, 50);
      const distances = marks.flatMap((series) => series.x.map((each, i) => Math.hypot(each - x, series.y[i]! - y)));
      const least = Math.min(...distances.filter((distance) => !Number.isNaN(distance)));
      if (found === null) expect(least).toBeGreaterThan(50);
      else expect(Math.hypot(marks[found.series]!.x[found.index]! - x, marks[found.series]!.y[found.index]! - y)).toBeCloseTo(least);
    }),
  );
});

test('of marks at one place the one that is drawn last is picked, and series without marks are passed over', () => {
  const one = { x: [10, 10], y: [10, 10] };
  expect(nearest([one, null, one], 10, 10, 5)).toEqual({ series: 2, index: 1 });
});

test('walking to the right meets every drawn mark once, from left to right, and stays at the last; walking back meets them all again', () => {
  fc.assert(
    fc.property(placed, (marks) => {
      const n = marks.reduce((sum, { x, y }) => sum + x.filter((each, i) => !Number.isNaN(each + y[i]!)).length, 0);
      const walk = (by: 1 | -1): Picked[] => {
        const met: Picked[] = [];
        for (let at = neighbour(marks, null, by); at !== null && met.length <= n; at = neighbour(marks, at, by)) {
          const last = met.at(-1);
          if (last?.series === at.series && last.index === at.index) break;
          met.push(at);
        }
        return met;
      };
      const forth = walk(1);
      expect(forth).toHaveLength(n);
      const places = forth.map(({ series, index }) => marks[series]!.x[index]!);
      expect(places).toEqual(places.toSorted((a, b) => a - b));
      expect(walk(-1)).toEqual(forth.toReversed());
    }),
  );
});

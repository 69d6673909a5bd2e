import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stepPath } from './sparkline.ts';

test('steps go through every point, within the box', () => {
  expect(stepPath([0, 5, 10], [1, 2, 3], 10, 100, 20)).toBe('M0.0 19.0H50.0V10.0H100.0V1.0H100');
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(), fc.double({ noNaN: true, min: -1e9, max: 1e9 })), { minLength: 1 }), (points) => {
      const sorted = points.toSorted(([a], [b]) => a - b);
      const path = stepPath(
        sorted.map(([x]) => x),
        sorted.map(([, y]) => y),
        0,
        100,
        20,
      );
      const heights = [...path.matchAll(/V(?<y>[\d.-]+)/g)].map(({ groups }) => Number(groups!['y']));
      expect(heights.every((y) => y >= 0 && y <= 20)).toBe(true);
    }),
  );
});

test('a best that stands since long ago lies where it was found', () => {
  expect(stepPath([0, 2], [1, 2], 20, 100, 20)).toBe('M0.0 19.0H10.0V1.0H100');
});

test('there is no line without a finite value, and a level one for a single value', () => {
  expect(stepPath([], [], 3, 100, 20)).toBe('');
  expect(stepPath([0, 1], [null, Number.POSITIVE_INFINITY], 3, 100, 20)).toBe('');
  expect(stepPath([3], [7], 3, 100, 20)).toBe('M0.0 10.0H100');
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scrollTo, windowOf } from './grid-window.ts';

const nat = (max: number) => fc.nat({ max });

test('every row in sight is drawn, and few others', () => {
  fc.assert(
    fc.property(nat(100_000), nat(3_000_000), fc.integer({ min: 1, max: 2000 }), fc.constantFrom(28, 36), (n, scrolled, height, row) => {
      const { first, end } = windowOf(n, scrolled, height, row);
      expect(first).toBeGreaterThanOrEqual(0);
      expect(end).toBeLessThanOrEqual(n);
      expect(end - first).toBeLessThanOrEqual(Math.ceil(height / row) + 26);
      const visible = Math.floor(scrolled / row);
      if (visible < n) expect(first <= visible && visible < end).toBe(true);
    }),
  );
});

test('a row is scrolled to only where it is out of sight', () => {
  expect(scrollTo(0, 56, 280, 28)).toBe(0);
  expect(scrollTo(5, 56, 280, 28)).toBeNull();
  expect(scrollTo(20, 0, 280, 28)).toBe(308);
});

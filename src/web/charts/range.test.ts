import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rangeOf } from './range.ts';

const numbers = fc.array(
  fc.oneof(fc.double(), fc.double({ min: -100, max: 100 }), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 0)),
  {
    maxLength: 60,
  },
);

test('a range has a finite width, and every value is in it or counted as below or above', () => {
  fc.assert(
    fc.property(numbers, fc.boolean(), fc.boolean(), (values, log, clip) => {
      const { low, high, below, above } = rangeOf([values], { log, clip });
      expect(Number.isFinite(high - low) && high > low).toBe(true);
      if (log) expect(low).toBeGreaterThan(0);
      const inside = values.filter((x) => x >= low && x <= high && (!log || x > 0)).length;
      expect(inside + below + above).toBe(values.filter((x) => !Number.isNaN(x)).length);
    }),
  );
});

test('without clipping only infinities, overflowing magnitudes and, on a log axis, what is not above 0 are outside', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1e300, max: 1e300, noNaN: true }), { maxLength: 60 }), (values) => {
      expect(rangeOf([values])).toMatchObject({ below: 0, above: 0 });
      expect(rangeOf([values], { log: true })).toMatchObject({ below: values.filter((x) => x <= 0).length, above: 0 });
    }),
  );
});

test('a few values far from the others are left out and counted on their side', () => {
  const bulk = Array.from({ length: 40 }, (_, i) => i / 40);
  const { low, high, below, above } = rangeOf([[...bulk, 1e6, -1e6, 2e6, Number.NEGATIVE_INFINITY]], { clip: true });
  expect(low).toBeGreaterThan(-0.1);
  expect(high).toBeLessThan(1.1);
  expect({ below, above }).toEqual({ below: 2, above: 2 });
});

test('what is far is measured by the bulk, where one is given', () => {
  const bulk = Array.from({ length: 40 }, (_, i) => 2 + i / 40);
  const values = [...bulk, 9, -9];
  expect(rangeOf([values], { clip: true, bulk })).toMatchObject({ below: 1, above: 1 });
  expect(rangeOf([values], { clip: true, bulk: [9, -9] })).toMatchObject({ below: 0, above: 0 });
});

test('more than a tenth beyond the fences are no exceptions: the range holds them', () => {
  const values = [...Array.from({ length: 40 }, (_, i) => i / 40), ...Array.from({ length: 8 }, () => 100)];
  expect(rangeOf([values], { clip: true })).toMatchObject({ below: 0, above: 0 });
});

test('equal values get a range around them, none at all the unit or a decade', () => {
  expect(rangeOf([[5, 5, 5]])).toEqual({ low: 4.5, high: 5.5, below: 0, above: 0 });
  expect(rangeOf([[0, 0]])).toMatchObject({ low: -1, high: 1 });
  for (const close of [[Number.MIN_VALUE], [0, Number.MIN_VALUE], [1e-310, 2e-310]])
    expect(rangeOf([close])).toMatchObject({ low: -1, high: 1, below: 0, above: 0 });
  expect(rangeOf([[Number.NaN]])).toMatchObject({ low: 0, high: 1 });
  const decade = rangeOf([[-1]], { log: true });
  expect(decade.low).toBe(1);
  expect(decade.high).toBeCloseTo(10);
  expect(decade.below).toBe(1);
});

test('a range holds what it must include, and given ends are kept', () => {
  expect(rangeOf([[2, 3]], { include: [0] }).low).toBeLessThan(0.001);
  expect(rangeOf([[2, 3, 9]], { range: [1, 4] })).toEqual({ low: 1, high: 4, below: 0, above: 1 });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { percentileOf, selectSmallest } from './order-statistics.ts';

const numbers = fc.array(fc.oneof(fc.double({ noNaN: true }), fc.integer({ min: 0, max: 3 })), { minLength: 1, maxLength: 40 });

test('the k-th smallest is what sorting finds, whatever the ties and infinities, and what lies behind the count stays', () => {
  fc.assert(
    fc.property(numbers, fc.nat(), (values, place) => {
      const k = place % values.length;
      const some = Float64Array.from([...values, 7, -7]);
      expect(selectSmallest(some, values.length, k) + 0).toBe(Float64Array.from(values).sort()[k]! + 0);
      expect([...some.subarray(values.length)]).toEqual([7, -7]);
    }),
    { seed: 5 },
  );
});

test('percentiles interpolate between neighbours and meet both ends', () => {
  const of = (percentile: number, ...values: readonly number[]): number =>
    percentileOf(Float64Array.from(values), values.length, percentile);
  expect(of(50, 4, 1, 3, 2)).toBe(2.5);
  expect(of(25, 4, 1, 3, 2)).toBe(1.75);
  expect([of(0, 3, 1, 2), of(100, 3, 1, 2)]).toEqual([1, 3]);
  expect(of(50, 7)).toBe(7);
  expect(of(50)).toBeNaN();
  expect(of(50, 1, Number.POSITIVE_INFINITY, 2)).toBeNaN();
});

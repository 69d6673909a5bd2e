import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ordered, quantileOf, quantilesOf } from './numbers.ts';

test('numbers that are compared with short ones keep their side of them, and lie where they were', () => {
  const short = fc.tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.integer({ min: -8, max: 8 })).map(([m, e]) => Number(`${m}e${e}`));
  const beside = fc
    .tuple(short, fc.integer({ min: -3, max: 3 }), fc.integer({ min: 6, max: 15 }))
    .map(([x, k, far]) => x * (1 + k * 10 ** -far));
  const value = fc.oneof(short, beside, fc.double({ min: -1e6, max: 1e6, noNaN: true }));
  fc.assert(
    fc.property(fc.array(fc.tuple(value, short), { minLength: 1, maxLength: 30 }), (pairs) => {
      const rounded = ordered(
        pairs.map(([x]) => x),
        5,
      );
      for (const [i, [x, end]] of pairs.entries()) {
        for (const near of [end, Number(x.toPrecision(5)), Number(x.toPrecision(4))])
          expect([rounded[i]! < near, rounded[i]! > near], `${x} as ${rounded[i]} beside ${near}`).toEqual([x < near, x > near]);
        expect(Math.abs(rounded[i]! - x)).toBeLessThanOrEqual(1e-5 * Math.abs(x));
      }
    }),
    { numRuns: 500 },
  );
  expect(ordered([0.9999999, 0.123450001, -0.123449999, Number.NaN, 3, Number.NEGATIVE_INFINITY], 5)).toEqual([
    0.999995,
    0.1234505,
    -0.1234495,
    null,
    3,
    Number.NEGATIVE_INFINITY,
  ]);
});

test('quantiles of numbers in any order are those of the sorted ones', () => {
  const value = fc.oneof(
    fc.integer({ min: -5, max: 5 }),
    fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
    fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  );
  const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 200 }), shares, (values, given) => {
      const ascending = Float64Array.from(given).sort();
      const sorted = Float64Array.from(values).sort();
      const found = quantilesOf(Float64Array.from(values), [...ascending]);
      for (const [i, share] of ascending.entries()) {
        const plain = quantileOf(sorted, share);
        if (Number.isFinite(plain)) expect(found[i]).toBeCloseTo(plain, 6);
        else expect(found[i]).toBe(plain);
      }
    }),
  );
});

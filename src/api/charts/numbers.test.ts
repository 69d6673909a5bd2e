import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ordered } from './numbers.ts';

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

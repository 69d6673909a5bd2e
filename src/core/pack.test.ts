import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pack, unpack } from './pack.ts';

describe('packed data', () => {
  test('come back bit for bit, numbers that JSON lacks included', () => {
    const nan = new Float64Array(new BigUint64Array([0x7ff8_0000_0000_0abcn]).buffer);
    const value = {
      odd: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0, 5e-324, 0.1 + 0.2],
      curve: Float64Array.of(-0, Number.NaN, 1e308, Number.NEGATIVE_INFINITY),
      nan,
      nothing: new Float64Array(),
      bytes: Uint8Array.of(1, 2, 255),
      deep: { $number: 'NaN', $$: 1, $array: ['float64', 0, 1], __proto: null, list: [[], {}, [null]] },
    };
    const back = unpack(pack(value)) as typeof value;
    expect(back).toStrictEqual(value);
    expect(back.odd.map((each) => Object.is(each, -0))).toEqual(value.odd.map((each) => Object.is(each, -0)));
    expect(new Uint8Array(back.nan.buffer)).toEqual(new Uint8Array(nan.buffer));
  });

  test('of equal values are equal, in any order of the keys; what is undefined is left out', () => {
    const [a, b] = [Float64Array.of(1), Float64Array.of(2)];
    expect(pack({ b, a, c: undefined })).toEqual(pack({ a, b }));
    expect(pack({ a: b, b: a })).not.toEqual(pack({ a, b }));
  });

  test('a part of a larger buffer is kept alone', () => {
    const whole = Float64Array.of(1, 2, 3, 4);
    expect(unpack(pack(whole.subarray(1, 3)))).toEqual(Float64Array.of(2, 3));
    expect(unpack(pack(Buffer.from('ab')))).toEqual(Uint8Array.of(97, 98));
  });

  test('any JSON and any floats survive, own keys like __proto__ too', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.float64Array(),
        fc.dictionary(fc.constantFrom('$', '$a', '__proto__', 'constructor', 'x'), fc.double()),
        (json, floats, odd) => {
          const value = { json, floats, odd: { ...odd } };
          const packed = pack(value);
          expect(unpack(packed)).toEqual(value);
          expect(pack(unpack(packed))).toEqual(packed);
        },
      ),
      { numRuns: 200 },
    );
  });

  test.each([
    ['a date', { at: new Date(0) }, 'at is a Date'],
    ['a map', { deep: [new Map()] }, 'deep[0] is a Map'],
    ['a function', { f: () => 1 }, 'f is a function'],
    ['a bigint', { n: 1n }, 'n is a bigint'],
  ])('are not made of %s', (_, value, message) => {
    expect(() => pack(value)).toThrow(expect.objectContaining({ code: 'internal', message: expect.stringContaining(message) }));
  });

  test.each([
    ['cut text', '{"a":'],
    ['an unknown mark', '{"a":{"$date":1}}'],
    ['an odd number that is none', '{"$number":"x"}'],
    ['an inherited kind', '{"$array":["constructor",0,0]}'],
    ['an array that is none', '{"$array":7}'],
    ['an array beyond the end', '{"$array":["float64",0,3]}'],
    ['an array before the beginning', '{"$array":["uint8",-1,1]}'],
    ['an endless array', '{"$array":["uint8",0,1e300]}'],
    ['half an element', '{"$array":["float64",0,0.5]}'],
  ])('are refused where damaged: %s', (_, json) => {
    expect(() => unpack({ json, bytes: new Uint8Array(16) })).toThrow(expect.objectContaining({ code: 'data_invalid' }));
  });
});

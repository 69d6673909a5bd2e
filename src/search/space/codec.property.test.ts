import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anySpace } from '../../../tests/fixtures/any-space.ts';
import { createRng } from '../../core/rng.ts';
import { suggestUniform } from '../samplers/random/random.ts';
import { checkParams, decodeRow, encodeParams } from './codec.ts';
import { compileSpace } from './compile.ts';
import { gridValue, stepsBetween } from './decimal.ts';
import { flatten, nest } from './nest.ts';

describe('whatever the space', () => {
  test('values survive encoding, decoding, nesting and flattening', () => {
    fc.assert(
      fc.property(anySpace, fc.integer(), (shape, seed) => {
        const space = compileSpace(shape);
        const params = suggestUniform(space, createRng(seed));
        expect(decodeRow(space, encodeParams(space, params))).toEqual(params);
        expect(flatten(space, nest(space, params))).toEqual(params);
      }),
    );
  });

  test('uniform draws fit it, with the parameters that exist and no others', () => {
    fc.assert(
      fc.property(anySpace, fc.integer(), (shape, seed) => {
        const space = compileSpace(shape);
        checkParams(space, suggestUniform(space, createRng(seed)));
      }),
    );
  });

  test('its JSON describes it completely', () => {
    fc.assert(
      fc.property(anySpace, (shape) => {
        const space = compileSpace(shape);
        const again = compileSpace(JSON.parse(JSON.stringify(space.json)));
        expect(again.hash).toBe(space.hash);
        expect(again.params).toEqual(space.params);
      }),
    );
  });
});

test('decimal steps count exactly where binary ones miss', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -5000, max: 5000 }),
      fc.integer({ min: 1, max: 400 }),
      fc.nat({ max: 500 }),
      fc.nat({ max: 6 }),
      (a, b, k, places) => {
        const scale = 10 ** places;
        const [low, step, high] = [a / scale, b / scale, (a + b * k) / scale];
        expect(stepsBetween(low, high, step)).toBe(k);
        expect(gridValue(low, step, k)).toBe(high + 0);
      },
    ),
  );
});

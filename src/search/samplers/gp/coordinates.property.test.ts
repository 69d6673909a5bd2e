import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anySpace } from '../../../../tests/fixtures/any-space.ts';
import { createRng } from '../../../core/rng.ts';
import { checkParams, decodeRow, encodeParams } from '../../space/codec.ts';
import { compileSpace } from '../../space/compile.ts';
import { fits } from '../../space/leaf.ts';
import { suggestUniform } from '../random/random.ts';
import { coordinatesOf, existing, placeOf, pointOf, roundToGrid, rowAt, valueOfPlace } from './coordinates.ts';

test('a value survives the conversion to a place and back, exactly for steps and choices', () => {
  fc.assert(
    fc.property(anySpace, fc.integer(), (shape, seed) => {
      const space = compileSpace(shape);
      const row = encodeParams(space, suggestUniform(space, createRng(seed)));
      for (const axis of coordinatesOf(space).axes) {
        const internal = row[axis.flat.index]!;
        if (Number.isNaN(internal)) continue;
        const place = placeOf(axis, internal);
        if (axis.kind === 'numeric') expect(place >= -1e-12 && place <= 1 + 1e-12).toBe(true);
        const again = valueOfPlace(axis, place);
        if (axis.cells === Number.POSITIVE_INFINITY) {
          const { low, high, log } = axis.param as { low: number; high: number; log: boolean };
          const scale = log ? Math.abs(internal) * Math.log(high / low) : high - low + Math.max(Math.abs(low), Math.abs(high));
          expect(Math.abs(again - internal)).toBeLessThanOrEqual(1e-9 * scale);
        } else expect(again).toBe(internal);
      }
    }),
  );
});

test('every place, also outside [0, 1], maps to a valid value', () => {
  fc.assert(
    fc.property(anySpace, fc.double({ min: -3, max: 4, noNaN: true }), (shape, place) => {
      for (const axis of coordinatesOf(compileSpace(shape)).axes) expect(fits(axis.param, valueOfPlace(axis, place))).toBe(true);
    }),
  );
});

test('a rounded point is the point of the trial that is run, and that trial fits the space', () => {
  fc.assert(
    fc.property(anySpace, fc.integer(), (shape, seed) => {
      const space = compileSpace(shape);
      const coordinates = coordinatesOf(space);
      const rng = createRng(seed);
      const point = Float64Array.from(coordinates.axes, (axis) => (axis.kind === 'choice' ? rng.int(axis.cells) : rng.uniform()));
      const tried = decodeRow(space, rowAt(coordinates, point));
      checkParams(space, tried);
      const settled = roundToGrid(coordinates, point);
      const observed = pointOf(coordinates, encodeParams(space, tried));
      for (const i of existing(coordinates, point)) {
        const { param } = coordinates.axes[i]!;
        // Far from 0 a range contains few floating-point numbers.
        const grain = param.type === 'choice' ? 0 : Math.max(Math.abs(param.low), Math.abs(param.high)) / (param.high - param.low);
        expect(Math.abs(observed![i]! - settled[i]!)).toBeLessThanOrEqual(1e-9 + 1e-15 * grain);
      }
    }),
  );
});

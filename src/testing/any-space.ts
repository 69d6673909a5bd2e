import fc from 'fast-check';
import { branch, choice, float, int, repeat, when } from '../search/space/builders.ts';
import type { Param, SpaceShape } from '../search/space/param.ts';

const name = fc.constantFrom('a', 'b', 'c', 'lr', 'width', 'x_1', 'deep-er');

const floatParam = fc
  .record({ low: fc.double({ min: -1e6, max: 1e6, noNaN: true }), span: fc.double({ min: 0, max: 1e6, noNaN: true }) })
  .map(({ low, span }) => float(low, low + span));
const logFloatParam = fc
  .record({ exponent: fc.integer({ min: -12, max: 6 }), decades: fc.nat({ max: 6 }) })
  .map(({ exponent, decades }) => float(Number(`1e${exponent}`), Number(`1e${exponent + decades}`), { log: true }));
const steppedFloatParam = fc
  .record({
    low: fc.integer({ min: -500, max: 500 }),
    step: fc.integer({ min: 1, max: 50 }),
    count: fc.integer({ min: 1, max: 30 }),
    places: fc.nat({ max: 4 }),
  })
  .map(({ low, step, count, places }) => {
    const scale = 10 ** places;
    return float(low / scale, (low + step * count) / scale, { step: step / scale });
  });
const intParam = fc
  .record({ low: fc.integer({ min: -1000, max: 1000 }), span: fc.nat({ max: 300 }), step: fc.integer({ min: 1, max: 7 }) })
  .map(({ low, span, step }) => int(low, low + span, span >= step ? { step } : {}));
const logIntParam = fc
  .record({ low: fc.integer({ min: 1, max: 64 }), span: fc.nat({ max: 1000 }) })
  .map(({ low, span }) => int(low, low + span, { log: true }));
const choiceParam = fc
  .uniqueArray(fc.oneof(fc.string({ maxLength: 4 }), fc.integer(), fc.boolean(), fc.constant(null)), { minLength: 1, maxLength: 5 })
  .map((choices) => choice(choices));

const leaf: fc.Arbitrary<Param> = fc.oneof(floatParam, logFloatParam, steppedFloatParam, intParam, logIntParam, choiceParam);

/** Spaces of every kind of parameter, with branches and lists up to three deep and guarded parameters; empty ones among them. */
export const anySpace: fc.Arbitrary<SpaceShape> = fc.letrec<{ shape: SpaceShape; param: Param }>((tie) => ({
  shape: fc
    .tuple(fc.dictionary(name, tie('param'), { maxKeys: 4 }), fc.option(leaf))
    .map(([shape, guarded]) =>
      guarded === null ? shape : { ...shape, switch: choice(['on', 'off']), behind: when({ param: 'switch', in: ['on'] }, guarded) },
    ),
  param: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    leaf,
    fc.dictionary(name, tie('shape'), { minKeys: 1, maxKeys: 3 }).map((cases) => branch(cases)),
    fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 2 }), tie('shape')).map(([low, more, of]) => repeat(low, low + more, of)),
  ),
})).shape;

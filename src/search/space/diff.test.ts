import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anySpace } from '../../../tests/fixtures/any-space.ts';
import { createRng } from '../../core/rng.ts';
import { suggestUniform } from '../samplers/random/random.ts';
import { branch, choice, fixed, float, int, repeat, when } from './builders.ts';
import { encodeParams } from './codec.ts';
import { compileSpace } from './compile.ts';
import { diffSpaces } from './diff.ts';
import { fits } from './leaf.ts';
import type { SpaceShape } from './param.ts';

function kinds(before: SpaceShape, after: SpaceShape): Record<string, string> {
  return Object.fromEntries(
    diffSpaces(compileSpace(before), compileSpace(after)).map(({ name, kind, breaking }) => [name, breaking ? `${kind}!` : kind]),
  );
}

test.each<[string, SpaceShape, SpaceShape, Record<string, string>]>([
  ['a wider range', { a: float(0, 1) }, { a: float(-1, 1) }, { a: 'widened' }],
  ['a narrower range', { a: float(0, 1) }, { a: float(0, 0.5) }, { a: 'narrowed!' }],
  ['a moved range', { a: float(0, 1) }, { a: float(0.5, 2) }, { a: 'narrowed!' }],
  ['a finer step', { a: float(0, 1, { step: 0.2 }) }, { a: float(0, 1, { step: 0.1 }) }, { a: 'widened' }],
  ['a shifted step', { a: int(0, 8, { step: 2 }) }, { a: int(1, 9, { step: 2 }) }, { a: 'narrowed!' }],
  ['steps given up', { a: float(0, 1, { step: 0.2 }) }, { a: float(0, 1) }, { a: 'widened' }],
  ['one more choice', { a: choice(['x']) }, { a: choice(['y', 'x']) }, { a: 'widened' }],
  ['one choice less', { a: choice(['x', 'y']) }, { a: choice(['x']) }, { a: 'narrowed!' }],
  ['another type', { a: float(0, 1) }, { a: int(0, 1) }, { a: 'retyped!' }],
  ['another scale', { a: float(1, 9) }, { a: float(1, 9, { log: true }) }, { a: 'retyped!' }],
  ['a new parameter', {}, { a: int(0, 1) }, { a: 'added' }],
  ['a parameter given up', { a: int(0, 1) }, {}, { a: 'removed!' }],
  ['a new case', { o: branch({ a: {} }) }, { o: branch({ a: {}, b: { k: int(0, 1) } }) }, { o: 'widened', 'o.b.k': 'added' }],
  ['a case given up', { o: branch({ a: {}, b: { k: int(0, 1) } }) }, { o: branch({ a: {} }) }, { o: 'narrowed!', 'o.b.k': 'removed!' }],
  [
    'a longer list',
    { l: repeat(1, 2, { w: int(1, 9) }) },
    { l: repeat(1, 3, { w: int(1, 9) }) },
    { l: 'widened', 'l.0.w': 'widened', 'l.1.w': 'widened', 'l.2.w': 'added' },
  ],
  [
    'a shorter list',
    { l: repeat(1, 2, { w: int(1, 9) }) },
    { l: repeat(1, 1, { w: int(1, 9) }) },
    { l: 'narrowed!', 'l.0.w': 'narrowed!', 'l.1.w': 'removed!' },
  ],
  [
    'wider items',
    { l: repeat(2, 2, { w: int(1, 9) }) },
    { l: repeat(2, 2, { w: int(1, 10) }) },
    { 'l.0.w': 'widened', 'l.1.w': 'widened' },
  ],
  ['another fixed value', { a: fixed(1) }, { a: fixed(2) }, { a: 'narrowed!' }],
  ['a single value that is searched now', { a: int(3, 3) }, { a: int(1, 9, { step: 2 }) }, { a: 'widened' }],
  ['a parameter that becomes a branch', { o: choice(['a']) }, { o: branch({ a: { k: int(0, 1) } }) }, { 'o.a.k': 'added' }],
  ['a guard given up', { n: int(1, 3), a: when({ param: 'n', in: [1] }, int(0, 1)) }, { n: int(1, 3), a: int(0, 1) }, { a: 'widened' }],
  ['a new guard', { n: int(1, 3), a: int(0, 1) }, { n: int(1, 3), a: when({ param: 'n', in: [1] }, int(0, 1)) }, { a: 'narrowed!' }],
])('%s', (_, before, after, expected) => {
  expect(kinds(before, after)).toEqual(expected);
});

test('a space does not differ from itself', () => {
  fc.assert(
    fc.property(anySpace, (shape) => {
      expect(kinds(shape, shape)).toEqual({});
    }),
  );
});

test('seen from the other side, what was added was removed, and what was widened was narrowed', () => {
  const reverse: Record<string, readonly string[]> = {
    added: ['removed!'],
    'removed!': ['added'],
    widened: ['narrowed!'],
    // Some values are gone and others new.
    'narrowed!': ['widened', 'narrowed!'],
    'retyped!': ['retyped!'],
  };
  fc.assert(
    fc.property(anySpace, anySpace, (before, after) => {
      const back = kinds(after, before);
      const there = kinds(before, after);
      expect(Object.keys(there)).toEqual(Object.keys(back));
      for (const [name, kind] of Object.entries(there)) expect(reverse[kind]).toContain(back[name]);
    }),
  );
});

test('every old value still fits a parameter whose change breaks nothing', () => {
  fc.assert(
    fc.property(anySpace, anySpace, fc.integer(), (before, after, seed) => {
      const changes = kinds(before, after);
      const [old, now] = [compileSpace(before), compileSpace(after)];
      const params = suggestUniform(old, createRng(seed));
      const row = encodeParams(now, params);
      for (const { name, index, param } of now.params)
        if (Object.hasOwn(params, name) && !changes[name]?.endsWith('!')) expect(fits(param, row[index]!)).toBe(true);
    }),
  );
});

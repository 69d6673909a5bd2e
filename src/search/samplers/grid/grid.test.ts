import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { anySpace } from '../../../../tests/fixtures/any-space.ts';
import { canonicalJson } from '../../../core/json.ts';
import { createRng } from '../../../core/rng.ts';
import { branch, choice, float, int, repeat, when } from '../../space/builders.ts';
import { checkParams } from '../../space/codec.ts';
import { type CompiledSpace, compileSpace } from '../../space/compile.ts';
import type { FlatParams } from '../../space/param.ts';
import type { Observation } from '../../trial/history.ts';
import { grid, samplerOf } from '../index.ts';
import { cellsOf } from './cells.ts';
import type { gridOptions } from './options.ts';
import { shuffled } from './shuffle.ts';
import { type GridValues, valuesOf } from './values.ts';

type GridInput = z.input<typeof gridOptions>;

const range = (size: number): readonly number[] => Array.from({ length: size }, (_, i) => i);

function ask(space: CompiledSpace, next: number, options: GridInput = {}, observations: readonly Observation[] = [], seed = 1): FlatParams {
  return samplerOf(grid(options)).suggest(space, { direction: 'minimize', observations, next, seed }, createRng('unused'));
}

const space = compileSpace({
  s: float(0, 0.3, { step: 0.1 }),
  kind: branch({ left: { n: int(1, 3), deep: branch({ a: {}, b: { c: choice(['p', 'q']) } }) }, right: {} }),
  layers: repeat(0, 2, { width: choice([16, 32]) }),
  extra: when({ param: 'layers', in: [2] }, choice(['on', 'off'])),
});
// 4 values of s, times left (3 n, times deep a or b with 2 c: 3) or right, times 0, 1 or 2 layers (1, 2, and 4 with 2 extras).
const cells = 4 * (3 * 3 + 1) * (1 + 2 + 4 * 2);

const refusal = (code: string, place: RegExp, hint: RegExp): Error =>
  expect.objectContaining({ code, place: expect.stringMatching(place) as string, hint: expect.stringMatching(hint) as string }) as Error;

describe('grid', () => {
  test.each([true, false])('tries every combination that exists exactly once (shuffled: %s)', (shuffle) => {
    const tried = range(cells).map((n) => ask(space, n, { shuffle }));
    for (const params of tried) checkParams(space, params);
    expect(new Set(tried.map(canonicalJson)).size).toBe(cells);
  });

  test('in order, the last parameter changes fastest', () => {
    const plain = compileSpace({ a: int(0, 1), b: choice(['p', 'q', 'r']) });
    expect(range(4).map((n) => ask(plain, n, { shuffle: false }))).toEqual([
      { a: 0, b: 'p' },
      { a: 0, b: 'q' },
      { a: 0, b: 'r' },
      { a: 1, b: 'p' },
    ]);
  });

  test('which cell a trial gets follows from its number alone', () => {
    const others: readonly Observation[] = range(9).map((number) => ({ state: 'running', number, params: ask(space, number) }));
    expect(ask(space, 20, {}, others)).toEqual(ask(space, 20));
    expect(samplerOf(grid()).suggest(space, { direction: 'minimize', observations: others, seed: 1 }, createRng(5))).toEqual(ask(space, 9));
  });

  test('cells whose trials failed or had other values come after the last cell, then the grid repeats', () => {
    const plain = compileSpace({ a: int(0, 4), b: choice(['p', 'q']) });
    const observations: Observation[] = [];
    for (const number of range(10)) {
      if (number === 3) continue;
      const params = number === 7 ? ask(plain, 2) : ask(plain, number);
      observations.push(number === 5 ? { state: 'running', number, params } : { state: 'complete', number, params, value: 0 });
    }
    const left = [ask(plain, 3), ask(plain, 7)];
    for (const number of [10, 11]) {
      const params = ask(plain, number, {}, observations);
      expect(params).toEqual(left[number - 10]);
      observations.push({ state: 'running', number, params });
    }
    expect(ask(plain, 12, {}, observations)).toEqual(ask(plain, 2));
  });

  test('the points of a continuous parameter lie evenly on its scale', () => {
    const continuous = compileSpace({ x: float(-1, 1), lr: float(1e-4, 1, { log: true }), n: int(0, 100), k: int(1, 4) });
    const all = ({ count, at }: GridValues): readonly number[] => range(count).map(at);
    const [k, lr, n, x] = valuesOf(continuous, { x: 5, lr: 3, n: 3 }).map(all);
    expect(x).toEqual([-1, -0.5, 0, 0.5, 1]);
    expect(lr![1]).toBeCloseTo(0.01, 14);
    expect(lr!.filter((_, i) => i !== 1)).toEqual([1e-4, 1]);
    expect(n).toEqual([0, 50, 100]);
    expect(k).toEqual([1, 2, 3, 4]);
    expect(valuesOf(continuous, 1).map(({ at }) => at(0))).toEqual([3, expect.closeTo(0.01, 14), 50, 0]);
  });

  test('a space that cannot be enumerated is refused with a hint', () => {
    const continuous = compileSpace({ x: float(0, 1), c: choice(['p', 'q']) });
    expect(() => ask(continuous, 0)).toThrow(refusal('study_invalid', /^x$/, /points.*"x"/));
    expect(() => ask(continuous, 0, { points: { y: 3, x: 3 } })).toThrow(refusal('study_invalid', /points\.y/, /x/));
    expect(() => ask(continuous, 0, { points: { c: 3, x: 3 } })).toThrow(refusal('study_invalid', /points\.c/, /x/));
    expect(() => grid({ points: 0 })).toThrow(refusal('study_invalid', /grid/, /points/));
  });

  test('the trials of a grid too large to finish are spread over all its cells', () => {
    const huge = compileSpace(Object.fromEntries(range(6).map((i) => [`n${i}`, int(0, 9999)])));
    const tried = range(200).map((n) => ask(huge, n));
    expect(new Set(tried.map(canonicalJson)).size).toBe(200);
    for (const i of range(6)) {
      const mean = tried.reduce((sum, params) => sum + Number(params[`n${i}`]), 0) / 200;
      expect(Math.abs(mean - 5000)).toBeLessThan(700);
    }
  });

  test('a range of more values than memory holds is indexed, not listed', () => {
    const large = compileSpace({ n: int(0, 2 ** 53 - 2), x: float(0, 1e8, { step: 1e-6 }), c: choice(['a', 'b']) });
    const tried = range(50).map((number) => ask(large, number));
    for (const params of tried) checkParams(large, params);
    expect(new Set(tried.map(canonicalJson)).size).toBe(50);
    expect(ask(large, 3, { shuffle: false })).toEqual({ c: 'a', n: 0, x: 3e-6 });
  });

  test('too many values of a parameter that others depend on are refused', () => {
    const wide = compileSpace({ n: int(0, 1e9), extra: when({ param: 'n', in: [5] }, choice(['on', 'off'])) });
    expect(() => ask(wide, 0)).toThrow(refusal('study_invalid', /^n$/, /points.*"n"/));
    expect(samplerOf(grid({ points: { n: 10 } })).trials!(wide)).toBe(10n);
  });

  test('is exact on any space', () => {
    fc.assert(
      fc.property(anySpace, (shape) => {
        const some = compileSpace(shape);
        const { count, at } = cellsOf(some, valuesOf(some, 2));
        const first = range(count < 200n ? Number(count) : 200).map((index) => at(BigInt(index)));
        for (const params of first) checkParams(some, params);
        expect(new Set(first.map(canonicalJson)).size).toBe(first.length);
      }),
      { numRuns: 60 },
    );
  });
});

test.each([1, 2, 3, 10, 64, 65, 1000])('a shuffled order of %i has each place once', (count) => {
  for (const seed of [1, 2])
    expect(new Set(range(count).map((i) => Number(shuffled(BigInt(i), BigInt(count), seed))))).toEqual(new Set(range(count)));
});

test('shuffled orders differ between studies and show no pattern', () => {
  const order = (seed: number): readonly number[] => range(1000).map((i) => Number(shuffled(BigInt(i), 1000n, seed)));
  expect(order(1)).not.toEqual(order(2));
  const rises = order(3).filter((at, i, all) => i > 0 && at > all[i - 1]!).length;
  expect(Math.abs(rises - 500)).toBeLessThan(50);
  const firstHundred = order(4).slice(0, 100);
  expect(Math.abs(firstHundred.reduce((sum, at) => sum + at, 0) / 100 - 500)).toBeLessThan(90);
});

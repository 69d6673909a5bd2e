import { describe, expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import type { AlgorithmRef } from '../algorithm.ts';
import { prunerOf } from '../pruners/index.ts';
import { random, samplerOf, tpe } from '../samplers/index.ts';
import { float } from '../space/builders.ts';
import { compileSpace } from '../space/compile.ts';
import { createAskTell } from '../study/ask-tell.ts';
import { adviseStopping } from './stopping-advice.ts';

const space = compileSpace({ x: float(-5, 5), y: float(-5, 5) });

/** Values of a search on a bowl with a little noise. */
function searched(sampler: AlgorithmRef, trials: number, seed: number): readonly number[] {
  const noise = createRng(`noise/${seed}`);
  const search = createAskTell({
    space,
    directions: ['minimize'],
    sampler: samplerOf(sampler),
    pruner: prunerOf({ id: 'nop', options: {} }),
    seed,
  });
  return Array.from({ length: trials }, () => {
    const { number, params } = search.ask();
    const value = Number(params['x']) ** 2 + Number(params['y']) ** 2 + 0.01 * noise.normal();
    search.tell(number, { state: 'complete', values: [value] });
    return value;
  });
}

/** After how many trials the advice is first to stop. */
function stopsAfter(values: readonly number[]): number {
  for (let n = 1; n <= values.length; n++) if (adviseStopping(values.slice(0, n), 'minimize').stop) return n;
  return Number.POSITIVE_INFINITY;
}

describe('advice to stop', () => {
  test.each([
    ['random', random()],
    ['tpe', tpe()],
  ])('comes with %s when little is left to gain, and not before', (_name, sampler) => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const values = searched(sampler, 360, seed);
      const stop = stopsAfter(values.slice(0, 300));
      expect(stop).toBeGreaterThan(30);
      expect(stop).toBeLessThan(300);
      const sorted = values.slice(0, stop).sort((a, b) => a - b);
      const left = sorted[0]! - Math.min(...values.slice(0, stop + 50));
      expect(left / (sorted[stop >> 1]! - sorted[0]!)).toBeLessThan(0.05);
    }
  });

  test('a search that still makes progress goes on', () => {
    const falling = Array.from({ length: 100 }, (_, i) => 100 - i + (i % 3));
    expect(adviseStopping(falling, 'minimize')).toMatchObject({
      stop: false,
      reason: expect.stringMatching(/^worth going on: a gain of \d/) as string,
    });
  });

  test('is the same upside down, and in other units', () => {
    const values = searched(tpe(), 120, 7);
    const { stop, expectedGain } = adviseStopping(values, 'minimize');
    expect(
      adviseStopping(
        values.map((value) => -value),
        'maximize',
      ),
    ).toMatchObject({ stop, expectedGain });
    const scaled = adviseStopping(
      values.map((value) => 1000 * value + 7),
      'minimize',
    );
    expect(scaled.stop).toBe(stop);
    expect(scaled.expectedGain! / expectedGain!).toBeCloseTo(1000, 6);
  });

  test('says nothing before enough trials have a finite value', () => {
    const odd = [...Array.from({ length: 29 }, (_, i) => i), Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    expect(adviseStopping(odd, 'minimize')).toEqual({
      stop: false,
      expectedGain: null,
      reason: 'too early to say: 29 of the 30 trials that it takes',
    });
  });

  test('equal values leave nothing to gain', () => {
    expect(
      adviseStopping(
        Array.from({ length: 50 }, () => 3),
        'minimize',
      ),
    ).toEqual({
      stop: true,
      expectedGain: 0,
      reason: 'half of the 50 trials are equal to the best',
    });
  });

  test('asking for a smaller gain stops later; options that do not fit are refused', () => {
    const values = searched(random(), 150, 3);
    const at = (minGain: number): boolean => adviseStopping(values, 'minimize', { minGain }).stop;
    expect([at(1), at(1e-9)]).toEqual([true, false]);
    expect(() => adviseStopping([], 'minimize', { horizon: 0 })).toThrow(/horizon/);
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { holds } from '../../validation/gates/gate.ts';
import { bulletOf } from './bullet-layout.ts';
import type { Verdict } from './verdict.ts';

const verdict = (observed: number | null, op: Verdict['op'], threshold: number, passed?: boolean): Verdict => ({
  gate: 'g',
  version: '1',
  severity: 'refuse',
  passed: passed ?? (observed !== null && holds(observed, op, threshold)),
  observed,
  threshold,
  op,
  because: '',
});

const figure = fc.double({ min: -1e6, max: 1e6, noNaN: true });

test('whatever passes lies on the side of the bound that passes, and nothing else does', () => {
  fc.assert(
    fc.property(figure, figure, fc.constantFrom('>=', '<=', '>', '<'), (observed, threshold, op) => {
      const { at, bound, zone } = bulletOf(verdict(observed, op, threshold), 'ratio');
      expect(at).toBeGreaterThanOrEqual(0);
      expect(at).toBeLessThanOrEqual(1);
      expect(zone).toEqual([bound, 1]);
      const away = Math.abs(observed - threshold);
      // Closer than that they are one pixel.
      fc.pre(away > 1e-9 * Math.max(Math.abs(observed), Math.abs(threshold)));
      expect(at! > bound).toBe(holds(observed, op, threshold));
    }),
  );
});

test('a probability is placed by what is missing to certainty', () => {
  const at = (p: number) => bulletOf(verdict(p, '>=', 0.995), 'probability').at!;
  const step = at(0.99) - at(0.9);
  expect(at(0.999) - at(0.99)).toBeCloseTo(step);
  expect(at(1)).toBe(1);
  expect(at(0)).toBe(0);
  const few = bulletOf(verdict(0.0004, '<=', 0.05), 'probability');
  expect(few.at).toBeGreaterThan(few.bound);
});

test('what must be exact passes at one place', () => {
  const met = bulletOf(verdict(0, '==', 0), 'count');
  expect(met.at).toBe(met.bound);
  const missed = bulletOf(verdict(2, '==', 0), 'count');
  expect(missed.at).toBeLessThan(missed.zone[0]);
  expect(missed.margin).toBe('2 over');
});

test('a figure that misses its bound is short of it or over it', () => {
  expect(bulletOf(verdict(2, '>=', 3), 'count').margin).toBe('1 short');
  expect(bulletOf(verdict(0, '==', 1), 'count').margin).toBe('1 short');
  expect(bulletOf(verdict(0.48, '<=', 0.05), 'probability').margin).toBe('43 points over');
});

test('unknown has no place and says so; infinity lies at the end', () => {
  expect(bulletOf(verdict(null, '>=', 3), 'count')).toMatchObject({ at: null, margin: 'unknown, which never passes' });
  const infinite = { ...verdict(null, '<=', 0.1), nonFinite: { observed: 'Infinity' as const } };
  expect(bulletOf(infinite, 'return')).toMatchObject({ at: 0, beyond: 'low' });
});

test('a figure that meets its bound and is refused says that the reason is another', () => {
  expect(bulletOf(verdict(0.999, '>=', 0.995, false), 'probability').margin).toBe('0.40 points to spare, but refused for another reason');
  expect(bulletOf(verdict(3, '>=', 3), 'count').margin).toBe('exactly met');
});

import { expect, test } from 'vitest';
import { gates } from '../../validation/gates/index.ts';
import { changeOf, gateWords, sayFigure, wordsOf } from './gate-words.ts';

test('every gate has words, and nothing else has', () => {
  expect(Object.keys(gateWords).sort()).toEqual([...gates.map(({ id }) => id), 'champion'].sort());
});

test('a gate of another release has its name', () => {
  expect(wordsOf('nowhere')).toMatchObject({ title: 'nowhere' });
});

test('where nothing was observed, no mending of what was not found is advised', () => {
  const found = { gate: 'look-ahead', observed: 3 };
  expect(changeOf(found)).toBe(gateWords['look-ahead']!.change);
  expect(changeOf({ ...found, observed: null, nonFinite: { observed: 'NaN' } })).toContain('the reason says what');
});

test.each([
  ['probability', 0.99499, 'down', '99.499 %'],
  ['probability', 0.9949999, 'down', '99.499 %'],
  ['probability', 0.0500001, 'up', '5.1 %'],
  ['probability', 1, 'down', 'above 99.999 %'],
  ['probability', 1, 'up', '100.000 %'],
  ['probability', 1 - 1e-9, 'up', 'above 99.999 %'],
  ['probability', 1e-9, 'down', 'below 0.001 %'],
  ['probability', 0, 'down', '0.000 %'],
  ['probability', 0.95, 'down', '95.0 %'],
  ['count', 20_000, 'down', '20,000'],
  ['share', 0.75, 'down', '75.00 %'],
  ['return', -0.07096, 'down', '−7.10 %'],
  ['ratio', 0.12345, 'down', '0.1235'],
  ['bp', 1.5, 'down', '1.5 bp'],
  ['ratio', Number.POSITIVE_INFINITY, 'down', '∞'],
] as const)('%s %s, rounded %s, is %s', (unit, x, rounding, text) => expect(sayFigure(unit, x, rounding)).toBe(text));

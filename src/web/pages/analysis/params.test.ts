import { expect, test } from 'vitest';
import { cellsFor, drawnPair, drawnParams, orderedParams } from './params.ts';

const named = (...names: string[]) => names.map((name) => ({ name }));

test('parameters that vary are in the order of their importance, unknown ones last; one that does not vary is left out', () => {
  expect(orderedParams(named('a', 'b', 'c', 'd'), named('c', 'constant', 'a'))).toEqual(['c', 'a', 'b', 'd']);
  expect(orderedParams([], named('a'))).toEqual([]);
});

test('the most important ones are drawn unless a person chooses, at most twelve', () => {
  const names = Array.from({ length: 200 }, (_, i) => `p${i}`);
  expect(drawnParams(names, [])).toEqual(['p0', 'p1', 'p2', 'p3', 'p4', 'p5']);
  expect(drawnParams(names, ['p7', 'gone'])).toEqual(['p7']);
  expect(drawnParams(names, ['gone'])).toHaveLength(6);
  expect(drawnParams(names, names)).toHaveLength(12);
});

test('a pair of an address is used where both vary and differ', () => {
  expect(drawnPair(['a', 'b', 'c'], ['c', 'a'])).toEqual(['c', 'a']);
  expect(drawnPair(['a', 'b', 'c'], ['a', 'a'])).toEqual(['a', 'b']);
  expect(drawnPair(['a', 'b', 'c'], ['gone', 'a'])).toEqual(['a', 'b']);
});

test('few trials get few cells, and no number of trials more than the API takes', () => {
  expect([0, 26, 400, 1e5].map(cellsFor)).toEqual([6, 6, 24, 32]);
});

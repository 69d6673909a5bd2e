import { expect, test } from 'vitest';
import { episodeStarts } from './episode-starts.ts';

const startsOf = (ends: readonly number[], steps: number): readonly number[] => {
  const { count, at } = episodeStarts(Int32Array.from(ends), steps);
  return Array.from({ length: count }, (_, n) => at(n));
};

test('an episode starts so that it ends within its range', () => {
  expect(startsOf([5, 5, 5, 5, 5], 2)).toEqual([0, 1, 2]);
  expect(startsOf([3, 3, 3, 8, 8, 8, 8, 8], 2)).toEqual([0, 3, 4, 5]);
});

test('a range without room for a whole episode is begun at its first decision, and its episodes are as long as it allows', () => {
  expect(startsOf([2, 2, 7, 7, 7, 7, 7], 4)).toEqual([0, 2]);
  expect([...episodeStarts(Int32Array.of(2, 2, 7, 7, 7, 7, 7), 4).steps]).toEqual([1, 1, 4, 4, 4, 4, 4]);
  expect(startsOf([1], 9)).toEqual([0]);
  expect([...episodeStarts(Int32Array.of(1), 9).steps]).toEqual([1]);
});

import { expect, test } from 'vitest';
import { luckWarnings } from './luck-words.ts';

const histogram = (...n: readonly number[]) => ({ x0: n.map((_, i) => i), x1: n.map((_, i) => i + 1), n });

test.each([
  ['enough of both', 60, [4, 6], []],
  ['few days', 59, [4, 6], ['It rests on 59 days: fewer than 60 say little, however good they look.']],
  ['few trials', 60, [4, 5], ['Only 9 complete trials have a ratio of the search: their spread is a guess.']],
  ['one trial', 60, [1], ['Only 1 complete trial has a ratio of the search: their spread is a guess.']],
  ['no days yet', 0, [10], []],
] as const)('%s', (_what, days, n, warnings) => {
  expect(luckWarnings({ days, histogram: histogram(...n) })).toEqual(warnings);
});

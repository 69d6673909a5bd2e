import { expect, test } from 'vitest';
import { shownText } from './counts.ts';

test('a chart says of how many it shows how many, and how it was reduced', () => {
  expect(shownText({})).toBe('');
  expect(shownText({ shown: 60, used: 60, total: 60 })).toBe('60 trials');
  expect(shownText({ shown: 96, used: 96, total: 100 })).toBe('96 of 100 trials have what is drawn');
  expect(shownText({ shown: 1000, used: 98_211, total: 100_000, reduced: 'sample' })).toBe(
    '98,211 of 100,000 trials have what is drawn; a sample of 1,000 is drawn',
  );
  expect(shownText({ shown: 0, used: 5000, total: 5000, reduced: 'bins' })).toBe('5,000 trials; summed up in bins');
  expect(shownText({ shown: 30, used: 50, total: 50, reduced: 'front' })).toBe('50 trials; only the 30 trade-offs are drawn');
  expect(shownText({ shown: 8, used: 12, total: 12, noun: 'folds' })).toBe('12 folds; 8 are drawn');
});

import { expect, test } from 'vitest';
import { closestNames } from './closest-names.ts';

test('names one typing error away come first', () => {
  expect(closestNames('nvda-mfst', ['spy-qqq', 'nvda-msft', 'nvda-mst'])).toEqual(['nvda-mst', 'nvda-msft']);
});

test('a beginning of a name means that name', () => {
  expect(closestNames('nvda', ['nvda-msft-february', 'other'])).toEqual(['nvda-msft-february']);
});

test('nothing near is nothing', () => {
  expect(closestNames('zebra', ['nvda-msft', 'quickstart'])).toEqual([]);
});

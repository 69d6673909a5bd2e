import { expect, test } from 'vitest';
import { nearNames } from './near.ts';

test('names one typing error away come first', () => {
  expect(nearNames('nvda-mfst', ['spy-qqq', 'nvda-msft', 'nvda-mst'])).toEqual(['nvda-mst', 'nvda-msft']);
});

test('a beginning of a name means that name', () => {
  expect(nearNames('nvda', ['nvda-msft-february', 'other'])).toEqual(['nvda-msft-february']);
});

test('nothing near is nothing', () => {
  expect(nearNames('zebra', ['nvda-msft', 'quickstart'])).toEqual([]);
});

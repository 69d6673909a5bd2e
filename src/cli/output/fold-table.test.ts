import { expect, test } from 'vitest';
import type { FoldItem, ValidationItem } from '../../storage/validations/read-validation.ts';
import { foldColumns, foldLines, sayStressed } from './fold-table.ts';

const fold = (number: number, seed: number | null, [from, to]: readonly [number, number]): FoldItem => ({
  fold: number,
  seed,
  trainStart: '2024-01-02T00:00:00.000Z',
  trainEnd: '2024-02-01T00:00:00.000Z',
  testStart: `2024-03-0${from}T00:00:00.000Z`,
  testEnd: `2024-03-0${to}T00:00:00.000Z`,
  purgedBars: 0,
  metrics: { totalReturn: 0.01 },
  earlyTerminations: 0,
  ranOn: null,
});

const itemOf = (folds: readonly FoldItem[], expected: number): ValidationItem => ({
  address: 'study#1',
  definitionHash: '',
  seeds: [1, 2, 3],
  folds,
  expected,
  metrics: { totalReturn: 0.0201 },
  baselines: [{ name: 'hold', folds: [fold(0, null, [1, 3]), fold(1, null, [3, 5])], metrics: { totalReturn: 0 } }],
  trialsTried: 3,
  looks: 1,
  checks: null,
});

const firstsOf = (item: ValidationItem) => foldLines([item], false).map((line) => line.fold);

test('the first line says how many folds are in a row, over how many seeds, and what is missing', () => {
  const two = [1, 2].flatMap((seed) => [fold(0, seed, [1, 3]), fold(1, seed, [3, 5])]);
  expect(firstsOf(itemOf(two, 4))).toEqual(['2 in a row, mean of 2', '2 in a row']);
  expect(firstsOf(itemOf(two.slice(0, 3), 6))[0]).toBe('2 in a row, mean of 2, 3 of 6 done');
  expect(foldLines([itemOf(two, 4)], true).map((line) => line.fold)).toEqual([
    '2 in a row, mean of 2',
    '0',
    '1',
    '0',
    '1',
    '2 in a row',
    '0',
    '1',
  ]);
});

test('tests that overlap are averaged', () => {
  const overlapping = [fold(0, 1, [1, 4]), fold(1, 1, [3, 5])];
  expect(firstsOf(itemOf(overlapping, 2))[0]).toBe('2 averaged, mean of 1');
});

test('figures under a stress are said to be of one account, where there are some', () => {
  const item = itemOf([fold(0, 1, [1, 3])], 1);
  const checks = { stress: [{ kind: 'costs-x2', totalReturn: 0.005, sharpeDaily: 0.1 }] } as unknown as NonNullable<
    ValidationItem['checks']
  >;
  expect(sayStressed([item])).toEqual([]);
  expect(sayStressed([item, { ...item, checks }])).toEqual([expect.stringContaining('one account with the mean of their daily returns')]);
});

test('days won are a dash where no day won or lost, and NaN where the account itself is unknown', () => {
  const wonOf = (metrics: FoldItem['metrics'], nonFinite: NonNullable<FoldItem['nonFinite']>) => {
    const one = { ...fold(0, 1, [1, 3]), metrics, nonFinite };
    return foldLines([{ ...itemOf([one], 1), metrics, nonFinite }], true)
      .filter(({ subject }) => subject.trim() === 'study#1')
      .map((line) => foldColumns.find(({ title }) => title === 'days won')!.cell(line));
  };
  expect(wonOf({ totalReturn: 0, winRateDaily: null }, { winRateDaily: 'NaN' })).toEqual(['-', '-']);
  const unknown = { totalReturn: null, winRateDaily: null };
  expect(wonOf(unknown, { totalReturn: 'NaN', winRateDaily: 'NaN' })).toEqual(['NaN', 'NaN']);
});

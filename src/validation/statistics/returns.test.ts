import { expect, test } from 'vitest';
import { checkAligned, checkDays, checkReturns } from './returns.ts';

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('a return of %s is refused with its place', (wrong) => {
  expect(() => checkReturns([0.1, wrong, 0], 'seed 1')).toThrow(
    expect.objectContaining({ code: 'data_invalid', place: 'seed 1[1]', message: `a return of ${wrong} is no number` }),
  );
});

test('series must have the same days', () => {
  expect(checkAligned([[0.1, 0.2], Float64Array.of(0, 0)], 'seed')).toBe(2);
  expect(checkAligned([], 'seed')).toBe(0);
  expect(() => checkAligned([[0.1, 0.2], [0.1]], 'seed')).toThrow(expect.objectContaining({ code: 'data_invalid', place: 'seed 1' }));
  expect(() => checkAligned([[0.1], [Number.NaN]], 'seed')).toThrow(expect.objectContaining({ place: 'seed 1[0]' }));
});

test('dates ascend and come once', () => {
  expect(() => checkDays([], 'days')).not.toThrow();
  expect(() => checkDays(['2023-12-29', '2024-01-02', '2024-02-29'], 'days')).not.toThrow();
});

test.each([
  { days: ['2024-01-02', '2024-01-02'], message: '2024-01-02 comes twice', place: 'days[1]' },
  { days: ['2024-01-03', '2024-01-02'], message: '2024-01-02 comes after 2024-01-03', place: 'days[1]' },
  { days: ['2023-02-29'], message: '"2023-02-29" is no date like 2024-03-28', place: 'days[0]' },
  { days: ['2024-01-02T00:00'], message: '"2024-01-02T00:00" is no date like 2024-03-28', place: 'days[0]' },
])('$days is refused: $message', ({ days, message, place }) => {
  expect(() => checkDays(days, 'days')).toThrow(expect.objectContaining({ code: 'data_invalid', message, place }));
});

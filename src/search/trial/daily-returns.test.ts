import { describe, expect, test } from 'vitest';
import { checkedDailyReturns, mostDays } from './daily-returns.ts';

const thrownBy = (given: unknown, codes?: Parameters<typeof checkedDailyReturns>[1]): unknown => {
  try {
    return checkedDailyReturns(given, codes);
  } catch (error) {
    return error;
  }
};

describe('daily returns', () => {
  test('are copied; a list may be a Float64Array, and -0 becomes 0', () => {
    const days = ['2024-02-29', '2024-03-01'];
    expect(checkedDailyReturns({ days, returns: new Float64Array([0.01, -0]) })).toEqual({ days, returns: [0.01, 0] });
  });

  test.each([
    ['nothing', undefined, 'dailyReturns'],
    ['a list of returns without days', { returns: [0.1] }, 'dailyReturns'],
    ['days without returns', { days: ['2024-03-01'] }, 'dailyReturns'],
    ['a day too few', { days: ['2024-03-01'], returns: [0.1, 0.2] }, 'dailyReturns'],
    ['no day', { days: [], returns: [] }, 'dailyReturns'],
    ['a day that does not exist', { days: ['2023-02-29'], returns: [0] }, 'dailyReturns.days[0]'],
    ['a time in place of a day', { days: ['2024-03-01T00:00:00Z'], returns: [0] }, 'dailyReturns.days[0]'],
    ['a year that no database knows', { days: ['0000-03-01'], returns: [0] }, 'dailyReturns.days[0]'],
    ['a Date', { days: [new Date(0)], returns: [0] }, 'dailyReturns.days[0]'],
    ['a day twice', { days: ['2024-03-01', '2024-03-01'], returns: [0, 0] }, 'dailyReturns.days[1]'],
    ['a day before the one before it', { days: ['2024-03-04', '2024-03-01'], returns: [0, 0] }, 'dailyReturns.days[1]'],
    ['a text in place of a number', { days: ['2024-03-01'], returns: ['0.1'] }, 'dailyReturns.returns[0]'],
    ['a hole', { days: ['2024-03-01'], returns: new Array(1) }, 'dailyReturns.returns[0]'],
  ])('%s fails the trial, and the place is said', (_, given, place) => {
    expect(thrownBy(given)).toMatchObject({ code: 'trial_failed', place, hint: expect.any(String) as string });
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('a return of %s is named with its day', (value) => {
    const given = { days: ['2024-03-01', '2024-03-04'], returns: [0, value] };
    expect(thrownBy(given)).toMatchObject({
      code: 'not_finite',
      place: 'dailyReturns.returns[1]',
      message: expect.stringContaining('2024-03-04') as string,
    });
    expect(thrownBy(given, { invalid: 'usage', notFinite: 'usage' })).toMatchObject({ code: 'usage' });
  });

  test(`more than ${mostDays} days are refused`, () => {
    const days = Array.from({ length: mostDays + 1 }, (_, i) => new Date(i * 86_400_000).toISOString().slice(0, 10));
    const returns = days.map(() => 0);
    expect(thrownBy({ days, returns })).toMatchObject({
      code: 'trial_failed',
      message: expect.stringContaining(String(mostDays)) as string,
    });
    expect(checkedDailyReturns({ days: days.slice(1), returns: returns.slice(1) }).days).toHaveLength(mostDays);
  });
});

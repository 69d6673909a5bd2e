import { expect, test } from 'vitest';
import { type DateOrder, hasOpenDateOrder, readStamp, shownDateOrder } from './stamps.ts';

const half = '2018-02-16T09:30:00.000Z';
const utc = '2018-02-16T14:30:00.000Z';

/** The kind and the ISO time of a stamp. */
function read(text: string, dates: DateOrder | null = null): string {
  const stamp = readStamp(text, dates);
  return 'problem' in stamp
    ? stamp.problem
    : `${stamp.kind} ${new Date(stamp.ms).toISOString()}${stamp.zone === undefined ? '' : ` ${stamp.zone}`}`;
}

test.each([
  ['2018-02-16 09:30', `local ${half}`],
  ['2018-02-16T09:30:00', `local ${half}`],
  ['2018-02-16 09:30:00.000', `local ${half}`],
  ['2018/02/16 9:30', `local ${half}`],
  ['2018.02.16 09:30', `local ${half}`],
  ['20180216 093000', `local ${half}`],
  ['20180216  09:30:00', `local ${half}`],
  ['20180216-09:30:00', `local ${half}`],
  ['20180216 0930', `local ${half}`],
  ['20180216 93000', `local ${half}`],
  ['20180216 093000000', `local ${half}`],
  ['201802160930', `local ${half}`],
  ['20180216093000', `local ${half}`],
  ['16.02.2018 09:30:00.000', `local ${half}`],
  ['16/02/2018 09:30', `local ${half}`],
  ['02/16/2018 09:30', `local ${half}`],
  ['2/16/2018 9:30:00 AM', `local ${half}`],
  ['02/16/2018 9:30 pm', 'local 2018-02-16T21:30:00.000Z'],
  ['02/16/2018 12:05 AM', 'local 2018-02-16T00:05:00.000Z'],
  ['16-Feb-2018 09:30', `local ${half}`],
  ['16 February 2018 09:30', `local ${half}`],
  ['Feb 16, 2018 09:30', `local ${half}`],
  ['2018-02-16T14:30:00Z', `offset ${utc}`],
  ['2018-02-16 14:30 UTC', `offset ${utc}`],
  ['2018-02-16 14:30 GMT', `offset ${utc}`],
  ['2018-02-16 09:30:00-05:00', `offset ${utc}`],
  ['2018-02-16 09:30:00-0500', `offset ${utc}`],
  ['2018-02-16 09:30:00-05', `offset ${utc}`],
  ['16.02.2018 09:30:00.000 GMT-0500', `offset ${utc}`],
  ['2018-02-16 20:00:00+05:30', `offset ${utc}`],
  ['2018-02-16 09:30 EST', `offset ${utc}`],
  ['Fri Feb 16 2018 09:30:00 GMT-0500', `offset ${utc}`],
  ['20180216 09:30:00 US/Eastern', `offset ${half} US/Eastern`],
  ['2018-02-16 09:30 America/Argentina/Buenos_Aires', `offset ${half} America/Argentina/Buenos_Aires`],
  ['1518791400', `epoch seconds ${utc}`],
  ['1518791400.25', 'epoch seconds 2018-02-16T14:30:00.250Z'],
  ['1518791400000', `epoch milliseconds ${utc}`],
  ['1518791400000.0', `epoch milliseconds ${utc}`],
  ['1518791400000000', `epoch microseconds ${utc}`],
  ['1518791400000000999', `epoch nanoseconds ${utc}`],
  ['2018-02-16', 'date 2018-02-16T00:00:00.000Z'],
  ['20180216', 'date 2018-02-16T00:00:00.000Z'],
  ['16.02.2018', 'date 2018-02-16T00:00:00.000Z'],
])('%s is %s', (text, expected) => {
  expect(read(text)).toBe(expected);
});

test('nanoseconds are rounded down, and never by way of a double', () => {
  expect(read('1703548799999999999')).toBe('epoch nanoseconds 2023-12-25T23:59:59.999Z');
  expect(read('2023-12-25T23:59:59.999999999Z')).toBe('offset 2023-12-25T23:59:59.999Z');
});

test('day and month are told apart by the first day above 12, else they must be declared', () => {
  expect(read('02/03/2018 09:30')).toBe('02/03/2018 has the day first or the month first');
  expect(read('02/03/2018 09:30', 'dmy')).toBe('local 2018-03-02T09:30:00.000Z');
  expect(read('02/03/2018 09:30', 'mdy')).toBe('local 2018-02-03T09:30:00.000Z');
  expect(read('16/02/2018 09:30', 'mdy')).toBe('16/02/2018 is not a date with the month first');
  expect(read('02.03.2018 09:30')).toBe('local 2018-03-02T09:30:00.000Z');
  expect(['2/3/2018', '02-03-2018 9:30', '13/2/2018', '2018/02/03', '02.03.2018'].map(hasOpenDateOrder)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
  expect(['13/02/2018', '02/13/2018', '02/03/2018'].map(shownDateOrder)).toEqual(['dmy', 'mdy', null]);
});

test.each([
  ['2018-02-30 09:30', 'year 2018, month 2, day 30 is not a date'],
  ['2018-13-01 09:30', 'year 2018, month 13, day 1 is not a date'],
  ['2018-02-16 24:00', '"2018-02-16 24:00" is no time of day'],
  ['2018-02-16 13:00 PM', '"2018-02-16 13:00 PM" is no time of day'],
  ['2018-02-16 09:30 CST', '"2018-02-16 09:30 CST" names a zone by an abbreviation, and several zones are called CST'],
  ['16.02.18 09:30', '"16.02.18 09:30" has a year of two digits, so day, month and year cannot be told apart'],
  ['43147.395833', '43147.395833 is a date of a spreadsheet, a number of days'],
  ['1.51879E+12', '1.51879E+12 is written with an exponent, as spreadsheets write long numbers: its last digits are lost'],
  ['09:30:00', '"09:30:00" is a time of day without a date'],
  ['34200', '34200 is a time of day, a number or a date without a year'],
  ['soon', '"soon" is not a time'],
  ['', '"" is not a time'],
])('%j is refused: %s', (text, problem) => {
  expect(read(text)).toBe(problem);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ago, count, countOf, duration, percent, plainNumber, utc, value } from './format.ts';

test('keeps four significant digits, with a minus sign and a name for what is no number', () => {
  const numbers = [0, -0, 42, 0.31, -0.123456, 1.5e-5, -12345678.9, 1e300, -1e-300, Number.NaN, Number.POSITIVE_INFINITY];
  expect(numbers.map((x) => value(x))).toEqual([
    '0',
    '0',
    '42',
    '0.31',
    '−0.1235',
    '1.500e−5',
    '−1.235e+7',
    '1.000e+300',
    '−1.000e−300',
    'NaN',
    '∞',
  ]);
  expect([value(null), value(undefined), value(Number.NEGATIVE_INFINITY)]).toEqual(['–', '–', '−∞']);
});

test('is at most half a unit of the last digit away, and short', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e308, max: 1e308, noNaN: true }), (x) => {
      const text = plainNumber(x);
      expect(Math.abs(Number(text) - x)).toBeLessThanOrEqual(5.0001e-4 * Math.abs(x) + Number.MIN_VALUE);
      expect(text.length).toBeLessThanOrEqual(11);
    }),
  );
});

test('what rounds to zero percent has no sign', () => {
  expect([0.01234, -0.5, -0.00001, -0, 17.5, null].map(percent)).toEqual(['1.23 %', '−50.00 %', '0.00 %', '0.00 %', '1750.00 %', '–']);
  expect([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map(percent)).toEqual(['NaN', '∞', '−∞']);
});

test('durations take the unit that a person would choose, and never a full one', () => {
  expect([0, 850, 999.6, 12_340, 59_960, 245_000, 3_599_499, 3_599_999, 12_000_000, 1e9, -5000, Number.NaN, null].map(duration)).toEqual([
    '0 ms',
    '850 ms',
    '1.0 s',
    '12.3 s',
    '1 min 00 s',
    '4 min 05 s',
    '59 min 59 s',
    '1 h 00 min',
    '3 h 20 min',
    '11 d 13 h',
    '−5.0 s',
    '–',
    '–',
  ]);
});

test('counts say what they are of, unless that is all', () => {
  expect([0, 98_211, 1e15, null].map(count)).toEqual(['0', '98,211', '1,000,000,000,000,000', '–']);
  expect(countOf(1000, 100_000, 'trials')).toBe('1,000 of 100,000 trials');
  expect(countOf(3, 3, 'trials')).toBe('3 trials');
});

test('times are in UTC, ages in one unit', () => {
  const now = Date.UTC(2026, 0, 31, 12, 0, 5);
  expect(utc('2026-01-31T13:00:05+01:00')).toBe('2026-01-31 12:00:05 UTC');
  const ages = [0, 12_000, 119_000, 3 * 3_600_000, 40 * 86_400_000, -240_000].map((passed) => ago(now - passed, now));
  expect(ages).toEqual(['now', '12 s ago', '1 min ago', '3 h ago', '40 d ago', 'in 4 min']);
});

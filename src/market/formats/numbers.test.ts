import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fixedPointAt, type NumberFormat, numberAt, numberFormatOf, numberIn } from './numbers.ts';

const points: NumberFormat = { decimal: '.', groups: false };
const at = (text: string, format = points): number => {
  const bytes = Buffer.from(`##${text}##`);
  return numberAt(bytes, 2, bytes.length - 2, format);
};

test('a number is the double nearest to its digits, as the language reads it', () => {
  const digits = fc.stringMatching(/^[+-]?\d{1,20}(\.\d{0,20})?(e[+-]?\d{1,2})?$/);
  fc.assert(
    fc.property(digits, (text) => {
      expect(at(text)).toBe(Number(text));
      expect(at(text.replace('.', ','), { decimal: ',', groups: true })).toBe(Number(text));
    }),
    { numRuns: 2000 },
  );
});

test.each(['', '-', '.', '1.2.3', '1e', '0x10', 'NaN', 'Infinity', '1_000', '1,2', '12,345', '--1', '1 2', '12%'])(
  '%j is no number',
  (text) => {
    expect(at(text)).toBeNaN();
  },
);

test('thousands are grouped by spaces and apostrophes always, by commas where points are seen to be decimal', () => {
  for (const text of ['1 234.5', "1'234.5", '1\u00a0234.5', '1\u202f234.5']) expect(at(text)).toBe(1234.5);
  const groups = { decimal: '.', groups: true } as const;
  expect(at('1,234,567.25', groups)).toBe(1_234_567.25);
  expect(at('54,087', groups)).toBe(54_087);
  for (const text of ['1,23', '1,2345', '12,34,567', ',123', '1,234,56']) expect(at(text, groups)).toBeNaN();
  expect(at('1.234.567,25', { decimal: ',', groups: true })).toBe(1_234_567.25);
  expect(numberFormatOf(['5527', '1,234.5'], undefined)).toEqual(groups);
  expect(numberFormatOf(['5,527', '5,528'], undefined)).toEqual(points);
  expect(numberFormatOf(['5,527'], 'point')).toEqual(groups);
  expect(numberFormatOf(['245,69'], 'comma')).toEqual({ decimal: ',', groups: true });
});

test('a price in billionths is rounded once', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 9_223_372_036_854_775_806n }), (price) => {
      const bytes = Buffer.from(String(price));
      expect(fixedPointAt(bytes, 0, bytes.length)).toBe(numberIn(`${price}e-9`, points));
    }),
  );
  expect(fixedPointAt(Buffer.from('4037750000000'), 0, 13)).toBe(4037.75);
  expect(fixedPointAt(Buffer.from('4037.75'), 0, 7)).toBeNaN();
});

import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvOf, fileName } from './table.ts';

const cell = fc.oneof(fc.string(), fc.double({ noNaN: true }), fc.constantFrom('a "b", c', 'two\nlines', 'a\r', ''));

test('a reader of CSV gets back every cell, and numbers with all their digits', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 5 }).chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1 })),
      (rows) => {
        const columns = rows[0]!.map((_, i) => `column ${i}`);
        const read = parse(csvOf({ columns, rows }), { record_delimiter: '\n' }) as string[][];
        expect(read).toEqual([columns, ...rows.map((row) => row.map(String))]);
      },
    ),
  );
});

test('what is missing is an empty field', () => {
  expect(csvOf({ columns: ['a', 'b', 'c', 'd'], rows: [[null, undefined, Number.NaN, false]] })).toBe('a,b,c,d\n,,,false\n');
});

test('a file is named by its title', () => {
  expect(fileName('Best so far, study#42', 'csv')).toBe('best-so-far-study-42.csv');
  expect(fileName('…', 'csv')).toBe('chart.csv');
});

import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRowCutter, fieldText } from './rows.ts';

/** The rows of a text that arrives in pieces of some length. */
function rowsOf(text: string, separator: string, pieceLength: number): { fields: string[]; line: number }[] {
  const rows: { fields: string[]; line: number }[] = [];
  const cutter = createRowCutter({ separator, lineEnd: '\n' }, 'x.csv', (row) => {
    rows.push({ fields: Array.from({ length: row.n }, (_, field) => fieldText(row, field)), line: row.line });
  });
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceLength) cutter.push(bytes.subarray(at, at + pieceLength));
  cutter.end();
  return rows;
}

/** A field as a program writes it: in quotes where it must be, and sometimes where it need not be. */
const writtenField = fc
  .tuple(fc.string({ unit: fc.constantFrom('a', '1', '.', '-', ',', ';', '"', '\n', 'é', '\t'), maxLength: 6 }), fc.boolean())
  .map(([value, quoted]) => ({ value: value.trim(), quoted }));

const written = (separator: string, { value, quoted }: { value: string; quoted: boolean }): string =>
  quoted || value.includes('"') || value.includes('\n') || value.includes(separator) ? `"${value.replaceAll('"', '""')}"` : value;

describe('rows', () => {
  test('are those of another parser, however the text is cut into pieces', () => {
    const tables = fc.record({
      rows: fc.array(fc.array(writtenField, { minLength: 2, maxLength: 5 }), { minLength: 1, maxLength: 6 }),
      separator: fc.constantFrom(',', ';', '|'),
      lineEnd: fc.constantFrom('\n', '\r\n'),
      pieceLength: fc.integer({ min: 1, max: 20 }),
      endsWithLine: fc.boolean(),
    });
    fc.assert(
      fc.property(tables, ({ rows, separator, lineEnd, pieceLength, endsWithLine }) => {
        const lines = rows.map((fields) => fields.map((field) => written(separator, field)).join(separator));
        const text = lines.join(lineEnd) + (endsWithLine ? lineEnd : '');
        const expected = parse(text, { delimiter: separator, relax_column_count: true, trim: true, info: true, skip_empty_lines: true });
        const filled = (expected as unknown as { record: string[]; info: { lines: number } }[]).map((one) => one.record);
        expect(rowsOf(text, separator, pieceLength).map((row) => row.fields)).toEqual(filled);
      }),
      { numRuns: 500 },
    );
  });

  test('know their lines, over empty lines and line ends in quotes', () => {
    expect(rowsOf('a,b\n\n"x\ny",2\n3,4', ',', 3)).toEqual([
      { fields: ['a', 'b'], line: 1 },
      { fields: ['x\ny', '2'], line: 4 },
      { fields: ['3', '4'], line: 5 },
    ]);
  });

  test.each([
    ['a,b\n1,"2', 2, /opened and not closed/],
    ['a,b\n1,2"3\n', 2, /inside a field/],
    ['a,b\n"1"x,2\n', 2, /behind a closing quote/],
  ])('of %j are refused with their line', (text, line, message) => {
    expect(() => rowsOf(text, ',', 100)).toThrow(
      expect.objectContaining({ code: 'data_invalid', place: `x.csv:${line}`, message: expect.stringMatching(message) }),
    );
  });
});

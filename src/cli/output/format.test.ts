import { describe, expect, it } from 'vitest';
import { formatDuration, formatNumber, formatParams, formatPercent } from './format.ts';
import { formatTable, formatTsv } from './table.ts';

describe('figures in tables', () => {
  it('keeps four digits, and says what is not a number', () => {
    expect(
      [0, 42, 0.31, 0.123456, 1.5e-5, 12345678.9, Number.NaN, Number.NEGATIVE_INFINITY, null].map((value) => formatNumber(value)),
    ).toEqual(['0', '42', '0.31', '0.1235', '1.500e-5', '1.235e+7', 'NaN', '-Infinity', '-']);
    expect(formatPercent(0.01234)).toBe('1.23 %');
  });

  it('prints durations in the unit a person would choose', () => {
    expect([850, 12_340, 245_000, 12_000_000, Number.POSITIVE_INFINITY].map(formatDuration)).toEqual([
      '850 ms',
      '12.3 s',
      '4 min 05 s',
      '3 h 20 min',
      '-',
    ]);
  });

  it('puts parameters on one line', () => {
    expect(formatParams({ lr: 0.00031, opt: 'adam', on: true })).toBe('lr=3.100e-4 opt=adam on=true');
  });
});

describe('tables', () => {
  const columns = [
    { title: 'name', cell: (row: { name: string; n: number }) => row.name },
    { title: 'n', cell: (row: { name: string; n: number }) => String(row.n), align: 'right' as const },
  ];
  const rows = [
    { name: 'a\tb\nc', n: 5 },
    { name: '\u001b[32mlonger\u001b[39m', n: 12 },
  ];

  it('aligns by what is seen, not by colour codes', () => {
    expect(formatTable(columns, [rows[1]!, { name: 'x', n: 1 }])).toBe('name     n\n\u001b[32mlonger\u001b[39m  12\nx        1\n');
  });

  it('cuts the widest text where a line would not fit, and never a number', () => {
    const wide = { name: 'a rather long text without any end', n: 1234 };
    expect(formatTable(columns, [wide], 24)).toBe('name                   n\na rather long tex…  1234\n');
    expect(formatTable(columns, [wide], 5)).toContain('1234');
  });

  it('wraps a text that should be read whole', () => {
    const wrapping = [
      { title: 'n', cell: (text: string) => String(text.length) },
      { title: 'why', cell: (text: string) => text, wrap: true as const },
    ];
    expect(formatTable(wrapping, ['too few daily returns to say anything'], 22)).toBe(
      'n   why\n37  too few daily\n    returns to say\n    anything\n',
    );
  });

  it('keeps one record a line when piped, without colours', () => {
    expect(formatTsv(columns, rows)).toBe('name\tn\na b c\t5\nlonger\t12\n');
  });
});

import { describe, expect, test } from 'vitest';
import type { TrialItem } from '../../storage/readers/trial-item.ts';
import { paramValue } from '../param-values.ts';
import { type CellNumber, durationColumn, fractionColumn, numberColumn } from './columns.ts';
import { exactParams, formatDuration, formatNumber, formatParams, formatPercent } from './format.ts';
import { formatCsv, formatTsv } from './records.ts';
import { type Column, fitTable, formatTable } from './table.ts';
import { trialColumns, trialCsvColumns } from './trial-columns.ts';

describe('numbers in tables', () => {
  test('keeps four digits, and says what is not a number', () => {
    expect(
      [0, 42, 0.31, 0.123456, 1.5e-5, 12345678.9, Number.NaN, Number.NEGATIVE_INFINITY, null].map((value) => formatNumber(value)),
    ).toEqual(['0', '42', '0.31', '0.1235', '1.500e-5', '1.235e+7', 'NaN', '-Infinity', '-']);
    expect(formatPercent(0.01234)).toBe('1.23 %');
  });

  test('prints durations in the unit a person would choose', () => {
    expect([850, 12_340, 245_000, 12_000_000, Number.POSITIVE_INFINITY].map(formatDuration)).toEqual([
      '850 ms',
      '12.3 s',
      '4 min 05 s',
      '3 h 20 min',
      '-',
    ]);
  });

  test('puts parameters on one line', () => {
    expect(formatParams({ lr: 0.00031, opt: 'adam', on: true })).toBe('lr=3.100e-4 opt=adam on=true');
  });

  test('a text that could be read as something else is quoted, and -p reads back what pipes get', () => {
    const params = { a: 1, b: '1', c: 'true', d: true, e: null, f: 'null', g: 'x and y', h: 'say "no"', i: '', lr: 0.1 + 0.2 };
    expect(formatParams(params)).toBe('a=1 b="1" c="true" d=true e=null f="null" g="x and y" h="say \\"no\\"" i="" lr=0.3');
    expect(exactParams(params)).toContain('lr=0.30000000000000004');
    const readBack = Object.entries(params).reduce((all, [name, value]) => paramValue(exactParams({ [name]: value }), all), {});
    expect(readBack).toEqual(params);
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

  test('aligns by what is seen, not by colour codes', () => {
    expect(formatTable(columns, [rows[1]!, { name: 'x', n: 1 }])).toBe('name     n\n\u001b[32mlonger\u001b[39m  12\nx        1\n');
  });

  test('cuts the widest text where a line would not fit, and never a number', () => {
    const wide = { name: 'a rather long text without any end', n: 1234 };
    expect(formatTable(columns, [wide], 24)).toBe('name                   n\na rather long tex…  1234\n');
    expect(formatTable(columns, [wide], 5)).toContain('1234');
  });

  test('wraps a text that should be read whole', () => {
    const wrapping = [
      { title: 'n', cell: (text: string) => String(text.length) },
      { title: 'why', cell: (text: string) => text, wrap: true as const },
    ];
    expect(formatTable(wrapping, ['too few daily returns to say anything'], 22)).toBe(
      'n   why\n37  too few daily\n    returns to say\n    anything\n',
    );
  });

  test('keeps one record a line when piped, without colours', () => {
    expect(formatTsv(columns, rows)).toBe('name\tn\na b c\t5\nlonger\t12\n');
  });

  test('columns that can be spared are dropped before a name is cut, and named', () => {
    const spared = [
      { title: 'study', cell: () => 'a-study-with-a-long-name' },
      { title: 'best', cell: () => '0.123', align: 'right' as const },
      { title: 'updated', cell: () => '2026-01-31 12:00', expendable: 2 },
      { title: 'ETA', cell: () => '12 s', align: 'right' as const, expendable: 1 },
    ];
    expect(fitTable(spared, [null], 100).dropped).toEqual([]);
    const fitted = fitTable(spared, [null], 40);
    expect(fitted.dropped).toEqual(['updated']);
    expect(fitted.text).toContain('a-study-with-a-long-name');
    expect(fitTable(spared, [null], 31).dropped).toEqual(['updated', 'ETA']);
    for (const width of [100, 60, 40, 31, 25])
      for (const line of fitTable(spared, [null], width).text.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
  });

  test('a word that is longer than its column is broken', () => {
    const wrapping = [
      { title: 'n', cell: () => '1' },
      { title: 'why', cell: () => 'x'.repeat(40), wrap: true as const },
    ];
    for (const line of formatTable(wrapping, [null], 22).split('\n')) expect(line.length).toBeLessThanOrEqual(22);
  });
});

describe('records for machines', () => {
  interface Row {
    readonly ms: number | null;
    readonly number: CellNumber;
    readonly text: string;
  }
  const columns: readonly Column<Row>[] = [
    { title: 'text', cell: ({ text }) => text },
    numberColumn('number', ({ number }) => number),
    fractionColumn('share', ({ number }) => number),
    durationColumn('took', ({ ms }) => ms),
  ];
  const rows: readonly Row[] = [
    { text: 'a, "b"\r\nc', number: 123456789, ms: 1234.5 },
    { text: 'd', number: 0.1 + 0.2, ms: null },
    { text: '', number: 'Infinity', ms: 0 },
    { text: 'e', number: null, ms: 61_000 },
  ];

  test('have every digit; what is infinite is not what is missing', () => {
    expect(formatTsv(columns, rows)).toBe(
      'text\tnumber\tshare\ttookMs\na, "b" c\t123456789\t123456789\t1234.5\nd\t0.30000000000000004\t0.30000000000000004\t-\n\tInfinity\tInfinity\t0\ne\t-\t-\t61000\n',
    );
    expect(formatTable(columns, rows.slice(1))).toContain('Infinity');
  });

  test('are quoted as RFC 4180 says', () => {
    expect(formatCsv(columns, rows)).toBe(
      'text,number,share,tookMs\r\n"a, ""b""\r\nc",123456789,123456789,1234.5\r\nd,0.30000000000000004,0.30000000000000004,\r\n,Infinity,Infinity,0\r\ne,,,61000\r\n',
    );
  });

  test('of trials have a column for each parameter and metric', () => {
    const trial = (change: Partial<TrialItem>): TrialItem => ({
      address: 's#0',
      number: 0,
      revision: 1,
      state: 'complete',
      params: {},
      value: null,
      metrics: {},
      lastReport: null,
      startedAt: null,
      finishedAt: null,
      durationMs: null,
      attempt: 1,
      worker: null,
      ...change,
    });
    const trials = [
      trial({ value: 1, params: { lr: 1e-3, value: 'x' }, metrics: { sharpe: null, lr: 3 }, nonFinite: { 'metrics.sharpe': 'NaN' } }),
      trial({ state: 'failed', params: { lr: 2e-3 }, error: { code: 'c', message: 'boom\nat x' } }),
    ];
    const [header, first, ...second] = formatCsv(trialCsvColumns(trials), trials).split('\r\n');
    expect(header).toBe(
      'trial,number,state,value,feasible,lastStep,lastValue,startedAt,finishedAt,durationMs,attempt,worker,why,param:lr,param:value,sharpe,metric:lr',
    );
    expect(first).toBe('s#0,0,complete,1,,,,,,,1,,,0.001,x,NaN,3');
    expect(second.join('\r\n')).toBe('s#0,0,failed,,,,,,,,1,,"boom\nat x",0.002,,,\r\n');
    expect(formatTsv(trialColumns(trials), trials)).toContain('boom …');
  });
});

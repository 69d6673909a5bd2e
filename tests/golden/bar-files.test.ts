import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { barFields } from '../../src/market/bars.ts';
import { parseFieldRoles } from '../../src/market/formats/header.ts';
import { layoutOf } from '../../src/market/formats/layouts/index.ts';
import { type CsvImport, importCsv } from '../../src/market/store/import-csv.ts';
import { barsFromTable, loadDataset } from '../../src/market/store/read.ts';
import { hasSharedData, sharedDataFile, sharedDataNote } from '../fixtures/shared-data.ts';

/** Real files, the command that imports them, and what their text says by itself: where its numbers stand, and when a bar starts. */
interface Case {
  readonly files: readonly string[];
  readonly request: Omit<CsvImport, 'dataDir' | 'name' | 'sources'>;
  /** Epoch milliseconds at which the bar of a line starts. */
  readonly startOf: (fields: readonly string[]) => number;
  /** Position of the open; high, low, close and volume follow. */
  readonly open: number;
  readonly barMs: number;
}

const minute = 60_000;
const iso = (text: string, offset: string): number => Date.parse(`${text.replace(' ', 'T')}${offset}`);
/** New York in 2018 put the clock forward on 11 March. */
const newYork2018 = (date: string, time: string): number => iso(`${date} ${time}`, date < '2018-03-11' ? '-05:00' : '-04:00');
const y2019 = ['AAPL', 'MSFT', 'QQQ', 'SPY'].map((symbol) => `equities_1m/${symbol}_1m_2019-02-11_2019-02-15.csv.gz`);

const cases: readonly Case[] = [
  {
    files: ['NVDA', 'MSFT'].map((symbol) => `equities_1m/${symbol}_1m_2018-02-16_2018-04-20.csv.gz`),
    request: {},
    startOf: ([date, time]) => newYork2018(date!, time!),
    open: 2,
    barMs: minute,
  },
  ...y2019.map((file) => ({
    files: [file],
    request: { format: { stamp: 'end' }, rules: { gaps: 'allow' } } as const,
    startOf: ([time]: readonly string[]) => iso(time!, '-05:00') - minute,
    open: 1,
    barMs: minute,
  })),
  {
    files: ['futures_1m/NQ_1m_2023-11-19_2023-12-04.csv.gz'],
    request: { format: { layout: layoutOf('firstrate') }, calendar: 'globex-equity', rules: { gaps: 'allow' } },
    startOf: ([time]) => iso(time!, '-05:00'),
    open: 1,
    barMs: minute,
  },
  {
    files: ['futures_1m/NQ_1m_2026-05-24_2026-06-08.csv.gz'],
    request: { format: { layout: layoutOf('firstrate') }, calendar: 'globex-equity' },
    startOf: ([time]) => iso(time!, '-04:00'),
    open: 1,
    barMs: minute,
  },
  {
    files: ['futures_1m/FESX_1m_2006-01-02_2006-02-27.csv.gz'],
    request: {
      format: { fields: parseFieldRoles('date,time,open,high,low,close,volume,-'), zone: 'Europe/Berlin', stamp: 'end' },
      calendar: 'crypto',
      rules: { gaps: 'allow' },
    },
    startOf: ([date, time]) => iso(`${date} ${time}`, '+01:00') - minute,
    open: 2,
    barMs: minute,
  },
  {
    files: ['futures_1m/6EH4_1m_2024-01.csv.gz'],
    request: { format: { stamp: 'end' }, calendar: 'forex', rules: { gaps: 'allow' } },
    startOf: ([time]) => iso(time!, 'Z') - minute,
    open: 1,
    barMs: minute,
  },
  {
    files: ['futures_1m/NQ_5m_sample.csv.gz'],
    request: { calendar: 'globex-equity', rules: { gaps: 'allow' } },
    startOf: ([time]) => Number(time) * 1000,
    open: 1,
    barMs: 5 * minute,
  },
  {
    files: ['crypto_perp_1m/FILUSDT-1m-2023-*.csv.gz', 'crypto_perp_1m/NEARUSDT-1m-2023-*.csv.gz'],
    request: { calendar: 'crypto' },
    startOf: ([time]) => Number(time),
    open: 1,
    barMs: minute,
  },
];

/** The lines of a file, or of the three months of a pattern, as fields: nothing but splits. */
function linesOf(pattern: string): string[][] {
  const files = pattern.includes('*') ? ['08', '09', '10'].map((month) => pattern.replace('*', month)) : [pattern];
  return files.flatMap((file) =>
    gunzipSync(readFileSync(sharedDataFile(file)))
      .toString('latin1')
      .split('\n')
      .slice(1)
      .filter((line) => line !== '')
      .map((line) => line.split(',')),
  );
}

describe.skipIf(!hasSharedData)(`every real file of bars is stored as its text says${sharedDataNote}`, () => {
  let dataDir: string;
  beforeAll(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'assay-bar-files-'));
  });
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  test.each(cases.map((one) => [one.files.join(' and '), one] as const))('%s', async (_, { files, request, startOf, open, barMs }) => {
    const sources = files.map((file) => ({ file: sharedDataFile(file) }));
    const { manifest } = await importCsv({ ...request, dataDir, name: 'real', sources, replace: true });
    const { time, bars, calendar } = barsFromTable(loadDataset(dataDir, 'real'));
    expect(manifest.barMs).toBe(barMs);
    for (const [k, file] of files.entries()) {
      const rows = linesOf(file).toSorted((one, other) => startOf(one) - startOf(other));
      expect({ bars: manifest.rows, first: manifest.first, last: manifest.last }).toEqual({
        bars: rows.length,
        first: new Date(startOf(rows[0]!)).toISOString(),
        last: new Date(startOf(rows.at(-1)!)).toISOString(),
      });
      const wrong = rows.filter((fields, row) => {
        const isAuction = calendar.sessionAt(time[row]!) === null;
        const values = barFields.map((_field, i) => Number(fields[open + (isAuction && i < 4 ? 0 : i)]));
        return startOf(fields) !== time[row] || barFields.some((field, i) => bars[k]![field][row] !== values[i]);
      });
      expect(wrong).toEqual([]);
    }
  });
});

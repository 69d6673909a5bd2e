import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BarSeries } from '../../market/bars.ts';
import { globexEquity } from '../../market/calendars/globex-equity.ts';
import { importBars, strictRules } from '../../market/store/import-bars.ts';
import { streamOf } from '../../market/stream.ts';
import type { Io } from '../io.ts';
import { printDataset } from './dataset.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'assay-show-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** The first minutes of sessions, at one price. */
function minutes(symbol: string, price: number, dates: readonly string[], count = 30): BarSeries {
  const time = Float64Array.from(
    dates.flatMap((date) => Array.from({ length: count }, (_, k) => globexEquity.sessionOf(date)!.openMs + k * 60_000)),
  );
  const close = time.map((_, row) => price + (row % 3));
  return { symbol, time, open: close, high: close, low: close, close, volume: time.map(() => 5) };
}

test('a data set says its calendar, length, columns, instrument, rolls, what was left out and which sessions are short', () => {
  const early = minutes('NQZ3', 16_000, ['2023-12-07', '2023-12-08']);
  const late = minutes('NQH4', 16_200, ['2023-12-08', '2023-12-12']);
  const outside = late.time.map((t, row) => (row === 59 ? globexEquity.sessionOf('2023-12-12')!.closeMs + 60_000 : t));
  const source = (series: BarSeries) => ({ stream: streamOf(series, { ofi: series.close }), file: `${series.symbol}.csv` });
  const { manifest } = importBars({
    dataDir,
    name: 'nq',
    sources: [source(early), source({ ...late, time: outside })],
    calendar: 'globex-equity',
    roll: { kind: 'volume' },
    rules: { ...strictRules, outside: 'drop' },
    origin: { kind: 'import', reader: 'test', sources: [], options: {} },
  });
  let said = '';
  const sink = (write: (text: string) => void) => ({ write, isTerminal: false, width: () => 200 });
  const io = { out: sink(() => undefined), err: sink((text) => (said += text)) } as unknown as Io;
  printDataset(io, {}, manifest);
  for (const [isTerminal, options] of [
    [false, {}],
    [true, { csv: true }],
  ] as const) {
    let table = '';
    printDataset(
      { err: io.err, out: { write: (text: string) => (table += text), isTerminal, width: () => 200 } } as unknown as Io,
      options,
      manifest,
    );
    const [titles, values, ...rest] = table
      .trim()
      .split(/\r?\n/)
      .map((line) => line.split(/[\t,]/));
    expect(rest).toEqual([]);
    expect(titles).toEqual(expect.arrayContaining(['symbol', 'bars', 'gaps', 'name', 'origin', 'hash']));
    expect([values![titles!.indexOf('origin')], values![titles!.indexOf('hash')]]).toEqual(['test', manifest.hash]);
  }
  said = '';
  printDataset(io, {}, manifest);
  expect(said.trim().split('\n')).toEqual([
    "bars of 1m; calendar globex-equity, version 1 (dated table of CME Group's holidays 2016-2026)",
    'NQ: columns ofi',
    'NQ: NQ, contracts of 20 USD a point, tick 0.25; fee a side not given, initial margin not given, maintenance not given (CME Group contract specifications of equity index futures, read in 2026)',
    'NQ: contracts NQZ3, NQH4, rolled by volume',
    'NQ: from NQZ3 to NQH4 at the open of 2023-12-12',
    expect.stringMatching(/^NQ: 1 of \d+ bars left out: they lie outside the session \(the first: 2023-12-12T22:01:00.000Z\)$/),
    expect.stringMatching(/^NQ: \d sessions have fewer bars than their length: 2023-12-07 \(30 of 1380\), /),
    expect.stringMatching(/^NQ: \d sessions of the calendar have no bar: 2023-12-11/),
  ]);
});

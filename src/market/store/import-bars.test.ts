import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sha256 } from '../../core/json.ts';
import { createRng } from '../../core/rng.ts';
import { decisionsOf } from '../../trading/env/market.ts';
import type { BarSeries, NamedColumns } from '../bars.ts';
import type { SessionCalendar } from '../calendars/calendar.ts';
import { globexEquity } from '../calendars/globex-equity.ts';
import type { CalendarId } from '../calendars/index.ts';
import { usEquities } from '../calendars/us-equities.ts';
import { knownInstrument } from '../instruments.ts';
import { filterBlock, streamOf } from '../stream.ts';
import { type BarSource, type ImportRules, importBars, strictRules } from './import-bars.ts';

import { barsFromTable, loadDataset, readManifest } from './read.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'assay-import-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const minute = 60_000;
const days = ['2024-01-02', '2024-01-03', '2024-01-04'];

/** Random bars of whole sessions, or of their first so many bars. */
function series(
  symbol: string,
  dates: readonly string[],
  { calendar = usEquities as SessionCalendar, barMs = minute, bars = 60, scale = 1 } = {},
): BarSeries {
  const rng = createRng(symbol);
  const time = Float64Array.from(
    dates.flatMap((date) => Array.from({ length: bars }, (_, k) => calendar.sessionOf(date)!.openMs + k * barMs)),
  );
  let price = 100 * scale;
  const close = time.map(() => (price *= Math.exp(0.001 * rng.normal())));
  return { symbol, time, open: close, high: close, low: close, close, volume: time.map(() => 100) };
}

const source = (bars: BarSeries, extra: NamedColumns = {}, more: Partial<BarSource> = {}): BarSource => ({
  stream: streamOf(bars, extra),
  file: `${bars.symbol}.csv`,
  ...more,
});

const importing = (
  sources: readonly BarSource[],
  { calendar = 'us-equities' as CalendarId, rules = {} as Partial<ImportRules>, name = 'x', barMs = undefined as number | undefined } = {},
) =>
  importBars({
    dataDir,
    name,
    sources,
    calendar,
    ...(barMs !== undefined && { barMs }),
    rules: { ...strictRules, ...rules },
    origin: { kind: 'import', reader: 'test', sources: [], options: {} },
  });

const barsOf = (name = 'x') => barsFromTable(loadDataset(dataDir, name));

describe('what makes a result wrong is refused unless it is allowed', () => {
  test('a session that one symbol lacks', () => {
    const sources = [source(series('A', days)), source(series('B', [days[0]!, days[2]!]))];
    expect(() => importing(sources)).toThrow(/1 sessions are missing in one symbol .* B on 2024-01-03/);
    const { manifest } = importing(sources, { rules: { missing: 'allow' } });
    expect(manifest).toMatchObject({
      sessions: 2,
      leftOut: [
        { symbol: 'A', alone: 60 },
        { symbol: 'B', alone: 0, missingSessions: ['2024-01-03'] },
      ],
    });
    expect(manifest.quality[1]).toMatchObject({ absentSessions: { count: 1, first: ['2024-01-03'] }, shortSessions: { count: 2 } });
  });

  test('sessions before the first or after the last of another symbol are counted only', () => {
    const { manifest } = importing([source(series('A', days)), source(series('B', days.slice(1)))]);
    expect(manifest).toMatchObject({ sessions: 2, leftOut: [{ alone: 60, missingSessions: [] }, { alone: 0 }] });
  });

  test('a declared length that is longer than the bars: the length that they have is named', () => {
    expect(() => importing([source(series('A', days))], { barMs: 5 * minute })).toThrow('the file has bars of 1m, not of 5m');
  });

  test('a declared length that is shorter than the bars, even with gaps allowed', () => {
    const five = [source(series('A', days, { barMs: 5 * minute }))];
    for (const gaps of ['refuse', 'allow'] as const)
      expect(() => importing(five, { barMs: minute, rules: { gaps } })).toThrow(/bars of 5m, not of 1m/);
    const all = series('A', days, { bars: 240 });
    const sparse = filterBlock({ ...all, extra: {} }, (row) => row % 5 === 0 || row === 7);
    const { manifest } = importing([source({ ...sparse, symbol: 'A' })], { barMs: minute, rules: { gaps: 'allow' } });
    expect(manifest).toMatchObject({ rows: 145, barMs: minute });
  });

  test('bars outside the sessions, on a holiday too', () => {
    const bars = series('A', days);
    const holiday = { ...bars, time: bars.time.map((t) => t + 13 * 86_400_000) }; // Monday, 2024-01-15: Martin Luther King
    expect(() => importing([source(holiday)])).toThrow(/60 bars lie outside the us-equities sessions \(the first: 2024-01-15T14:30/);
    expect(importing([source(holiday)], { rules: { outside: 'drop' } }).manifest).toMatchObject({ rows: 120, leftOut: [{ outside: 60 }] });
  });

  test('bars beside the grid, gaps, duplicates, disorder, and two lengths', () => {
    const bars = series('A', days);
    const moved = (change: (t: number, row: number) => number) => source({ ...bars, time: bars.time.map(change) });
    expect(() => importing([moved((t, row) => t + (row % 7 === 3 ? 1 : 0))])).toThrow(/bars do not start on the grid of 1m/);
    expect(() => importing([moved((t, row) => t + (row % 60 > 30 ? minute : 0))])).toThrow(
      /3 bars of 1m are missing inside sessions, in 3 places/,
    );
    expect(() => importing([moved((t, row) => (row === 5 ? t - minute : t))])).toThrow(/1 bars have the time of the bar before/);
    expect(() => importing([moved((t, row) => (row === 5 ? t - 2 * minute : t))], { rules: { gaps: 'allow' } })).toThrow(
      /earlier than the bar before/,
    );
    expect(() => importing([source(bars), source(series('B', days, { barMs: 5 * minute }))])).toThrow(/bars of 1m \(A\) and of 5m \(B\)/);
  });

  test('prices in integers of 1e-9, which no rule of size sees', () => {
    const bars = series('EURUSD', days, { scale: 1.1e7 });
    const rounded = bars.close.map((x) => Math.round(x / 10_000) * 10_000);
    const fixed = source({ ...bars, open: rounded, high: rounded, low: rounded, close: rounded });
    expect(() => importing([fixed])).toThrow(/look like integers of 1e-9/);
    expect(importing([fixed], { rules: { jumps: 'allow' } }).outcome).toBe('created');
  });

  test('a volume of 0 throughout, unless the source has none', () => {
    const bars = series('EURUSD', days);
    const without = source({ ...bars, volume: bars.volume.map(() => 0) });
    expect(() => importing([without])).toThrow(/the volume is 0 in every bar/);
    expect(importing([without], { rules: { volume: 'none' } }).outcome).toBe('created');
  });

  test('stamps that are a bar off', () => {
    const a = series('A', days);
    const b = { ...a, symbol: 'B', time: a.time.map((t) => t + minute), close: a.close.map((x, row) => x * (1 + 1e-6 * (row % 3))) };
    const late = { ...b, open: b.close, high: b.close, low: b.close };
    expect(() => importing([source(a), source(late)])).toThrow(/correlate more one bar apart than at once/);
    expect(importing([source(a), source(late)], { rules: { lag: 'allow' } }).manifest.rows).toBe(177);
  });
});

test('a change of price between sessions like a split is reported, not adjusted', () => {
  const bars = series('A', days);
  const split = bars.close.map((x, row) => (row < 120 ? x : x / 4));
  const { manifest } = importing([source({ ...bars, open: split, high: split, low: split, close: split })]);
  expect(manifest.quality[0]!.splits).toMatchObject([{ date: '2024-01-04', ratio: 4, after: split[120] }]);
  expect(barsOf().bars[0]!.close).toEqual(split);
});

describe('a data set carries what its bars mean', () => {
  test('columns, instruments and contracts come back as they went in', () => {
    const bars = series('NQ', ['2024-03-08', '2024-03-11'], { calendar: globexEquity });
    const columns = {
      ofi: bars.close.map((_, row) => row),
      contract: bars.close.map((_, row) => (row < 60 ? 0 : 1)),
      previousOpen: bars.close.map((_, row) => (row === 60 ? 99 : Number.NaN)),
    };
    const instrument = knownInstrument('NQ', { feePerSide: 2.25 });
    const contracts = { names: ['NQH4', 'NQM4'], rule: 'calendar:4', rolls: [{ date: '2024-03-11', from: 'NQH4', to: 'NQM4' }] };
    const { manifest } = importing([source(bars, columns, { instrument, contracts })], { calendar: 'globex-equity' });
    expect(readManifest(dataDir, 'x')).toEqual(manifest);
    const read = barsOf();
    expect(read).toMatchObject({ barMs: minute, closingAuction: false, instruments: [instrument] });
    expect(read.calendar).toBe(globexEquity);
    expect(read.columns).toEqual([{ ofi: columns.ofi }]);
    expect(read.contracts).toEqual([{ names: contracts.names, index: columns.contract, previousOpen: columns.previousOpen }]);
  });

  test('files of contracts become one future, with the facts of its product', () => {
    const part = (symbol: string, dates: readonly string[]) => source(series(symbol, dates, { calendar: globexEquity }));
    const sources = [part('NQZ3', ['2023-12-08', '2023-12-11']), part('NQH4', ['2023-12-08', '2023-12-11', '2023-12-12'])];
    const request = {
      dataDir,
      name: 'x',
      sources,
      calendar: 'globex-equity',
      rules: strictRules,
      roll: { kind: 'calendar', sessions: 4 },
    } as const;
    const { manifest } = importBars({ ...request, origin: { kind: 'import', reader: 'test', sources: [], options: {} } });
    expect(manifest).toMatchObject({
      symbols: ['NQ'],
      rows: 180,
      instruments: [{ root: 'NQ', multiplier: 20, feePerSide: null }],
      contracts: [{ names: ['NQZ3', 'NQH4'], rule: 'calendar:4', rolls: [{ date: '2023-12-11' }] }],
    });
    expect(() =>
      importBars({
        ...request,
        name: 'y',
        sources: [source(series('NQ', ['2023-12-08'], { calendar: globexEquity }))],
        origin: manifest.origin,
      }),
    ).toThrow(/no symbol is a contract/);
  });

  test('the share ES is no future', () => {
    importing([source(series('ES', days))]);
    expect(barsOf().instruments).toEqual([null]);
  });

  test('its hash changes with the calendar and the instrument, not with what was left out or where it came from', () => {
    const bars = series('A', days);
    const hash = (sources: BarSource[], calendar: CalendarId, name: string) => importing(sources, { calendar, name }).manifest.hash;
    const plain = hash([source(bars)], 'us-equities', 'a');
    expect(hash([source(bars)], 'crypto', 'b')).not.toBe(plain);
    expect(hash([source(bars, {}, { instrument: knownInstrument('NQ') })], 'us-equities', 'c')).not.toBe(plain);
    expect(hash([source(bars, {}, { file: 'other.csv' })], 'us-equities', 'd')).toBe(plain);
  });

  test('bars that were cut by another version of their calendar are not opened', () => {
    importing([source(series('A', days))]);
    const table = loadDataset(dataDir, 'x');
    const meta = { ...(table.meta as object), calendar: { id: 'us-equities', version: 99, source: '' } };
    expect(() => barsFromTable({ ...table, meta })).toThrow(
      expect.objectContaining({
        code: 'data_invalid',
        message: expect.stringContaining('version 99'),
        hint: expect.stringContaining('--replace'),
      }),
    );
  });

  test('bars of five minutes and of a day are that everywhere', () => {
    importing([source(series('A', days, { barMs: 5 * minute, bars: 78 }))]);
    const five = barsOf();
    const { closesSession } = decisionsOf({ bars: five, firstRow: 0 }, { from: 0, to: 3 });
    expect([five.barMs, five.time.length, closesSession.reduce((sum, x) => sum + x, 0)]).toEqual([5 * minute, 234, 3]);
    const daily = series('A', ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05', '2024-01-08'], { bars: 1 });
    const midnight = { ...daily, time: daily.time.map((t) => t - 9.5 * 3_600_000) };
    expect(importing([source(midnight)], { name: 'd' }).manifest).toMatchObject({
      barMs: 86_400_000,
      rows: 5,
      sessions: 5,
      leftOut: [{ outside: 0 }],
    });
  });

  test('without a calendar, breaks of an hour end sessions, and nothing can be trained', () => {
    const bars = series('FESX', ['2024-03-08', '2024-03-11', '2024-03-12'], { calendar: globexEquity, bars: 200 });
    importing([source(bars)], { calendar: 'from-data' });
    const read = barsOf();
    expect([read.calendar.id, read.calendar.knowsClose, read.session.at(-1)]).toEqual(['from-data', false, 2]);
    expect(read.calendar.sessionAt(bars.time[250]!)).toMatchObject({ openMs: bars.time[200], closeMs: bars.time[399]! + minute });
    expect(() => decisionsOf({ bars: read, firstRow: 0 }, { from: 0, to: 3 })).toThrow(expect.objectContaining({ code: 'config_invalid' }));
  });
});

test('a data set of format 1 opens with regular hours, and the same bars are the same content', () => {
  const bars = series('A', ['2024-01-12', '2024-01-15'], {
    bars: 390,
    calendar: { ...usEquities, sessionOf: (date) => ({ date, openMs: Date.parse(`${date}T14:30Z`), closeMs: 0 }) },
  });
  const session = bars.time.map((_, row) => (row < 390 ? 0 : 1));
  const columns = {
    time: bars.time,
    session,
    'A.open': bars.open,
    'A.high': bars.high,
    'A.low': bars.low,
    'A.close': bars.close,
    'A.volume': bars.volume,
  };
  const bytes = Buffer.concat(Object.values(columns).map((column) => Buffer.from(column.buffer)));
  const quality = { symbol: 'A', rows: 780, sessions: 2, first: null, last: null, barsPerSession: { min: 390, max: 390, expected: 390 } };
  const counts = {
    gaps: { count: 0, missingBars: 0, longestBars: 0 },
    duplicates: 0,
    outOfOrder: 0,
    outsideSession: 0,
    badOhlc: 0,
    zeroVolume: 0,
    badVolume: 0,
  };
  const manifest = {
    format: 1,
    name: 'old',
    symbols: ['A'],
    rows: 780,
    columns: Object.keys(columns),
    barMs: minute,
    calendar: 'us-equities',
    sessions: 2,
    first: new Date(bars.time[0]!).toISOString(),
    last: new Date(bars.time.at(-1)!).toISOString(),
    origin: { kind: 'synthetic', generator: 'g', preset: 'p', seed: 1, parameters: {} },
    hash: sha256(bytes),
    quality: [{ ...quality, ...counts }],
  };
  const folder = join(dataDir, 'datasets', 'old');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'columns.f64'), bytes);
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));

  const read = barsOf('old');
  expect(read.bars[0]!.close).toEqual(bars.close);
  expect(read).toMatchObject({ closingAuction: false, columns: [{}], instruments: [null], contracts: [null] });
  // 2024-01-15 is a holiday, which sets of format 1 did not know.
  expect([...decisionsOf({ bars: read, firstRow: 0 }, { from: 0, to: 2 }).closesSession].flatMap((x, i) => (x === 1 ? [i] : []))).toEqual([
    388, 777,
  ]);
  expect(read.calendar.id).toBe('us-hours');
});

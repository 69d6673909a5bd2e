import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dbnBytes, layoutNamed, randomRecord } from '../../../tests/fixtures/dbn.ts';
import { createRng } from '../../core/rng.ts';
import type { AlignedBars } from '../bars.ts';
import type { DbnHeader } from '../dbn/header.ts';
import type { DbnRecord } from '../dbn/record.ts';
import { type DbnImport, importDbn } from './import-dbn.ts';
import { datasetsFolder } from './layout.ts';
import type { Manifest } from './manifest.ts';
import { barsFromTable, loadDataset } from './read.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'assay-dbn-'));
});
afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

const [mbp1, trade, ohlcv, definition] = ['mbp-1', 'trade', 'ohlcv', 'definition'].map((name) => layoutNamed(name)) as [
  Layout,
  Layout,
  Layout,
  Layout,
];
type Layout = ReturnType<typeof layoutNamed>;
const unit = 1_000_000_000n;
const openMs = Date.parse('2024-01-02T23:00Z');
const ns = (ms: number): bigint => BigInt(ms) * 1_000_000n;

function write(name: string, header: Partial<DbnHeader>, records: readonly (readonly [Layout, DbnRecord])[]): string {
  const path = join(dataDir, name);
  writeFileSync(path, dbnBytes({ start: ns(openMs), end: ns(openMs + 3_600_000), ...header }, records));
  return path;
}

async function load(
  files: readonly string[],
  more: Partial<DbnImport> = {},
): Promise<{ readonly bars: AlignedBars; readonly manifest: Manifest }> {
  const { manifest } = await importDbn({ dataDir, name: 'x', files, ...more });
  return { bars: barsFromTable(loadDataset(dataDir, 'x')), manifest };
}

const rng = createRng('import');
const base = { publisher_id: 1, instrument_id: 17077, flags: 0, ts_recv: 0n };

/** A trade a number of seconds after the open. */
function traded(seconds: number, price: number, size: number, more: DbnRecord = {}): readonly [Layout, DbnRecord] {
  return [
    trade,
    randomRecord(trade, rng, {
      ...base,
      action: 'T',
      side: 'B',
      price: BigInt(price) * unit,
      size,
      ts_recv: ns(openMs + 1000 * seconds),
      ...more,
    }),
  ];
}

/** A trade of a book of best prices, or its state. */
function quoted(seconds: number, more: DbnRecord): readonly [Layout, DbnRecord] {
  const levels = { bid_px_00: 100n * unit, ask_px_00: 101n * unit, bid_sz_00: 5, ask_sz_00: 7 };
  return [
    mbp1,
    randomRecord(mbp1, rng, {
      ...base,
      ...levels,
      action: 'A',
      side: 'N',
      flags: 128,
      price: 100n * unit,
      size: 2,
      ts_recv: ns(openMs + 1000 * seconds),
      ...more,
    }),
  ];
}

describe('trades', () => {
  test('become minute bars with volumes by side; a minute without one has no bar', async () => {
    const file = write('x.dbn', { schema: 'trades' }, [
      traded(0, 100, 2),
      traded(30, 102, 3, { side: 'A' }),
      traded(59, 101, 1, { side: 'N' }),
      traded(120, 99, 4),
    ]);
    const { bars, manifest } = await load([file]);
    expect(Array.from(bars.time, (time) => (time - openMs) / 60_000)).toEqual([0, 2]);
    expect(bars.symbols).toEqual(['ESH4']);
    expect(bars.bars[0]).toEqual({
      open: Float64Array.of(100, 99),
      high: Float64Array.of(102, 99),
      low: Float64Array.of(100, 99),
      close: Float64Array.of(101, 99),
      volume: Float64Array.of(6, 4),
    });
    expect(bars.columns[0]).toEqual({
      bought: Float64Array.of(2, 4),
      sold: Float64Array.of(3, 0),
      unsided: Float64Array.of(1, 0),
      trades: Float64Array.of(3, 1),
    });
    expect(manifest.origin).toMatchObject({
      kind: 'import',
      reader: 'dbn',
      sources: [{ symbol: 'ESH4', read: { records: 4, trades: 4, bars: 2 } }],
    });
    expect(readdirSync(datasetsFolder(dataDir))).toEqual(['x']);
  });

  test('of files one after the other are joined in the order of their times', async () => {
    const later = write('a.dbn', { schema: 'trades', start: ns(openMs + 3_600_000) }, [traded(3600, 101, 1)]);
    const first = write('b.dbn', { schema: 'trades' }, [traded(0, 100, 1)]);
    const { bars, manifest } = await load([later, first]);
    expect(Array.from(bars.bars[0]!.close)).toEqual([100, 101]);
    expect(manifest.origin).toMatchObject({ sources: [{ files: [{ file: 'b.dbn' }, { file: 'a.dbn' }] }] });
  });

  test('of a continuous symbol keep a session in the contract of its date', async () => {
    const mappings = [
      {
        symbol: 'ES.c.0',
        intervals: [
          { start: 20240101, end: 20240104, symbol: '1' },
          { start: 20240104, end: 20240201, symbol: '2' },
        ],
      },
    ];
    const day = 86_400;
    const file = write('x.dbn', { schema: 'trades', symbols: ['ES.c.0'], mappings, end: null }, [
      traded(0, 100, 1, { instrument_id: 1 }),
      traded(day, 101, 1, { instrument_id: 1 }), // the evening of the roll: the session is the new contract's
      traded(day + 3600, 201, 1, { instrument_id: 2 }),
    ]);
    const { bars, manifest } = await load([file], { symbols: ['ES'] });
    expect(Array.from(bars.bars[0]!.close)).toEqual([100, 201]);
    expect(bars.contracts[0]).toMatchObject({ names: ['1', '2'], index: Float64Array.of(0, 1) });
    expect(manifest).toMatchObject({ contracts: [{ rolls: [{ date: '2024-01-04', from: '1', to: '2' }] }] });
    expect(manifest.origin).toMatchObject({ sources: [{ read: { otherContract: 1 } }] });
  });
});

describe('books', () => {
  test('become a bar a minute from the first trade on; minutes without a trade or a book are counted', async () => {
    const crossed = { bid_px_00: 101n * unit };
    const file = write('x.dbn', { schema: 'mbp-1', end: ns(openMs + 270_000) }, [
      quoted(1, {}),
      quoted(61, { action: 'T', side: 'B', flags: 0 }),
      quoted(62, { bid_sz_00: 9 }),
      quoted(179.5, crossed),
      quoted(250, {}),
    ]);
    const { bars, manifest } = await load([file], { tick: 1 });
    expect(Array.from(bars.time, (time) => (time - openMs) / 60_000)).toEqual([1, 2, 4]);
    expect(Array.from(bars.bars[0]!.volume)).toEqual([2, 0, 0]);
    expect(Array.from(bars.bars[0]!.close)).toEqual([100, 100, 100]);
    expect(Object.keys(bars.columns[0]!)).toEqual([
      'ofi',
      'ofiSeconds',
      'spread',
      'microDev',
      'microDevMean',
      'bought',
      'sold',
      'unsided',
      'trades',
      'validNs',
    ]);
    expect(Array.from(bars.columns[0]!['ofi']!)).toEqual([4, 0, 0]);
    expect(Array.from(bars.columns[0]!['validNs']!)).toEqual([60e9, 59.5e9, 20e9]);
    expect(manifest.origin).toMatchObject({ sources: [{ read: { filled: 2, beforeFirstTrade: 1, withoutBook: 1 } }] });
  });

  test('become a bar a second of the mid with the levels as columns, where that is asked for', async () => {
    const file = write('x.dbn', { schema: 'mbp-1', end: ns(openMs + 4000) }, [
      quoted(0.5, {}),
      quoted(2, { bid_px_00: 98n * unit, action: 'T', side: 'A' }),
      quoted(3.5, { ask_px_00: 102n * unit }),
    ]);
    const { bars } = await load([file], { tick: 1, as: 'snapshots' });
    expect(bars.barMs).toBe(1000);
    expect(Array.from(bars.bars[0]!.close)).toEqual([100.5, 100.5, 99.5, 101]);
    expect(Array.from(bars.bars[0]!.open)).toEqual([100.5, 100.5, 100.5, 99.5]);
    expect(Array.from(bars.bars[0]!.volume)).toEqual([0, 0, 2, 0]);
    expect(Object.keys(bars.columns[0]!)).toEqual([
      'bid1',
      'bidSize1',
      'ask1',
      'askSize1',
      'ofiSeconds',
      'bought',
      'sold',
      'unsided',
      'trades',
    ]);
    expect(Array.from(bars.columns[0]!['ofiSeconds']!)).toEqual([0, 0, -5, 5 + 7]);
  });

  test('need a tick, which a file of definitions says, or the table of known products', async () => {
    const file = write('x.dbn', { schema: 'mbp-1' }, [quoted(1, { action: 'T' })]);
    const other = write('y.dbn', { schema: 'mbp-1', symbols: ['CLH4'], mappings: [] }, [quoted(1, { action: 'T' })]);
    await expect(load([other], { calendar: 'crypto' })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('tick of 17077 (17077)'),
    });
    const more = {
      instrument_id: 17077,
      min_price_increment: unit / 4n,
      unit_of_measure_qty: 50n * unit,
      instrument_class: 'F',
      asset: 'ES',
      currency: 'USD',
      expiration: ns(Date.parse('2024-03-15T13:30Z')),
      ts_recv: ns(openMs),
    };
    const definitions = write('d.dbn', { schema: 'definition' }, [[definition, randomRecord(definition, rng, more)]]);
    const { bars } = await load([file], { definitions });
    expect(bars.instruments[0]).toMatchObject({
      symbol: 'ESH4',
      root: 'ES',
      tick: 0.25,
      multiplier: 50,
      currency: 'USD',
      feePerSide: null,
      validFrom: '2024-01-02',
      expiration: '2024-03-15T13:30:00.000Z',
    });
    expect(Array.from(bars.columns[0]!['spread']!)).toEqual([4]);
    expect(Array.from((await load([file], { replace: true })).bars.columns[0]!['spread']!)).toEqual([4]);
  });
});

test('bars are taken as they are, those of a second as minutes, and symbols that were not chosen left out', async () => {
  const bar = (seconds: number, id: number, prices: readonly number[], volume: number): readonly [Layout, DbnRecord] => {
    const [open, high, low, close] = prices.map((price) => BigInt(price) * unit);
    return [
      ohlcv,
      {
        rtype: 0x20,
        publisher_id: 1,
        instrument_id: id,
        ts_event: ns(openMs + 1000 * seconds),
        open: open!,
        high: high!,
        low: low!,
        close: close!,
        volume: BigInt(volume),
      },
    ];
  };
  const mappings = ['ESH4', 'NQH4'].map((symbol, i) => ({
    symbol,
    intervals: [{ start: 20240101, end: 20240201, symbol: String(i + 1) }],
  }));
  const file = write('x.dbn', { schema: 'ohlcv-1s', symbols: ['ESH4', 'NQH4'], mappings }, [
    bar(0, 1, [10, 12, 9, 11], 3),
    bar(0, 2, [20, 20, 20, 20], 1),
    bar(59, 1, [11, 15, 11, 14], 4),
    bar(60, 1, [14, 14, 13, 13], 1),
  ]);
  const { bars } = await load([file], { only: ['ESH4'] });
  expect(bars.bars[0]).toEqual({
    open: Float64Array.of(10, 14),
    high: Float64Array.of(15, 14),
    low: Float64Array.of(9, 13),
    close: Float64Array.of(14, 13),
    volume: Float64Array.of(7, 1),
  });
});

test('what cannot become bars is refused, and nothing is left behind', async () => {
  const trades = write('t.dbn', { schema: 'trades' }, [traded(0, 100, 1)]);
  const status = write('s.dbn', { schema: 'status' }, []);
  const empty = write('e.dbn', { schema: 'trades' }, []);
  const mixed = write('m.dbn', { schema: null }, [traded(0, 100, 1), quoted(1, {})]);
  const unknown = write('u.dbn', { schema: 'trades', dataset: 'IFEU.IMPACT' }, [traded(0, 100, 1)]);
  const cases: readonly (readonly [readonly string[], Partial<DbnImport>, RegExp])[] = [
    [[], {}, /no file to import/],
    [[trades, status], {}, /status does not go with/],
    [[status], {}, /bars cannot be made of status/],
    [[empty], {}, /no bar of any instrument/],
    [[mixed], {}, /mixes several schemas/],
    [[unknown], {}, /trading hours of ESH4 on IFEU.IMPACT are not known/],
    [[trades], { only: ['NQH4'] }, /no bar of NQH4/],
    [[trades], { symbols: ['A', 'B'] }, /1 symbols \(ESH4\), but 2 names/],
    [[trades], { definitions: trades }, /holds no definitions/],
  ];
  for (const [files, more, message] of cases) await expect(load(files, more)).rejects.toThrow(message);
  expect(readdirSync(datasetsFolder(dataDir))).toEqual([]);
  expect((await load([mixed], { schema: 'trades' })).bars.time).toHaveLength(1);
  expect((await load([unknown], { calendar: 'globex-equity', replace: true })).bars.time).toHaveLength(1);
});

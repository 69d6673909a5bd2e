import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dbnBytes, layoutNamed, randomRecord } from '../../../tests/fixtures/dbn.ts';
import { hasSharedData, sharedDataFile, sharedDataNote } from '../../../tests/fixtures/shared-data.ts';
import { createRng } from '../../core/rng.ts';
import type { DbnHeader } from '../dbn/header.ts';
import type { DbnRecord } from '../dbn/record.ts';
import { type DbnImport, importDbn } from './import-dbn.ts';
import { barsFromTable, loadDataset } from './read.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'assay-quotes-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const unit = 1_000_000_000n;
const undefinedPrice = 2n ** 63n - 1n;
const openMs = Date.parse('2024-01-02T23:00Z');
const ns = (ms: number): bigint => BigInt(ms) * 1_000_000n;
const rng = createRng('quotes');
type Layout = ReturnType<typeof layoutNamed>;
const [bbo, cbbo, mbp1] = [layoutNamed('bbo'), layoutNamed('cbbo'), layoutNamed('mbp-1')];
const rtypes: Readonly<Record<string, number>> = { 'bbo-1s': 0xc3, 'bbo-1m': 0xc4, 'cbbo-1s': 0xc0, 'cbbo-1m': 0xc1 };

interface Quote {
  /** Seconds after the open at which the interval ends. */
  readonly end: number;
  readonly bid: number;
  readonly ask: number;
  readonly more?: DbnRecord;
}

/** A record of the quotes at the end of an interval, of 4 contracts at the bid and 2 at the ask. */
function quote(schema: string, { end, bid, ask, more = {} }: Quote): readonly [Layout, DbnRecord] {
  const layout = schema.startsWith('c') ? cbbo : bbo;
  const price = (value: number): bigint => (Number.isNaN(value) ? undefinedPrice : BigInt(Math.round(value * 4)) * (unit / 4n));
  return [
    layout,
    randomRecord(layout, rng, {
      ...{ rtype: rtypes[schema]!, publisher_id: 1, instrument_id: 17077, flags: 128, ts_recv: ns(openMs + 1000 * end) },
      ...{ price: price(bid), size: 3, bid_px_00: price(bid), ask_px_00: price(ask), bid_sz_00: 4, ask_sz_00: 2 },
      ...more,
    }),
  ];
}

function write(
  schema: string,
  records: readonly (readonly [Layout, DbnRecord])[],
  header: Partial<DbnHeader> = {},
  name = 'x.dbn',
): string {
  const path = join(dataDir, name);
  writeFileSync(path, dbnBytes({ schema: schema as 'bbo-1s', start: ns(openMs), end: ns(openMs + 300_000), ...header }, records));
  return path;
}

async function load(files: readonly string[], more: Partial<DbnImport> = {}) {
  const { manifest } = await importDbn({ dataDir, name: 'x', files, ...more });
  const bars = barsFromTable(loadDataset(dataDir, 'x'));
  const origin = manifest.origin as { readonly sources: readonly { readonly read: Readonly<Record<string, unknown>> }[] };
  return { bars, read: origin.sources[0]!.read, starts: Array.from(bars.time, (time) => (time - openMs) / 1000) };
}

describe('quotes at the ends of intervals', () => {
  test.each(['bbo-1s', 'cbbo-1s'])('%s become a bar a second, of the mid, with quotes, flow and the last trade', async (schema) => {
    const file = write(
      schema,
      [
        quote(schema, { end: 1, bid: 100, ask: 101 }),
        quote(schema, { end: 2, bid: 100.5, ask: 101, more: { price: undefinedPrice } }),
        quote(schema, { end: 4, bid: 100, ask: 101 }),
      ],
      { end: ns(openMs + 5000) },
    );
    const { bars, starts } = await load([file]);
    // Second 2 has no record: nothing changed in it. Second 4 neither, and the file says everything until second 5.
    expect([bars.barMs, starts]).toEqual([1000, [0, 1, 2, 3, 4]]);
    const [{ open, close, volume }, columns] = [bars.bars[0]!, bars.columns[0]!];
    expect([...close]).toEqual([100.5, 100.75, 100.75, 100.5, 100.5]);
    expect([...open]).toEqual([100.5, 100.5, 100.75, 100.75, 100.5]);
    expect([...volume]).toEqual([0, 0, 0, 0, 0]);
    expect(Object.keys(columns)).toEqual(['bid1', 'bidSize1', 'ask1', 'askSize1', 'ofiSeconds', 'last', 'lastSize']);
    expect([...columns['bid1']!]).toEqual([100, 100.5, 100.5, 100, 100]);
    expect([...columns['askSize1']!]).toEqual([2, 2, 2, 2, 2]);
    // The bid rises: + 4; it falls back: - 4.
    expect([...columns['ofiSeconds']!]).toEqual([0, 4, 0, -4, 0]);
    expect([...columns['last']!]).toEqual([100, Number.NaN, Number.NaN, 100, 100]);
  });

  test.each(['bbo-1m', 'cbbo-1m'])('%s become a bar a minute, whose flow has a name of its own', async (schema) => {
    const file = write(schema, [quote(schema, { end: 60, bid: 100, ask: 101 }), quote(schema, { end: 180, bid: 101, ask: 102 })]);
    const { bars, starts } = await load([file]);
    expect([bars.barMs, starts]).toEqual([60_000, [0, 60, 120, 180, 240]]);
    expect([...bars.columns[0]!['ofiMinutes']!]).toEqual([0, 0, 6, 0, 0]); // the bid up: + 4; the ask up: + 2
    expect(bars.columns[0]!['ofiSeconds']).toBeUndefined();
  });

  test('without a bid below an ask have no bar, and no flow leads over them', async () => {
    const file = write(
      'cbbo-1s',
      [
        quote('cbbo-1s', { end: 1, bid: 100, ask: 101 }),
        quote('cbbo-1s', { end: 2, bid: 101, ask: 101 }),
        quote('cbbo-1s', { end: 3, bid: Number.NaN, ask: 101 }),
        quote('cbbo-1s', { end: 4, bid: 100, ask: 101, more: { flags: 128 + 4 } }),
        quote('cbbo-1s', { end: 5, bid: 99, ask: 100 }),
      ],
      { end: ns(openMs + 5000) },
    );
    const { bars, starts, read } = await load([file]);
    expect(starts).toEqual([0, 4]);
    expect([...bars.columns[0]!['ofiSeconds']!]).toEqual([0, 0]);
    expect(read).toMatchObject({ schema: 'cbbo-1s', records: 5, crossed: 2, doubtful: 1, bars: 2 });
  });

  test('count only within sessions, and end where a file was cut to a number of records', async () => {
    const records = [quote('bbo-1s', { end: 0, bid: 99, ask: 100 }), quote('bbo-1s', { end: 1, bid: 100, ask: 101 })];
    const { starts, read } = await load([write('bbo-1s', records, { limit: 2n })]);
    expect(starts).toEqual([0]);
    expect(read).toMatchObject({ outside: 1 });
  });

  test('are equal to the snapshots of the events they are made of', async () => {
    const random = createRng('events');
    let [bid, size] = [400, 5];
    const events: [Layout, DbnRecord][] = [];
    const quotes: Quote[] = [];
    for (let second = 0; second < 120; second++) {
      const n = random.int(4);
      for (let i = 0; i < n; i++) {
        bid += random.int(3) - 1;
        size = 1 + random.int(9);
        const prices = { bid_px_00: BigInt(bid) * (unit / 4n), ask_px_00: BigInt(bid + 1) * (unit / 4n), bid_sz_00: size, ask_sz_00: 3 };
        events.push([
          mbp1,
          randomRecord(mbp1, random, {
            ...{ publisher_id: 1, instrument_id: 17077, action: 'A', side: 'B', flags: 128, ...prices },
            ts_recv: ns(openMs + 1000 * second + 200 * i + 10),
          }),
        ]);
      }
      if (n > 0) quotes.push({ end: second + 1, bid: bid / 4, ask: (bid + 1) / 4, more: { bid_sz_00: size, ask_sz_00: 3 } });
    }
    const end = { end: ns(openMs + 120_000) };
    const ofQuotes = await load([
      write(
        'bbo-1s',
        quotes.map((one) => quote('bbo-1s', one)),
        end,
      ),
    ]);
    const { bars } = await load([write('mbp-1', events, end, 'y.dbn')], { as: 'snapshots', replace: true, rules: { volume: 'none' } });
    expect(ofQuotes.starts.length).toBeGreaterThan(110);
    expect(ofQuotes.bars.time).toEqual(bars.time);
    for (const name of ['bid1', 'bidSize1', 'ask1', 'askSize1', 'ofiSeconds'])
      expect(ofQuotes.bars.columns[0]![name], name).toEqual(bars.columns[0]![name]);
    for (const field of ['open', 'high', 'low', 'close'] as const) expect(ofQuotes.bars.bars[0]![field]).toEqual(bars.bars[0]![field]);
  });

  test('are refused with ends inside an interval, and of several venues', async () => {
    const inside = write('bbo-1m', [quote('bbo-1m', { end: 61, bid: 100, ask: 101 })]);
    await expect(load([inside])).rejects.toThrow(/no whole minute/);
    const two = [1, 2].map((publisher) => quote('bbo-1s', { end: publisher, bid: 100, ask: 101, more: { publisher_id: publisher } }));
    await expect(load([write('bbo-1s', two)])).rejects.toThrow(/several publishers/);
    const consolidated = [1, 2].map((publisher) =>
      quote('cbbo-1s', { end: publisher, bid: 100, ask: 101, more: { publisher_id: publisher } }),
    );
    expect((await load([write('cbbo-1s', consolidated)])).read).toMatchObject({ records: 2 });
  });
});

test.skipIf(!hasSharedData)(`real quotes have what their records say${sharedDataNote}`, async () => {
  const file = sharedDataFile('dbn/databento-python/GLBX.MDP3/test_data.bbo-1m.dbn.zst');
  const { bars } = await load([file]);
  // Intervals that end at 00:00 to 00:03: the file was cut to four records.
  expect(Array.from(bars.time, (time) => new Date(time).toISOString().slice(0, 16))).toEqual([
    '2020-12-27T23:59',
    '2020-12-28T00:00',
    '2020-12-28T00:01',
    '2020-12-28T00:02',
  ]);
  expect([...bars.columns[0]!['bid1']!.subarray(0, 3)]).toEqual([3702.25, 3704.5, 3704]);
  expect([...bars.columns[0]!['askSize1']!.subarray(0, 3)]).toEqual([13, 22, 7]);
  expect([...bars.columns[0]!['last']!.subarray(0, 3)]).toEqual([3702.5, 3704.75, 3704]);
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { layoutNamed } from '../../../tests/fixtures/dbn.ts';
import { baseNs, type ParquetRecordsOptions, parquetRecords, recordsOf } from '../../../tests/fixtures/parquet-records.ts';
import { mutate } from '../../../tests/fuzz/mutate.ts';
import { AssayError } from '../../core/errors.ts';
import type { Layout } from './layout.ts';
import { holdsRecords } from './parquet-records.ts';
import { openDbn } from './reader.ts';
import { type DbnRecord, encodeRecord } from './record.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-records-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, layout: Layout, records: readonly DbnRecord[], options?: ParquetRecordsOptions): string {
  const path = join(folder, `${name}.parquet`);
  writeFileSync(path, parquetRecords(layout, records, options));
  return path;
}

async function headerOf(path: string) {
  const { header, close } = await openDbn(path);
  await close();
  return header!;
}

async function bodyOf(path: string): Promise<Uint8Array> {
  const file = await openDbn(path);
  const parts: Uint8Array[] = [];
  for await (const run of file.runs()) parts.push(run.bytes.slice(run.start, run.start + run.count * run.stride));
  return Buffer.concat(parts);
}

const kinds = [
  ['mbp-10', 0x0a, 'mbp-10'],
  ['mbp-1', 0x01, 'mbp-1'],
  ['mbo', 0xa0, 'mbo'],
  ['trade', 0x00, 'trades'],
  ['cmbp-1', 0xb1, 'cmbp-1'],
  ['cmbp-1', 0xc2, 'tcbbo'],
  ['bbo', 0xc3, 'bbo-1s'],
  ['bbo', 0xc4, 'bbo-1m'],
  ['cbbo', 0xc0, 'cbbo-1s'],
  ['cbbo', 0xc1, 'cbbo-1m'],
] as const;

describe('records of Databento in Parquet', () => {
  test.each(kinds)('%s of type %i are read as the bytes that DBN has for them', async (name, rtype, schema) => {
    const layout = layoutNamed(name);
    const records = recordsOf(layout, rtype, 1300);
    const expected = Buffer.concat(records.map((record) => encodeRecord(layout, record)));
    for (const isFixed of [false, true]) {
      const path = write(name, layout, records, { isFixed, rowsPerGroup: 700 });
      expect(await holdsRecords(path)).toBe(true);
      expect(await headerOf(path)).toMatchObject({ schema, limit: 0n, end: null, mappings: [] });
      expect(Buffer.compare(await bodyOf(path), expected)).toBe(0);
    }
  });

  test('have the symbols of their column, each on the days of its instrument', async () => {
    const layout = layoutNamed('trade');
    const day = 86_400_000_000_000n;
    const records = recordsOf(layout, 0, 6).map((record, i) => ({
      ...record,
      instrument_id: i < 3 ? 10 : 11,
      ts_recv: baseNs + BigInt(i) * day,
    }));
    const path = write('symbols', layout, records, { symbolOf: () => 'ES.c.0' });
    const header = await headerOf(path);
    expect(header.mappings).toEqual([
      {
        symbol: 'ES.c.0',
        intervals: [
          { start: 20240102, end: 20240105, symbol: '10' },
          { start: 20240105, end: 20240108, symbol: '11' },
        ],
      },
    ]);
    expect(header.start).toBe(baseNs);
  });

  test('of type 1 with trades alone are TBBO, whose book is the one before the trade', async () => {
    const layout = layoutNamed('mbp-1');
    const records = recordsOf(layout, 1, 5).map((record) => ({ ...record, action: 'T' }));
    const header = await headerOf(write('tbbo', layout, records));
    expect(header.schema).toBe('tbbo');
  });

  test('may lack what nothing is computed from, but no price, size or time', async () => {
    const layout = layoutNamed('mbp-1');
    const records = recordsOf(layout, 1, 4);
    const without = ['sequence', 'ts_in_delta', 'publisher_id', 'depth', 'bid_ct_00', 'ask_ct_00'];
    const zeros = records.map((record) => ({ ...record, ...Object.fromEntries(without.map((name) => [name, 0])) }));
    const expected = Buffer.concat(zeros.map((record) => encodeRecord(layout, record)));
    expect(Buffer.compare(await bodyOf(write('few', layout, records, { without })), expected)).toBe(0);
    for (const name of ['price', 'bid_sz_00', 'side'])
      await expect(bodyOf(write('lacking', layout, records, { without: [name] }))).rejects.toThrow(`it has no column ${name}`);
  });

  test('are refused with several record types, none that is known, no rows, and values that no field holds', async () => {
    const layout = layoutNamed('trade');
    const records = recordsOf(layout, 0, 3);
    const refusal = async (changed: readonly DbnRecord[]) => bodyOf(write('bad', layout, changed));
    await expect(refusal(records.map((record, i) => ({ ...record, rtype: i })))).rejects.toThrow(/of type 0 and 1 and 2/);
    await expect(refusal(records.map((record) => ({ ...record, rtype: 0x12 })))).rejects.toThrow(/of type 18/);
    await expect(refusal([])).rejects.toThrow(expect.objectContaining({ code: 'data_invalid' }));
    await expect(refusal(records.map((record) => ({ ...record, size: -1 })))).rejects.toThrow(/"-1" is no value of its column size/);
    await expect(refusal(records.map((record) => ({ ...record, price: 2n ** 62n })))).rejects.toThrow(/no price of its column price/);
  });

  test('are told apart from bars', async () => {
    const layout = layoutNamed('ohlcv');
    const bars = write('bars', layout, recordsOf(layout, 0x21, 3));
    expect(await holdsRecords(bars)).toBe(false);
    expect(await holdsRecords(join(folder, 'none.parquet'))).toBe(false);
  });

  test('in damaged files end with a coded error or are read to their end', async () => {
    const layout = layoutNamed('mbp-10');
    const original = parquetRecords(layout, recordsOf(layout, 0x0a, 40), { symbolOf: () => 'ESH4' });
    const outcomes = { read: 0, refused: 0 };
    for (let seed = 0; seed < 200; seed++) {
      const path = join(folder, 'mutated.parquet');
      writeFileSync(path, mutate(Buffer.from(original), seed));
      try {
        await bodyOf(path);
        outcomes.read++;
      } catch (error) {
        if (!(error instanceof AssayError) || error.hint === undefined) throw error;
        outcomes.refused++;
      }
    }
    expect(outcomes.refused).toBeGreaterThan(50);
    expect(outcomes.read).toBeGreaterThan(0);
  });
});

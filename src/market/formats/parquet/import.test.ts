import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { importCsv } from '../../store/import-csv.ts';
import { loadDataset } from '../../store/read.ts';
import { sentencesOf } from '../describe.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'assay-parquet-import-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const fixture = (name: string): string => join(import.meta.dirname, `../../../../tests/fixtures/parquet/${name}`);

test("Databento's Parquet is known by its columns, and its prices are not taken for whole numbers of billionths", async () => {
  const sources = [{ file: fixture('databento.parquet') }];
  const { manifest } = await importCsv({ dataDir, name: 'spy', sources, rules: { gaps: 'allow' } });
  expect(manifest).toMatchObject({ symbols: ['SPY'], rows: 60, first: '2024-01-16T14:30:00.000Z', last: '2024-01-16T15:29:00.000Z' });
  expect(sentencesOf(manifest.origin)).toEqual([
    expect.stringMatching(/^SPY from databento\.parquet: 60 bars; layout databento by the header; time from ts_event \(with offset\)/),
  ]);
  const { columns } = loadDataset(dataDir, 'spy');
  expect(columns['SPY.open']![0]).toBe(470);
  expect(columns['SPY.close']![1]).toBe(470 + Math.sin(1) / 10);
  expect(columns['SPY.volume']![59]).toBe(5000 + 13 * 59);
});

test('a file without prices is refused with the names of its columns', async () => {
  const file = fixture('snappy.parquet');
  await expect(importCsv({ dataDir, name: 'x', sources: [{ file }] })).rejects.toMatchObject({
    code: 'data_invalid',
    message: expect.stringContaining('found: time, close, volume'),
  });
});

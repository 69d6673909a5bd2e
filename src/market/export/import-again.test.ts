import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import type { BarSeries } from '../bars.ts';
import { globexEquity } from '../calendars/globex-equity.ts';
import { knownInstrument } from '../instruments.ts';
import { generateDataset } from '../store/generate-dataset.ts';
import { importBars, strictRules } from '../store/import-bars.ts';
import { importCsv } from '../store/import-csv.ts';
import { loadDataset } from '../store/read.ts';
import { streamOf } from '../stream.ts';
import { exportDataset } from './export-dataset.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-again-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const generate = () => generateDataset('planted', { dataDir: folder, name: 'demo', seed: 7, sessions: 3 });
const bits = (values: ArrayLike<number>): string => Buffer.from(Float64Array.from(values).buffer).toString('hex');

describe('a future that was joined from its contracts', () => {
  /** Bars of two contracts over a roll, each minute of the first three hours of some sessions. */
  function contractBars(symbol: string, shift: number): BarSeries {
    const dates = ['2023-12-07', '2023-12-08', '2023-12-11', '2023-12-12'];
    const time = Float64Array.from(
      dates.flatMap((date) => Array.from({ length: 180 }, (_, k) => globexEquity.sessionOf(date)!.openMs + k * 60_000)),
    );
    const rng = createRng(symbol);
    let price = 16_000 + shift;
    const close = time.map(() => (price += 0.25 * (rng.int(9) - 4)));
    return { symbol, time, open: close, high: close, low: close, close, volume: time.map(() => 1 + rng.int(50)) };
  }
  const flow = (name: string) => ({ ofi: contractBars('NQZ3', 0).time.map((_, i) => (i % 7) - 3 + name.length) });
  const rollInto = (name: string, instrument = knownInstrument('NQ')) => {
    const { manifest } = importBars({
      dataDir: folder,
      name,
      sources: [
        { stream: streamOf(contractBars('NQZ3', 0), flow('a')), file: 'a', instrument },
        { stream: streamOf(contractBars('NQH4', 200), flow('bb')), file: 'b' },
      ],
      calendar: 'globex-equity',
      roll: { kind: 'calendar', sessions: 4 },
      rules: { ...strictRules, gaps: 'allow' },
      origin: { kind: 'import', reader: 'test', sources: [], options: {} },
    });
    return manifest;
  };

  test('comes back from Parquet as the same data set, by its file alone', async () => {
    const before = rollInto('nq');
    const out = join(folder, 'nq.parquet');
    exportDataset({ dataDir: folder, name: 'nq', out });
    const { manifest } = await importCsv({ dataDir: folder, name: 'again', sources: [{ file: out }], rules: { gaps: 'allow' } });
    expect(manifest).toMatchObject({
      hash: before.hash,
      symbols: ['NQ'],
      contracts: [{ names: ['NQZ3', 'NQH4'], rule: 'calendar:4', rolls: [{ date: '2023-12-11', from: 'NQZ3', to: 'NQH4' }] }],
    });
  });

  test('comes back from CSV with the same columns and contracts; the rule is in no column', async () => {
    rollInto('nq');
    const out = join(folder, 'nq.csv');
    exportDataset({ dataDir: folder, name: 'nq', out });
    const { manifest } = await importCsv({
      dataDir: folder,
      name: 'again',
      sources: [{ file: out }],
      calendar: 'globex-equity',
      format: { extra: { ofi: 'ofi' } },
      rules: { gaps: 'allow' },
    });
    expect(manifest).toMatchObject({
      contracts: [{ names: ['NQZ3', 'NQH4'], rule: 'given', rolls: [{ date: '2023-12-11', from: 'NQZ3', to: 'NQH4' }] }],
    });
    const [before, after] = [loadDataset(folder, 'nq').columns, loadDataset(folder, 'again').columns];
    expect(Object.keys(after)).toEqual(Object.keys(before));
    for (const name of Object.keys(before)) expect(bits(after[name]!), name).toBe(bits(before[name]!));
  });

  test('keeps its bars in parts of any order: labels are of the import, not of a file', async () => {
    rollInto('nq');
    const out = join(folder, 'nq.csv');
    exportDataset({ dataDir: folder, name: 'nq', out });
    const [header, ...lines] = readFileSync(out, 'utf8').trimEnd().split('\n');
    const parts = [lines.slice(400), lines.slice(0, 400)].map((part, i) => {
      const file = join(folder, `nq-${i}.csv`);
      writeFileSync(file, [header, ...part].join('\n'));
      return { file, symbol: 'NQ' };
    });
    await importCsv({ dataDir: folder, name: 'again', sources: parts, calendar: 'globex-equity', rules: { gaps: 'allow' } });
    const [before, after] = [loadDataset(folder, 'nq').columns, loadDataset(folder, 'again').columns];
    for (const name of ['NQ.contract', 'NQ.previousOpen', 'NQ.close']) expect(bits(after[name]!), name).toBe(bits(before[name]!));
  });

  test.each<[string, RegExp, (row: number) => readonly [column: number, text: string] | null]>([
    ['a contract that changes inside a session', /changes to NQH4 inside a session/, (row) => (row >= 10 && row < 20 ? [7, 'NQH4'] : null)],
    ['a contract that comes back', /the contract NQZ3 comes back/, (row) => (row >= 540 ? [7, 'NQZ3'] : null)],
    ['bars without a contract', /1 of 720 bars of NQ name no contract/, (row) => (row === 3 ? [7, ''] : null)],
    ['an open of the contract before elsewhere', /stands where no contract begins/, (row) => (row === 3 ? [8, '16000'] : null)],
  ])('is refused with %s', async (_, message, change) => {
    rollInto('nq');
    const out = join(folder, 'nq.csv');
    exportDataset({ dataDir: folder, name: 'nq', out });
    const [header, ...lines] = readFileSync(out, 'utf8').trimEnd().split('\n');
    const changed = lines.map((line, row) => {
      const [column, text] = change(row) ?? [-1, ''];
      return line.split(',').with(column, column < 0 ? line.split(',').at(-1)! : text);
    });
    writeFileSync(out, [header, ...changed.map((fields) => fields.join(','))].join('\n'));
    const again = {
      dataDir: folder,
      name: 'again',
      sources: [{ file: out }],
      calendar: 'globex-equity',
      rules: { gaps: 'allow' },
    } as const;
    await expect(importCsv(again)).rejects.toThrow(message);
  });

  test('is not rolled once more', async () => {
    rollInto('nq');
    const out = join(folder, 'nq.parquet');
    exportDataset({ dataDir: folder, name: 'nq', out });
    const again = { dataDir: folder, name: 'again', sources: [{ file: out }], roll: { kind: 'volume' }, rules: { gaps: 'allow' } } as const;
    await expect(importCsv(again)).rejects.toThrow(/they are rolled/);
  });

  test('keeps the facts of its instrument, which no table has', async () => {
    const own = { ...knownInstrument('NQ')!, multiplier: 3, feePerSide: 1.5 };
    const { manifest: before } = importBars({
      dataDir: folder,
      name: 'own',
      sources: [{ stream: streamOf(contractBars('NQ', 0)), file: 'a', instrument: own }],
      calendar: 'globex-equity',
      rules: { ...strictRules, gaps: 'allow' },
      origin: { kind: 'import', reader: 'test', sources: [], options: {} },
    });
    const out = join(folder, 'own.parquet');
    exportDataset({ dataDir: folder, name: 'own', out });
    const { manifest } = await importCsv({ dataDir: folder, name: 'again', sources: [{ file: out }], rules: { gaps: 'allow' } });
    expect(manifest.hash).toBe(before.hash);
    expect(manifest).toMatchObject({ instruments: [own] });
  });
});

test('several symbols come back from one file of Parquet by that file alone', async () => {
  const { manifest } = generate();
  const out = join(folder, 'demo.parquet');
  exportDataset({ dataDir: folder, name: 'demo', out });
  const again = await importCsv({ dataDir: folder, name: 'again', sources: [{ file: out }] });
  expect(again.manifest.hash).toBe(manifest.hash);
  const one = await importCsv({ dataDir: folder, name: 'one', sources: [{ file: out }], only: new Map([['MSFT', 'M']]) });
  expect(one.manifest.symbols).toEqual(['M']);
});

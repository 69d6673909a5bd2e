import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sha256 } from '../../core/json.ts';
import { generateMarket } from '../synthetic/generate.ts';
import { marketPresets } from '../synthetic/presets.ts';
import { generateDataset } from './generate-dataset.ts';
import { importCsv } from './import-csv.ts';
import { barsFromTable, listDatasets, loadDataset, showDataset } from './read.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'assay-data-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const fileOf = (name: string, file: string): string => join(dataDir, 'datasets', name, file);
const withCode = (code: string) => expect.objectContaining({ code });

function generate(name: string, options: { preset?: string; seed?: number; replace?: boolean } = {}) {
  const { preset = 'planted', seed = 5, replace = false } = options;
  return generateDataset(preset, { dataDir, name, seed, sessions: 2, replace });
}

/** Opens a file that is read-only for good reason. */
function tamper(path: string, change: () => void): void {
  chmodSync(path, 0o644);
  change();
}

test('where sessions are made of the bars, stamps without a zone are refused in the name of the calendar that was asked for', async () => {
  const file = join(dataDir, 'FESX.csv');
  writeFileSync(file, 'datetime,open,high,low,close,volume\n2024-01-02 09:00,1,1,1,1,5\n2024-01-02 09:01,1,1,1,1,5\n');
  await expect(importCsv({ sources: [{ file }], dataDir, name: 'fesx', calendar: 'from-data' })).rejects.toMatchObject({
    message: expect.stringMatching(/from-data has no open that would show$/),
    hint: expect.stringContaining('--zone'),
  });
});

describe('a stored data set', () => {
  test('comes back as the bars that went in, in shared memory', () => {
    generate('demo');
    const table = loadDataset(dataDir, 'demo');
    expect(table.columns['time']!.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(Object.values(table.columns).every((column) => column.buffer instanceof SharedArrayBuffer)).toBe(true);
    expect(barsFromTable(table)).toEqual(generateMarket(marketPresets.planted, 5, 2));
  });

  test.each([1, 3])('of a generated market has the %i symbols that were asked for', (count) => {
    const symbols = ['A', 'B', 'C'].slice(0, count);
    generateDataset('planted', { dataDir, name: 'few', seed: 5, sessions: 2, symbols });
    expect(barsFromTable(loadDataset(dataDir, 'few')).symbols).toEqual(symbols);
    for (const wrong of [['A', 'A'], ['A', ''], []])
      expect(() => generateDataset('planted', { dataDir, name: 'wrong', seed: 5, symbols: wrong })).toThrow(withCode('usage'));
  });

  test('keeps its meaning when its table is handed to another thread', () => {
    generate('demo');
    const table = loadDataset(dataDir, 'demo');
    const received = structuredClone(table);
    expect(received.columns['NVDA.close']!.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(barsFromTable(received)).toEqual(barsFromTable(table));
  });

  test('says in its manifest what it is and where it came from', () => {
    const { manifest } = generate('demo');
    expect(manifest).toMatchObject({
      name: 'demo',
      symbols: ['NVDA', 'MSFT'],
      rows: 780,
      sessions: 2,
      barMs: 60_000,
      calendar: { id: 'us-hours', version: 1 },
      closingAuction: false,
      instruments: [null, null],
      contracts: [null, null],
      first: '2024-01-02T14:30:00.000Z',
      last: '2024-01-03T20:59:00.000Z',
      origin: { kind: 'synthetic', preset: 'planted', seed: 5, parameters: { strength: 0.15 } },
    });
    const columns = manifest.format === 2 ? manifest.columns : [];
    expect(columns.map((column) => column.name).slice(0, 4)).toEqual(['time', 'session', 'NVDA.open', 'NVDA.high']);
    for (const { file, sha256: hash } of columns) expect(sha256(readFileSync(fileOf('demo', file)))).toBe(hash);
    expect(showDataset(dataDir, 'demo')).toEqual(manifest);
  });

  test('is read-only, and leaves nothing half-written beside it', () => {
    generate('demo');
    for (const file of ['002-NVDA.open.f64', 'manifest.json']) expect(statSync(fileOf('demo', file)).mode & 0o222).toBe(0);
    expect(readdirSync(join(dataDir, 'datasets'))).toEqual(['demo']);
  });

  test('is not changed by making it again', () => {
    expect(generate('demo').outcome).toBe('created');
    const before = statSync(fileOf('demo', '002-NVDA.open.f64')).ino;
    const again = generate('demo');
    expect(again.outcome).toBe('unchanged');
    expect(statSync(fileOf('demo', '002-NVDA.open.f64')).ino).toBe(before);
  });

  test('does not give way to other content unless that is asked for', () => {
    const { manifest } = generate('demo');
    expect(() => generate('demo', { preset: 'no-edge' })).toThrow(withCode('conflict'));
    expect(loadDataset(dataDir, 'demo').hash).toBe(manifest.hash);
    const replaced = generate('demo', { preset: 'no-edge', replace: true });
    expect(replaced.outcome).toBe('replaced');
    expect(loadDataset(dataDir, 'demo').hash).toBe(replaced.manifest.hash);
    expect(replaced.manifest.hash).not.toBe(manifest.hash);
    expect(readdirSync(join(dataDir, 'datasets'))).toEqual(['demo']);
    expect(readdirSync(join(dataDir, 'datasets', 'demo'))).toHaveLength(13);
  });

  test('is listed by name; drafts of others are not', () => {
    expect(listDatasets(dataDir)).toEqual([]);
    generate('beta');
    generate('alpha', { preset: 'no-edge' });
    writeFileSync(join(dataDir, 'datasets', '.writing-x'), '');
    expect(listDatasets(dataDir).map((manifest) => manifest.name)).toEqual(['alpha', 'beta']);
  });
});

describe('a data set that was tampered with', () => {
  test('is refused when one bit of a column has changed', () => {
    generate('demo');
    const path = fileOf('demo', '002-NVDA.open.f64');
    tamper(path, () => {
      const bytes = readFileSync(path);
      bytes[4321]! ^= 1;
      writeFileSync(path, bytes);
    });
    const { columns } = loadDataset(dataDir, 'demo');
    expect(columns['NVDA.high']).toHaveLength(780);
    for (let use = 0; use < 2; use++)
      expect(() => columns['NVDA.open']).toThrow(
        expect.objectContaining({ code: 'data_invalid', place: path, hint: expect.stringContaining('--replace') }),
      );
    expect(() => showDataset(dataDir, 'demo')).toThrow(withCode('data_invalid'));
  });

  test('is refused when a file is cut off or gone', () => {
    generate('demo');
    const path = fileOf('demo', '002-NVDA.open.f64');
    tamper(path, () => truncateSync(path, 800));
    expect(() => loadDataset(dataDir, 'demo')).toThrow(/holds 800 bytes; its manifest states 6240/);
    rmSync(path);
    expect(() => loadDataset(dataDir, 'demo')).toThrow(withCode('data_invalid'));
  });

  test('is refused when its manifest is not one', () => {
    generate('demo');
    const path = fileOf('demo', 'manifest.json');
    tamper(path, () => writeFileSync(path, '{ "format": 1'));
    expect(() => loadDataset(dataDir, 'demo')).toThrow(withCode('data_invalid'));
    tamper(path, () => writeFileSync(path, '{ "format": 2 }'));
    expect(() => loadDataset(dataDir, 'demo')).toThrow(withCode('data_invalid'));
  });

  test('is put right by replacing it', () => {
    const { manifest } = generate('demo');
    const path = fileOf('demo', '002-NVDA.open.f64');
    tamper(path, () => truncateSync(path, 800));
    generate('demo', { replace: true });
    expect(loadDataset(dataDir, 'demo').hash).toBe(manifest.hash);
  });
});

describe('names', () => {
  test('of data sets that do not exist say which do', () => {
    const none = 'none exists yet; assay data generate makes one; assay data import <files> --name demo reads your bars';
    expect(() => loadDataset(dataDir, 'demo')).toThrow(expect.objectContaining({ code: 'not_found', hint: none }));
    generate('demo');
    const hint = 'there are: demo; assay data import <files> --name demmo reads your bars';
    expect(() => loadDataset(dataDir, 'demmo')).toThrow(expect.objectContaining({ code: 'not_found', hint }));
  });

  test.each(['', '../up', '.hidden', 'a/b', 'a b', 'x'.repeat(65)])('like %j cannot name a folder', (name) => {
    expect(() => generate(name)).toThrow(withCode('usage'));
    expect(() => loadDataset(dataDir, name)).toThrow(withCode('usage'));
  });

  test('of presets must be known', () => {
    expect(() => generate('demo', { preset: 'bull' })).toThrow(withCode('config_invalid'));
    expect(existsSync(join(dataDir, 'datasets'))).toBe(false);
  });
});

describe('importing', () => {
  const header = 'datetime,open,high,low,close,volume';
  const csv = (file: string, ...minutes: number[]): string => {
    const path = join(dataDir, file);
    const line = (minute: number): string => `2018-02-16 09:${minute},${minute},${minute},${minute},${minute},100`;
    writeFileSync(path, `${[header, ...minutes.map(line)].join('\n')}\n`);
    return path;
  };

  test('aligns the symbols of several files and says what fell out', async () => {
    const sources = [{ file: csv('NVDA_x.csv', 30, 31, 32) }, { file: csv('other.csv', 31, 32, 33), symbol: 'MSFT' }];
    const { manifest, outcome } = await importCsv({ dataDir, name: 'pair', sources });
    expect(outcome).toBe('created');
    expect(manifest).toMatchObject({
      symbols: ['NVDA', 'MSFT'],
      rows: 2,
      origin: {
        kind: 'import',
        reader: 'csv',
        sources: [
          {
            symbol: 'NVDA',
            files: [{ file: 'NVDA_x.csv', sha256: sha256(readFileSync(sources[0]!.file)) }],
            read: { repeated: 0, files: [{ bars: 3, zone: 'America/New_York', zoneFrom: 'bars', stamp: 'start', stampFrom: 'assumed' }] },
          },
          { symbol: 'MSFT', files: [{ file: 'other.csv' }] },
        ],
        options: { gaps: 'refuse', outside: 'refuse', jumps: 'refuse', barMs: null },
      },
      leftOut: [
        { symbol: 'NVDA', alone: 1, firstAlone: ['2018-02-16T14:30:00.000Z'], outside: 0, missingSessions: [] },
        { symbol: 'MSFT', alone: 1, firstAlone: ['2018-02-16T14:33:00.000Z'], outside: 0, missingSessions: [] },
      ],
      quality: [
        { symbol: 'NVDA', rows: 3 },
        { symbol: 'MSFT', rows: 3 },
      ],
    });
    expect([...barsFromTable(loadDataset(dataDir, 'pair')).bars[1]!.close]).toEqual([31, 32]);
    expect((await importCsv({ dataDir, name: 'pair', sources })).outcome).toBe('unchanged');
  });

  test('of another file under a name that is taken is a conflict', async () => {
    await importCsv({ dataDir, name: 'one', sources: [{ file: csv('NVDA.csv', 30, 31) }] });
    await expect(importCsv({ dataDir, name: 'one', sources: [{ file: csv('NVDA.csv', 30, 31, 32) }] })).rejects.toThrow(
      withCode('conflict'),
    );
    await expect(importCsv({ dataDir, name: 'one', sources: [{ file: csv('NVDA.csv', 30, 31), symbol: 'AMD' }] })).rejects.toThrow(
      withCode('conflict'),
    );
  });

  test('of a bad file leaves nothing behind', async () => {
    await expect(importCsv({ dataDir, name: 'bad', sources: [{ file: csv('NVDA.csv', 30, 31, 33) }] })).rejects.toThrow(
      withCode('data_invalid'),
    );
    expect(existsSync(join(dataDir, 'datasets'))).toBe(false);
  });

  test('needs files, each with a symbol of its own', async () => {
    const file = csv('NVDA.csv', 30, 31);
    await expect(importCsv({ dataDir, name: 'x', sources: [] })).rejects.toThrow(withCode('usage'));
    await expect(importCsv({ dataDir, name: 'x', sources: [{ file: join(dataDir, 'no*.csv') }] })).rejects.toThrow(withCode('not_found'));
    await expect(importCsv({ dataDir, name: 'x', sources: [{ file, symbol: 'A.B' }] })).rejects.toThrow(/cannot be a symbol/);
  });
});

describe('a table that is no data set of bars', () => {
  test('is refused', () => {
    const table = { name: 'odd', hash: '', rows: 1, columns: {}, meta: null };
    expect(() => barsFromTable(table)).toThrow(withCode('data_invalid'));
    expect(() => barsFromTable({ ...table, meta: { symbols: ['A'], barMs: 60_000 } })).toThrow(/has no column time/);
  });
});

test('gives a data set its name back when its replacement died between the two renames', () => {
  const { manifest } = generate('demo');
  const folder = join(dataDir, 'datasets');
  renameSync(join(folder, 'demo'), join(folder, '.replaced-demo'));
  expect(loadDataset(dataDir, 'demo').hash).toBe(manifest.hash);
  expect(existsSync(join(folder, '.replaced-demo'))).toBe(false);
});

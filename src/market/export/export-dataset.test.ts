import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sha256 } from '../../core/json.ts';
import { type AlignedBars, alignedBars, barFields } from '../bars.ts';
import { sessionCalendarOf } from '../calendars/index.ts';
import { parquetAsText } from '../formats/parquet/as-text.ts';
import { generateDataset } from '../store/generate-dataset.ts';
import { importCsv } from '../store/import-csv.ts';
import { barsFromTable, loadDataset } from '../store/read.ts';
import { writeCsv } from './csv.ts';
import { exportDataset } from './export-dataset.ts';
import { writeParquet } from './parquet.ts';
import { exportTable } from './table.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-export-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const generate = () => generateDataset('planted', { dataDir: folder, name: 'demo', seed: 7, sessions: 3 });
const bits = (values: ArrayLike<number>): string => Buffer.from(Float64Array.from(values).buffer).toString('hex');

/** Two futures with a contract column each, and named columns with values that are easily lost. */
function awkwardBars(): AlignedBars {
  const time = Float64Array.from({ length: 6 }, (_, i) => Date.UTC(2023, 11, 4, 15, i));
  const column = (scale: number) => Float64Array.from(time, (_, i) => scale + i / 3);
  const one = { open: column(1), high: column(9), low: column(0.1), close: column(2), volume: column(1e9) };
  return alignedBars({
    symbols: ['NQ', 'ES'],
    time,
    session: new Float64Array(6),
    bars: [one, { ...one, close: column(1e-12) }],
    barMs: 60_000,
    calendar: sessionCalendarOf('us-hours'),
    columns: [{ ofi: Float64Array.of(-0, 0, Number.NaN, 5e-324, 1e300, 0.1 + 0.2), spread: column(0.25) }, { spread: column(0.5) }],
    contracts: [
      {
        names: ['NQZ3', 'NQH4'],
        index: Float64Array.of(0, 0, 0, 1, 1, 1),
        previousOpen: Float64Array.of(Number.NaN, Number.NaN, Number.NaN, 7, Number.NaN, Number.NaN),
      },
      null,
    ],
  });
}

function written(write: (take: (piece: Uint8Array) => void) => void): Buffer {
  const pieces: Buffer[] = [];
  write((piece) => pieces.push(Buffer.from(piece)));
  return Buffer.concat(pieces);
}

const awkwardParquet = (): Buffer => written((take) => writeParquet(exportTable(awkwardBars()), { 'assay.hash': 'abc' }, take));

const awkwardRows = [
  { time: '2023-12-04T15:00:00.000000000Z', symbol: 'NQ', contract: 'NQZ3', ofi: '-0.0', spread: '0.25' },
  { time: '2023-12-04T15:02:00.000000000Z', symbol: 'NQ', contract: 'NQZ3', ofi: 'NaN' },
  { time: '2023-12-04T15:03:00.000000000Z', symbol: 'NQ', contract: 'NQH4', previousOpen: '7.0', ofi: '5e-324' },
  { time: '2023-12-04T15:00:00.000000000Z', symbol: 'ES', contract: '', ofi: '', spread: '0.5' },
];

describe('an exported data set', () => {
  test('as Parquet holds each bar bit for bit, and the hash of the data set', async () => {
    const { manifest } = generate();
    const file = join(folder, 'demo.parquet');
    const exported = exportDataset({ dataDir: folder, name: 'demo', out: file });
    expect(exported).toEqual({ dataset: 'demo', hash: manifest.hash, file, rows: 2 * manifest.rows, bytes: readFileSync(file).length });
    const bytes = readFileSync(file);
    const facts = Object.fromEntries(
      parquetMetadata(bytes.buffer.slice(bytes.byteOffset)).key_value_metadata!.map(({ key, value }) => [key, value]),
    );
    expect(facts).toMatchObject({
      'assay.dataset': 'demo',
      'assay.hash': manifest.hash,
      'assay.symbols': 'NVDA,MSFT',
      'assay.barMs': '60000',
    });

    const { columns } = loadDataset(folder, 'demo');
    // Read by another program than the one under test.
    const rows = await parquetReadObjects({
      file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
      parsers: { timestampFromNanoseconds: (value) => value },
    });
    for (const symbol of manifest.symbols) {
      const own = rows.filter((row) => row['symbol'] === symbol);
      expect(bits(own.map((row) => Number((row['time'] as bigint) / 1_000_000n)))).toBe(bits(columns['time']!));
      for (const field of barFields) expect(bits(own.map((row) => row[field] as number))).toBe(bits(columns[`${symbol}.${field}`]!));
    }
  });

  test('as CSV holds each bar in the shortest text with the same bits', () => {
    const { manifest } = generate();
    const file = join(folder, 'demo.csv');
    exportDataset({ dataDir: folder, name: 'demo', out: file });
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines[0]).toBe('time,symbol,open,high,low,close,volume');
    expect(lines).toHaveLength(1 + 2 * manifest.rows);
    expect(lines[1]).toMatch(/^2024-01-02T14:30:00Z,NVDA,\d/);
    const close = lines.slice(1 + manifest.rows).map((line) => Number(line.split(',')[5]));
    expect(bits(close)).toBe(bits(loadDataset(folder, 'demo').columns['MSFT.close']!));
  });

  test('keeps contracts and named columns, -0, NaN and what only one symbol has', async () => {
    const file = join(folder, 'awkward.parquet');
    writeFileSync(file, awkwardParquet());
    let text = '';
    for await (const piece of parquetAsText(file, 1e6)) text += piece.toString();
    const [header, ...lines] = text
      .trimEnd()
      .split('\n')
      .map((line) => line.split(','));
    expect(header).toEqual(['time', 'symbol', ...barFields, 'contract', 'previousOpen', 'ofi', 'spread']);
    const rows = lines.map((fields) => Object.fromEntries(fields.map((field, i) => [header![i], field])));
    expect([0, 2, 3, 6].map((i) => rows[i])).toMatchObject(awkwardRows);
    const csv = written((take) => writeCsv(exportTable(awkwardBars()), take))
      .toString()
      .split('\n');
    expect(csv[1]).toBe('2023-12-04T15:00:00Z,NQ,1,9,0.1,2,1000000000,NQZ3,NaN,-0,0.25');
    expect(csv[7]).toBe('2023-12-04T15:00:00Z,ES,1,9,0.1,1e-12,1000000000,,,,0.5');
  });

  test('is cut into row groups, with one at a time in memory', () => {
    const rows = 250_000;
    const time = Float64Array.from({ length: rows }, (_, i) => i * 60_000);
    const same = Float64Array.from(time, (_, i) => i);
    const bars = { open: same, high: same, low: same, close: same, volume: same };
    const table = exportTable(
      alignedBars({
        symbols: ['A'],
        time,
        session: time,
        bars: [bars],
        barMs: 60_000,
        calendar: sessionCalendarOf('us-hours'),
        closingAuction: false,
      }),
    );
    let largest = 0;
    const bytes = written((take) =>
      writeParquet(table, {}, (piece) => {
        largest = Math.max(largest, piece.length);
        take(piece);
      }),
    );
    const metadata = parquetMetadata(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer);
    expect(metadata.row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([100_000, 100_000, 50_000]);
    expect(largest).toBeLessThan(6 * 100_000 * 9);
  });

  test('does not take the place of a file, and leaves none that is half written', () => {
    generate();
    const out = join(folder, 'demo.csv');
    writeFileSync(out, 'mine');
    expect(() => exportDataset({ dataDir: folder, name: 'demo', out })).toThrow(expect.objectContaining({ code: 'conflict', place: out }));
    expect(readFileSync(out, 'utf8')).toBe('mine');
    exportDataset({ dataDir: folder, name: 'demo', out, replace: true });
    expect(readFileSync(out, 'utf8')).toMatch(/^time,symbol/);
    const nowhere = join(folder, 'none', 'demo.parquet');
    expect(() => exportDataset({ dataDir: folder, name: 'demo', out: nowhere })).toThrow(expect.objectContaining({ code: 'unavailable' }));
    expect(() => exportDataset({ dataDir: folder, name: 'demo', out: join(folder, 'demo.xlsx') })).toThrow(
      expect.objectContaining({ code: 'usage', place: '--out' }),
    );
    expect(() => exportDataset({ dataDir: folder, name: 'other', out: join(folder, 'o.csv') })).toThrow(
      expect.objectContaining({ code: 'not_found' }),
    );
    expect(existsSync(join(folder, 'o.csv'))).toBe(false);
    expect(readdirSync(folder).filter((name) => name.includes('.writing-'))).toEqual([]);
  });
});

test.each(['parquet', 'csv'])('bars exported as %s and imported again are the same data set', async (kind) => {
  const { manifest } = generate();
  const all = barsFromTable(loadDataset(folder, 'demo'));
  for (const [i, symbol] of all.symbols.entries()) {
    const file = join(folder, `${symbol}.${kind}`);
    const table = exportTable(
      alignedBars({ ...all, symbols: [symbol], bars: [all.bars[i]!], columns: [{}], instruments: [null], contracts: [null] }),
    );
    writeFileSync(
      file,
      written((take) => (kind === 'csv' ? writeCsv(table, take) : writeParquet(table, {}, take))),
    );
  }
  const sources = all.symbols.map((symbol) => ({ file: join(folder, `${symbol}.${kind}`) }));
  const again = await importCsv({ dataDir: folder, name: 'again', sources, calendar: 'us-hours' });
  expect(again.manifest.hash).toBe(manifest.hash);
});

test.each(['parquet', 'csv'])('several symbols and named columns in one file of %s come back bit for bit', async (kind) => {
  generate();
  const all = barsFromTable(loadDataset(folder, 'demo'));
  const odd = [-0, 0, Number.NaN, 5e-324, -1e300, 0.1 + 0.2, 123456789012345680];
  const ofi = (shift: number) => all.time.map((_, i) => odd[(i + shift) % odd.length]! + (i < 70 ? 0 : i / 7));
  const columns = [
    { ofi: ofi(0).with(0, -0), spread: ofi(1) },
    { ofi: ofi(2), spread: ofi(3) },
  ];
  const file = join(folder, `all.${kind}`);
  const table = exportTable({ ...all, columns });
  writeFileSync(
    file,
    written((take) => (kind === 'csv' ? writeCsv(table, take) : writeParquet(table, {}, take))),
  );
  const only = new Map(all.symbols.map((symbol) => [symbol, symbol]));
  const extra = { ofi: 'ofi', wide: 'spread' };
  await importCsv({ dataDir: folder, name: 'again', sources: [{ file, extra }], only, calendar: 'us-hours' });
  const [before, after] = [loadDataset(folder, 'demo').columns, loadDataset(folder, 'again').columns];
  for (const name of Object.keys(before)) expect(bits(after[name]!)).toBe(bits(before[name]!));
  for (const [i, symbol] of all.symbols.entries()) {
    expect(bits(after[`${symbol}.ofi`]!)).toBe(bits(columns[i]!.ofi));
    expect(bits(after[`${symbol}.wide`]!)).toBe(bits(columns[i]!.spread));
  }
});

const python = process.env['ASSAY_PYARROW'] ?? '';
const hasPyarrow = python !== '' && spawnSync(python, ['-c', 'import pyarrow'], { timeout: 60_000 }).status === 0;
if (!hasPyarrow) console.warn('skipped: reading and rewriting by pyarrow, since ASSAY_PYARROW names no Python that has it');

const rewrite = `
import sys, pyarrow as pa, pyarrow.parquet as pq
table = pq.read_table(sys.argv[1])
field = table.schema.field("time")
assert field.type == pa.timestamp("ns", tz="UTC") and not field.nullable, field
assert table.schema.metadata[b"assay.hash"] == b"abc"
assert table.schema.field("ofi").nullable and table["ofi"].null_count == 6
pq.write_table(table, sys.argv[2], compression="zstd")
`;

test.skipIf(!hasPyarrow)('an exported file read and written by pyarrow is the same bit for bit', async () => {
  const [ours, theirs] = [join(folder, 'ours.parquet'), join(folder, 'theirs.parquet')];
  writeFileSync(ours, awkwardParquet());
  const { status, stderr } = spawnSync(python, ['-c', rewrite, ours, theirs], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const textOf = async (path: string): Promise<string> => {
    let text = '';
    for await (const piece of parquetAsText(path, 1e6)) text += piece.toString();
    return text;
  };
  expect(await textOf(theirs)).toBe(await textOf(ours));
  expect(sha256(readFileSync(theirs))).not.toBe(sha256(readFileSync(ours)));
});

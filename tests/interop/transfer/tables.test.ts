import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pageTrials } from '../../../src/storage/readers/page-trials.ts';
import { createStorage } from '../../../src/storage/storage.ts';
import { assayHere } from '../../e2e/assay.ts';
import { useArtifacts } from '../../fixtures/artifacts.ts';
import { useDatabase } from '../../fixtures/database.ts';
import { validateTrial } from '../../fixtures/evaluations.ts';
import { complete, studyWith, type WantedTrial } from '../../fixtures/trials.ts';

const database = useDatabase();
const artifacts = useArtifacts();
const folder = mkdtempSync(join(tmpdir(), 'assay-tables-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const odd = [0, 5e-324, 0.1 + 0.2, 1e300, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1 / 3];
let study: string;
let id: number;
let revision: number;
let files = 0;

beforeAll(async () => {
  const wanted = odd.map(
    (figure, i): WantedTrial => ({
      params: { lr: 10 ** -(2 + (i % 3)), layers: 1 + (i % 4) },
      outcome: {
        ...complete(i / 3, { figure, [`"a,b"`]: i, ...(i % 2 === 0 && { sometimes: -i }) }),
        ...(i === 3 && { noise: { variance: 0.25, seeds: 4 } }),
      },
      reports: [
        [0, figure],
        [7, i],
      ],
    }),
  );
  const made = await studyWith(database.db, [...wanted, { params: { lr: 0.01, layers: 2 } }], { budget: { trials: 20 } });
  study = made.name;
  id = made.id;
  await validateTrial(database.db, artifacts, made.id, 0);
  revision = made.revision;
});

const run = (...parameters: readonly string[]) => assayHere(['export', study, ...parameters], { DATABASE_URL: database.url });

/** Exports to a new file. */
async function exported(ending: string, ...flags: readonly string[]): Promise<Buffer<ArrayBuffer>> {
  const path = join(folder, `${files++}.${ending}`);
  const { code, err } = await run('--to', path, ...flags);
  expect(code, err).toBe(0);
  return readFileSync(path);
}

async function csv(...flags: readonly string[]): Promise<readonly Readonly<Record<string, string>>[]> {
  const text = (await exported('csv', ...flags)).toString();
  expect(text.endsWith('\r\n')).toBe(true);
  return parse(text, { columns: true, recordDelimiter: '\r\n' });
}

test('CSV has every number bit by bit; what is not there is empty', async () => {
  const rows = await csv();
  expect(rows.slice(0, odd.length).map((row) => Number(row['metrics.figure']))).toEqual(odd);
  expect(rows.map((row) => row['metrics.sometimes'])).toEqual(['0', '', '-2', '', '-4', '', '-6', '', '']);
  expect(rows[1]).toMatchObject({ number: '1', state: 'complete', 'params.layers': '2', 'metrics."a,b"': '1', 'lastReport.step': '7' });
  expect(rows.slice(2, 5).map((row) => [row['noise.sd'], row['noise.seeds']])).toEqual([
    ['', ''],
    ['0.5', '4'],
    ['', ''],
  ]);
  expect(rows[8]).toMatchObject({ state: 'queued', value: '', startedAt: '', 'params.lr': '0.01' });
});

test("JSON lines are the API's trials", async () => {
  const lines = (await exported('jsonl')).toString().trimEnd().split('\n');
  const { items } = await pageTrials(database.db, study, { sort: 'number', limit: 200 });
  expect(lines.map((line) => JSON.parse(line))).toEqual(JSON.parse(JSON.stringify(items)));
  expect(JSON.parse(lines[4]!)).toMatchObject({ metrics: { figure: null }, nonFinite: { 'metrics.figure': 'NaN' } });
});

test('Parquet tells NaN from what is not there, and says what it is of', async () => {
  const bytes = await exported('parquet');
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const rows = await parquetReadObjects({ file, compressors });
  expect(rows.slice(0, odd.length).map((row) => row['metrics.figure'])).toEqual(odd);
  expect(rows[8]).toMatchObject({ number: 8n, 'metrics.figure': null, startedAt: null, 'params.layers': 2n });
  const [csvRow] = await csv();
  expect((rows[0]!['startedAt'] as Date).toISOString()).toBe(csvRow!['startedAt']);
  const facts = Object.fromEntries((parquetMetadata(file).key_value_metadata ?? []).map(({ key, value }) => [key, value]));
  expect(facts).toMatchObject({ 'assay.study': study, 'assay.what': 'trials', 'assay.revision': String(revision) });
});

test('curves, evaluations and daily returns are tables of their own', async () => {
  const reports = await csv('--what', 'reports');
  expect(reports.map(({ trial, step, value }) => [Number(trial), Number(step), Number(value)])).toEqual(
    odd.flatMap((figure, i) => [
      [i, 0, figure],
      [i, 7, i],
    ]),
  );
  const evaluations = await csv('--what', 'evaluations');
  expect(evaluations.filter(({ subject }) => subject === 'policy').map(({ trial, seed, fold }) => `${trial} ${seed} ${fold}`)).toEqual([
    '0 1 0',
    '0 2 0',
    '0 1 1',
    '0 2 1',
  ]);
  expect(evaluations.find(({ seed, fold }) => seed === '2' && fold === '1')).toMatchObject({
    'metrics.sharpe': '2.1',
    frictionPaid: '0.003',
  });
  const returns = await csv('--what', 'daily-returns');
  expect(returns).toHaveLength(18);
  expect(returns.filter(({ seed, fold }) => seed === '2' && fold === '0').map((row) => [row['session'], row['return']])).toEqual([
    ['0', '0.01'],
    ['1', '-0.02'],
    ['2', '0.002'],
  ]);
});

test('as of a revision the file is the same, whatever came later; open trials are not in it', async () => {
  const before = await exported('csv', '--as-of', String(revision));
  const storage = createStorage(database.db);
  const claimed = await storage.claim({ studies: [id], worker: 'host:1:cpu', leaseMs: 60_000 });
  await storage.finish(claimed!.lease, { kind: 'failed', error: { code: 'trial_failed', message: 'late' } });
  expect((await exported('csv', '--as-of', String(revision))).equals(before)).toBe(true);
  expect(before.toString().trimEnd().split('\r\n')).toHaveLength(1 + odd.length);
  const { code, err } = await run('--to', join(folder, 'later.csv'), '--as-of', '100000');
  expect([code, err]).toEqual([2, expect.stringMatching(/--as-of: study \S+ is at revision \d+/)]);
});

test('a target that is there, says no format or cannot be is refused with exit code 2, and nothing is left', async () => {
  const there = join(folder, 'there.csv');
  writeFileSync(there, 'mine');
  const before = readdirSync(folder);
  const refused = async (...flags: readonly string[]) => {
    const { code, err } = await run(...flags);
    return [code, err];
  };
  expect(await refused('--to', there)).toEqual([2, expect.stringContaining('this is there, and nothing is overwritten')]);
  expect(await refused('--to', join(folder, 'x'))).toEqual([2, expect.stringContaining('the name of the file says no format')]);
  expect(await refused('--to', 'https://127.0.0.1/x', '--format', 'optuna')).toEqual([2, expect.stringContaining('cannot be written to')]);
  expect(await refused('--to', join(folder, 'x.db'), '--what', 'reports')).toEqual([2, expect.stringContaining('Optuna has trials only')]);
  expect((await refused('--to', join(folder, 'none/x.csv')))[0]).toBe(4);
  expect((await refused('--to', join(folder, 'none/x.db')))[0]).toBe(4);
  expect(readFileSync(there, 'utf8')).toBe('mine');
  expect(readdirSync(folder)).toEqual(before);
});

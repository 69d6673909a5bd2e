import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { generateDataset } from '../../src/market/store/generate-dataset.ts';
import { useDatabase } from '../fixtures/database.ts';
import { complete, studyWith } from '../fixtures/trials.ts';
import { assayHere } from './assay.ts';

const database = useDatabase();
const dataDir = mkdtempSync(join(tmpdir(), 'assay-data-rm-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const folder = join(dataDir, 'datasets', 'demo');
const rm = (...parameters: readonly string[]) =>
  assayHere(['data', 'rm', ...parameters, '--data-dir', dataDir], { DATABASE_URL: database.url });

let hash = '';
beforeEach(() => {
  hash = generateDataset('planted', { dataDir, name: 'demo', seed: 5, sessions: 2 }).manifest.hash;
});

test('a data set that no study is bound to is removed, asked for once', async () => {
  expect(await rm('demo')).toMatchObject({ code: 2, err: expect.stringContaining('--yes') });
  expect(existsSync(folder)).toBe(true);
  expect((await rm('demo', '--yes', '--json')).json()).toEqual({ dataset: 'demo', hash, removed: true });
  expect(existsSync(folder)).toBe(false);
  expect(await rm('demo', '--yes')).toMatchObject({ code: 2, err: expect.stringContaining('no data set is named demo') });
  expect(await rm('../demo', '--yes')).toMatchObject({ code: 2 });
});

test('one that a study is bound to stays, and the refusal names the study, unless it is insisted on', async () => {
  const { name } = await studyWith(database.db, [{ outcome: complete(1) }], {}, { name: 'demo', hash });
  expect(await rm('demo', '--yes')).toMatchObject({ code: 3, err: expect.stringContaining(name) });
  expect(existsSync(folder)).toBe(true);
  expect(await rm('demo', '--yes', '--force')).toMatchObject({ code: 0 });
  expect(existsSync(folder)).toBe(false);
});

test('one that cannot be read any more can be removed', async () => {
  rmSync(join(folder, 'manifest.json'));
  writeFileSync(join(folder, 'manifest.json'), '{');
  expect((await rm('demo', '--yes', '--force', '--json')).json()).toEqual({ dataset: 'demo', hash: null, removed: true });
  expect(existsSync(folder)).toBe(false);
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { generateDataset } from '../../market/store/generate-dataset.ts';
import { cachedDatasets } from './cache.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'assay-datasets-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const put = (seed: number): string =>
  generateDataset('planted', { dataDir, name: 'market', seed, sessions: 2, replace: true }).manifest.hash;

test('a study started after a data set was replaced reads the new content, an earlier one keeps the old', async () => {
  const datasets = cachedDatasets(dataDir, { vaultOf: async () => null, recordDays: async () => undefined });
  const bound = new Map<number, string>();
  const read = (study: number) =>
    datasets(study, 'market', async ({ hash }) => {
      if ((bound.get(study) ?? hash) !== hash) throw new Error('other data');
      bound.set(study, hash);
    });
  await expect(read(1)).rejects.toThrow('no data set');
  const first = put(1);
  const table = await read(1);
  expect(table.hash).toBe(first);
  expect((await read(2)).columns).toBe(table.columns);

  const second = put(2);
  expect([(await read(1)).hash, (await read(3)).hash]).toEqual([first, second]);
  // Started elsewhere with the old content: refused until that is restored.
  bound.set(4, first);
  await expect(read(4)).rejects.toThrow('other data');
  put(1);
  expect((await read(4)).hash).toBe(first);
});

test('what the sessions of a content are is recorded before anybody is bound to it, once, and again where that failed', async () => {
  const { hash } = generateDataset('planted', { dataDir, name: 'recorded', seed: 3, sessions: 2 }).manifest;
  const done: string[] = [];
  let failing = true;
  const datasets = cachedDatasets(dataDir, {
    vaultOf: async () => null,
    recordDays: async (of, days) => {
      if (failing) throw new Error('no database');
      done.push(`${of} ${days.length}`);
    },
  });
  const read = (study: number) => datasets(study, 'recorded', async () => void done.push('bound'));
  await expect(read(1)).rejects.toThrow('no database');
  expect(done).toEqual([]);
  failing = false;
  await Promise.all([read(1), read(2)]);
  await read(1);
  expect(done[0]).toMatch(new RegExp(`^${hash} [1-9][0-9]*$`));
  expect(done.slice(1)).toEqual(['bound', 'bound', 'bound']);
});

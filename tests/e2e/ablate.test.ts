import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { useDatabase } from '../fixtures/database.ts';
import { tinyStudy } from '../fixtures/tiny-study.ts';
import { assay, assayHere } from './assay.ts';

const database = useDatabase();
let folder: string;
const environment = () => ({ DATABASE_URL: database.url, ASSAY_DATA_DIR: join(folder, 'data') });
const run = (...parameters: readonly string[]) => assay(parameters, environment(), folder);
/** What is answered or refused without training. */
const ask = (...parameters: readonly string[]) => assayHere(parameters, environment());

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-ablate-'));
  writeFileSync(join(folder, 'tiny.ts'), tinyStudy('lr'));
  expect(run('data', 'generate', 'planted', '--name', 'tiny', '--seed', '1', '--sessions', '12').code).toBe(0);
  expect(run('run', 'tiny.ts', '--trials', '1', '--workers', '1').code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Item {
  readonly arm: string;
  readonly days: number;
  readonly folds: readonly { readonly fold: number; readonly seeds: readonly { readonly number: number; readonly difference: number }[] }[];
}

test('an ablation compares each arm on every fold and seed, and none of it is a validation', async () => {
  const { code, json, err } = run('ablate', 'tiny', '--withhold', 'momentum', '--seeds', '2', '--json');
  expect([code, err.includes('arm shuffled')]).toEqual([0, true]);
  const { trials, items } = json<{ trials: readonly number[]; items: readonly Item[] }>();
  expect(trials).toEqual([0]);
  expect(items.map(({ arm, days }) => [arm, days])).toEqual([
    ['without', 4],
    ['shuffled', 4],
  ]);
  for (const { folds } of items)
    expect(folds.map(({ fold, seeds }) => [fold, seeds.map(({ number }) => number)])).toEqual([
      [0, [0, 0]],
      [1, [0, 0]],
    ]);
  expect((await ask('trial', 'show', 'tiny#0', '--json')).json()).toMatchObject({ validation: null });
  expect(await ask('gate', 'tiny#0')).toMatchObject({ code: 2, err: expect.stringContaining('was never validated') });
  // Once more nothing is trained, and the answer is the same.
  const again = run('ablate', 'tiny', '--withhold', 'momentum', '--seeds', '2', '--json');
  expect(again.err).toContain('4 trainings, 4 of them done before');
  expect(again.json<{ items: readonly Item[] }>().items).toEqual(items);
});

test('settings that are unknown or change the folds, and arms that are none, are refused before an answer', async () => {
  const refused = (...parameters: readonly string[]) => ask('ablate', 'tiny', '--seeds', '1', ...parameters);
  expect((await refused('--vary', 'reward.sharpBonus=0', '--vary', 'reward.sharpBonus=1')).err).toMatch(/sharpBonus: unknown key/);
  expect((await refused('--vary', 'sessions.folds=1', '--vary', 'sessions.folds=2')).err).toMatch(/cannot be varied/);
  expect(await refused()).toMatchObject({ code: 2, out: '', err: expect.stringContaining('needs either --withhold or --vary') });
  expect((await refused('--withhold', 'momentun')).err).toMatch(/no feature is named momentun[\s\S]*momentum/);
});

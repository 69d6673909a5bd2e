import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Vault } from '../../src/core/vault.ts';
import { generateDataset } from '../../src/market/store/generate-dataset.ts';
import { runValidation } from '../../src/runner/evaluate/run-validation.ts';
import { smokeStudy } from '../../src/runner/smoke/smoke-study.ts';
import { findStudy } from '../../src/storage/readers/find.ts';
import { showTrial } from '../../src/storage/readers/show-trial.ts';
import { readValidation } from '../../src/storage/validations/read-validation.ts';
import { useDatabase } from '../fixtures/database.ts';
import { startRun } from '../fixtures/supervised-run.ts';

const database = useDatabase();
const dataDir = mkdtempSync(join(tmpdir(), 'assay-vault-'));
const file = fileURLToPath(new URL('../fixtures/studies/curious.ts', import.meta.url));
let vault: Vault;

beforeAll(async () => {
  generateDataset('planted', { dataDir, name: 'market', seed: 1, sessions: 6 });
  const run = startRun({ file, dataDir, databaseUrl: database.url, workers: 1 });
  expect(await run.end).toMatchObject({ summary: { ended: { complete: 1, failed: 1 } } });
  const study = await findStudy(database.db, 'curious');
  expect(study.vault).toMatchObject({ dataset: 'market', sessions: 2 });
  vault = study.vault!;
});

afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const validate = (options: object = {}) =>
  runValidation({
    db: database.db,
    dataDir,
    study: 'curious',
    trials: [0],
    seeds: 1,
    workers: 1,
    signal: new AbortController().signal,
    ...options,
  });

test('an objective is handed no bar of the vault, in whatever memory', async () => {
  const { metrics } = await showTrial(database.db, 'curious#0');
  expect(metrics['last']).toBeLessThan(vault.fromMs);
});

test('a search window that reaches into it fails the trial, and says what opens it', async () => {
  const { error } = await showTrial(database.db, 'curious#1');
  expect(error).toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('reaches into the vault') as string,
    hint: expect.stringContaining('assay vault open') as string,
  });
});

test('evaluations, baselines and arms of an ablation are handed none either', async () => {
  const { id } = await validate();
  const [item] = (await readValidation(database.db, 'curious')).items;
  const arm = await validate({ arm: { name: 'other', settings: { 'environment.overnight': 'hold' } } });
  const [varied] = (await readValidation(database.db, 'curious', { validation: arm.id })).items;
  expect(arm.id).not.toBe(id);
  for (const metrics of [item!.metrics, varied!.metrics, item!.baselines[0]!.metrics]) {
    expect(metrics['last']).toBeGreaterThan(0);
    expect(metrics['last']).toBeLessThan(vault.fromMs);
  }
});

test('a fold that reaches into it is refused before anything is evaluated', async () => {
  process.env['ASSAY_TEST_INTO_VAULT'] = '1';
  try {
    await expect(validate()).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('fold 0 reaches into the vault') as string,
      hint: expect.stringContaining('assay vault open') as string,
    });
  } finally {
    delete process.env['ASSAY_TEST_INTO_VAULT'];
  }
});

test('a smoke run is handed none', async () => {
  const { checks } = await smokeStudy({ file, dataDir, params: {}, seed: 1, steps: 1, seconds: 1 });
  expect(Number(checks[0]!.found)).toBeLessThan(vault.fromMs);
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openVault } from '../../src/cli/vault/open-vault.ts';
import type { Vault } from '../../src/core/vault.ts';
import { generateDataset } from '../../src/market/store/generate-dataset.ts';
import { runValidation } from '../../src/runner/evaluate/run-validation.ts';
import { smokeStudy } from '../../src/runner/smoke/smoke-study.ts';
import { createArtifactStore } from '../../src/storage/artifacts/open.ts';
import { findStudy } from '../../src/storage/readers/find.ts';
import { showTrial } from '../../src/storage/readers/show-trial.ts';
import { readEvidence } from '../../src/storage/validations/read-evidence.ts';
import { readValidation } from '../../src/storage/validations/read-validation.ts';
import { othersAtVault } from '../../src/storage/validations/read-vault.ts';
import { openValidation } from '../../src/storage/validations/save-validation.ts';
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

const open = (reason: string) =>
  openVault(database.db, dataDir, {
    trial: { study: 'curious', number: 0 },
    reason,
    by: 'ada',
    workers: 1,
    signal: new AbortController().signal,
  });
const vaultLooks = async () => (await database.pool.query(`select study, number from looks where kind = 'vault'`)).rows;

test('the vault stays closed to a trial that fails another gate, and nothing counts as a look', async () => {
  await validate();
  const outcome = await open('too early');
  expect(outcome).toMatchObject({ kind: 'refused' });
  expect(outcome.kind === 'refused' && outcome.failed.map(({ gate }) => gate)).not.toContain('vault');
  expect(await vaultLooks()).toEqual([]);
  expect((await readEvidence(database.db, createArtifactStore(dataDir), 'curious#0')).evidence.vault).toBeNull();
});

test('a look that was interrupted before its result is opened: it is finished once, and a second one shows the first result', async () => {
  const { evidence, data } = await readEvidence(database.db, createArtifactStore(dataDir), 'curious#0');
  const study = await findStudy(database.db, 'curious');
  const opened = { at: '2026-01-02T03:04:05.000Z', by: 'ada', reason: 'all gates passed' };
  const seeds = evidence.seeds.map(({ seed }) => seed);
  // What a process leaves that is killed before the first evaluation.
  await openValidation(database.db, {
    study: study.id,
    trials: [0],
    seeds,
    folds: [{ ...evidence.windows.at(-1)!, fold: 0, testStart: vault.fromMs, testEnd: vault.untilMs }],
    definition: { data, source: study.sourceHash, scheme: 'vault', opened },
    arm: null,
    scheme: 'vault',
  });
  expect(await vaultLooks()).toEqual([{ study: 'curious', number: 0 }]);
  const finished = await open('another reason');
  expect(finished).toMatchObject({ kind: 'opened', vault: { opened, seeds } });
  if (finished.kind === 'refused' || finished.vault.evidence === null) throw new Error('it has no result');
  const [first] = finished.vault.evidence.seeds;
  expect(first!.evaluation.metrics['last']).toBeGreaterThanOrEqual(vault.fromMs);
  expect(await open('once more')).toEqual({ kind: 'before', vault: finished.vault });
  expect(await vaultLooks()).toHaveLength(1);
  expect((await readEvidence(database.db, createArtifactStore(dataDir), 'curious#0')).evidence.vault).toEqual(finished.vault.evidence);
  // It is no evidence of the walk-forward, whose own folds still do not reach it.
  expect((await readValidation(database.db, 'curious')).items[0]!.metrics['last']).toBeLessThan(vault.fromMs);
});

test('days that another study looked at are no vault', async () => {
  expect(await othersAtVault(database.db, 'curious', vault)).toEqual([]);
  expect(await othersAtVault(database.db, 'another', vault)).toEqual(['curious']);
  const days = [new Date(vault.untilMs - 1), new Date(vault.untilMs + 1)];
  await database.pool.query(
    `insert into looks (data_hash, test_start, test_end, model_hash, kind, study) values ($1, $2, $3, 'm', 'ablation', 'rival')`,
    [vault.hash, ...days],
  );
  expect(await othersAtVault(database.db, 'curious', vault)).toEqual(['rival']);
  expect(await othersAtVault(database.db, 'curious', { ...vault, untilMs: vault.untilMs - 1 })).toEqual([]);
});

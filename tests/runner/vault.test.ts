import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { vaultSchema } from '../../src/api/routes/vault.ts';
import { openVault, type VaultRequest } from '../../src/cli/vault/open-vault.ts';
import { noOverrides } from '../../src/core/config-file.ts';
import type { Vault } from '../../src/core/vault.ts';
import { generateDataset } from '../../src/market/store/generate-dataset.ts';
import { loadDataset } from '../../src/market/store/read.ts';
import { sessionHashes } from '../../src/market/store/session-hashes.ts';
import { modelHistory } from '../../src/registry/history.ts';
import { lockLedger } from '../../src/registry/ledger.ts';
import { showModel } from '../../src/registry/models.ts';
import { promote } from '../../src/registry/promote.ts';
import { readRecord } from '../../src/registry/read-record.ts';
import type { VaultOpenedRecord } from '../../src/registry/record.ts';
import { openSigner } from '../../src/registry/signing/signing-key.ts';
import { recordOpening } from '../../src/registry/vault/look.ts';
import { verifyModels } from '../../src/registry/verify.ts';
import type { ValidationEvent } from '../../src/runner/evaluate/validation-events.ts';
import { smokeStudy } from '../../src/runner/smoke/smoke-study.ts';
import { createArtifactStore } from '../../src/storage/artifacts/open.ts';
import { showTrial } from '../../src/storage/readers/show-trial.ts';
import { readEvidence } from '../../src/storage/validations/read-evidence.ts';
import { readValidation } from '../../src/storage/validations/read-validation.ts';
import { othersAtVault, readVaultEvidence } from '../../src/storage/validations/read-vault.ts';
import { recordDataDays } from '../../src/storage/verbs/record-data-days.ts';
import { answersOf } from '../fixtures/api.ts';
import { curiousFile, searchCurious, validateCurious } from '../fixtures/curious-study.ts';
import { useDatabase } from '../fixtures/database.ts';
import { askedBy, gateResult } from '../fixtures/evaluations.ts';
import { appendForgedLook } from '../fixtures/forged-look.ts';
import { withoutTriggers } from '../fixtures/without-triggers.ts';

const database = useDatabase();
const dataDir = mkdtempSync(join(tmpdir(), 'assay-vault-'));
let vault: Vault;

beforeAll(async () => {
  vault = await searchCurious(database, dataDir);
});

afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const validate = (options: object = {}) => validateCurious(database, dataDir, options);

test('what a search was handed is known by its bars before anything is validated, and the vault is not', async () => {
  const of = async (text: string) => Number((await database.pool.query<{ n: string }>(`select ${text} as n from data_days`)).rows[0]!.n);
  expect(await of('count(distinct starts_at)')).toBe(6 - vault.sessions);
  expect(await of('count(distinct data_hash)')).toBe(1);
  expect(await of('extract(epoch from max(starts_at)) * 1000')).toBeLessThan(vault.fromMs);
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
  const { checks } = await smokeStudy({ file: curiousFile, dataDir, params: {}, seed: 1, steps: 1, seconds: 1, overrides: noOverrides });
  expect(Number(checks[0]!.found)).toBeLessThan(vault.fromMs);
});

const still = () => new AbortController().signal;
const open = (reason: string, change: Partial<VaultRequest> = {}) =>
  openVault(database.db, dataDir, { trial: { study: 'curious', number: 0 }, reason, as: 'ada', workers: 1, signal: still(), ...change });
const rowsOf = async (statement: string) => (await database.pool.query<Record<string, unknown>>(statement)).rows;
const shownVault = () => answersOf(database)('/v1/studies/curious/trials/0/vault', vaultSchema);
const vaultLooks = () => rowsOf(`select study, number from looks where kind = 'vault'`);
const kinds = async () =>
  (await rowsOf(`select record::jsonb ->> 'kind' as kind from promotions order by sequence`)).map(({ kind }) => kind);
const evidenceOf = (address: string) => readEvidence(database.db, createArtifactStore(dataDir), address);

const openingOf = async (study: string) => {
  const evidence = await evidenceOf(`${study}#0`);
  return {
    study,
    vault,
    evidence,
    policies: evidence.policies.map(({ seed, hash }) => ({ seed, hash })),
    asked: [],
    gateResults: [gateResult()],
    reason: 'all gates passed',
    as: 'ada',
    signer: openSigner(dataDir),
  };
};

/** What a process leaves that is killed right after it wrote the look down. */
async function recordedLook(study: string): Promise<VaultOpenedRecord> {
  return (await recordOpening(database.db, await openingOf(study))).record;
}

const forgedLook = (like: VaultOpenedRecord, address: string, hash: string) =>
  appendForgedLook(database.db, openSigner(dataDir), like, { address, hash });

test('the vault stays closed to a trial that fails another gate, and nothing counts as a look', async () => {
  await validate();
  const outcome = await open('too early');
  expect(outcome).toMatchObject({ kind: 'refused' });
  expect(outcome.kind === 'refused' && outcome.failed.map(({ gate }) => gate)).not.toContain('vault');
  await expect(open(' ')).rejects.toMatchObject({ code: 'usage', place: '--reason' });
  expect(await vaultLooks()).toEqual([]);
  expect(await kinds()).toEqual([]);
  const kept = { dataset: 'market', hash: vault.hash, sessions: 2, until: new Date(vault.untilMs).toISOString() };
  expect(await shownVault()).toMatchObject({ vault: kept, opened: null, result: null, items: [] });
  expect((await evidenceOf('curious#0')).evidence.vault).toBeNull();
});

test('of two studies that open the same days at one moment the second finds the first', async () => {
  await validate({ study: 'second' });
  const [first, second] = [await openingOf('curious'), await openingOf('second')];
  const waiting = async (n: number) => {
    const own = 'pg_locks join pg_database on oid = database where datname = current_database()';
    return (await rowsOf(`select 1 from ${own} and locktype = 'advisory' and not granted`)).length === n;
  };
  let openings: readonly Promise<unknown>[] = [];
  await database.db.transaction(async (tx) => {
    await lockLedger(tx);
    const begin = async (n: number, opening: typeof first) => {
      openings = [...openings, recordOpening(database.db, opening)];
      while (!(await waiting(n))) await setTimeout(5);
    };
    await begin(1, first);
    await begin(2, second);
  });
  expect(await Promise.allSettled(openings)).toMatchObject([
    { status: 'fulfilled', value: { record: { address: 'curious#0' } } },
    { status: 'rejected', reason: { code: 'conflict', message: 'these days are no vault: curious looked at them before' } },
  ]);
  expect(await kinds()).toEqual(['vault-opened']);
});

test('a look that was interrupted is opened: the next call finishes it and writes the result once, the one after shows it', async () => {
  const opened = await recordedLook('curious');
  expect(opened).toMatchObject({
    kind: 'vault-opened',
    address: 'curious#0',
    by: { as: 'ada' },
    reason: 'all gates passed',
    vault: { dataset: 'market', hash: vault.hash, sessions: 2, from: new Date(vault.fromMs).toISOString() },
    verdicts: [{ passed: true }],
  });
  // Two at once are one look.
  expect(await recordedLook('curious')).toEqual(opened);

  // Stopped before it walks: the record stays, and there is no result.
  await expect(open('another reason', { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'trial_failed',
    hint: expect.stringContaining('counts as one look') as string,
  });
  expect(await kinds()).toEqual(['vault-opened']);

  const interrupted = { record: 1, by: expect.stringMatching(/^ada/) as string, reason: 'all gates passed' };
  expect(await shownVault()).toMatchObject({ opened: interrupted, result: null, items: [] });

  // Killed between the last walk and the record of the result.
  const { evidence } = await evidenceOf('curious#0');
  const fold = { ...evidence.windows.at(-1)!, fold: 0, testStart: vault.fromMs, testEnd: vault.untilMs };
  const look = { fold, policies: opened.policies, opened: { record: opened.sequence, at: opened.at } };
  const told: ValidationEvent[] = [];
  expect(await validate({ vault: look, onProgress: (event: ValidationEvent) => told.push(event) })).toMatchObject({ failed: [] });
  expect(told[0]).toMatchObject({ kind: 'planned', walked: true, total: 1 });
  expect(await kinds()).toEqual(['vault-opened']);
  // What the ledger does not have yet does not count.
  expect((await evidenceOf('curious#0')).evidence.vault).toBeNull();

  const finished = await open('another reason');
  expect(await kinds()).toEqual(['vault-opened', 'vault-result']);
  if (finished.kind !== 'opened') throw new Error('it was not finished');
  const [{ seed, hash }] = opened.policies as [VaultOpenedRecord['policies'][number]];
  expect(finished).toMatchObject({
    opened,
    // The bytes of the last fold were walked over the vault, which its code was handed for it.
    result: { opened: opened.sequence, results: [{ seed, policyHash: hash, days: 3, metrics: { testStart: vault.fromMs, policy: 1 } }] },
  });
  expect(finished.result.results[0]!.metrics['last']).toBeGreaterThanOrEqual(vault.fromMs);
  expect(await shownVault()).toMatchObject({ opened: interrupted, result: { record: 2 }, items: [{ seed, policyHash: hash, days: 3 }] });
  expect(await open('once more')).toEqual({ ...finished, kind: 'before' });
  expect(await kinds()).toHaveLength(2);
  expect(await vaultLooks()).toEqual([{ study: 'curious', number: 0 }]);
  expect((await evidenceOf('curious#0')).evidence.vault).toMatchObject({
    openedAt: opened.at,
    seeds: [{ seed, evaluation: { metrics: finished.result.results[0]!.metrics, dailyReturns: [0.01, -0.01, 0.02] } }],
  });
  // It is no evidence of the walk-forward, whose own folds still do not reach it.
  expect((await readValidation(database.db, 'curious')).items[0]!.metrics['last']).toBeLessThan(vault.fromMs);
});

test('the ledger with both records is intact, signed, and the history of a model for which the trial is proposed shows them', async () => {
  const report = await verifyModels(database.db);
  expect(report).toMatchObject({ intact: true, records: 2, unsigned: 0, findings: [] });
  await promote(database.db, createArtifactStore(dataDir), {
    model: 'spy',
    alias: 'champion',
    address: 'curious#0',
    gateResults: [gateResult({ passed: false })],
    policies: askedBy('default'),
    evidence: null,
    policyHash: (await evidenceOf('curious#0')).policies[0]!.hash,
    data: [],
    signer: openSigner(dataDir),
  });
  const { items, total } = await modelHistory(database.db, 'spy');
  expect(total).toBe(3);
  expect(items.map(({ kind, model, address }) => [kind, model, address])).toEqual([
    ['refused', 'spy', 'curious#0'],
    ['vault-result', null, 'curious#0'],
    ['vault-opened', null, 'curious#0'],
  ]);
  expect(items[2]).toMatchObject({ alias: null, version: null, passed: null, reason: 'all gates passed', failedGates: [] });
  expect(await readRecord(database.db, 'spy', 2)).toMatchObject({ record: { kind: 'vault-result' }, decision: { sequence: 2 } });
  await expect(readRecord(database.db, 'other', 2)).rejects.toMatchObject({ code: 'not_found' });
  expect((await showModel(database.db, 'spy')).lastDecision).toMatchObject({ kind: 'refused' });
});

test('returns in the vault that were changed in the tables, and a look without a record, are found', async () => {
  const walk = sql`validation_id = (select max(id) from validations where scheme = 'vault') and subject = 'policy'`;
  const returns = sql`(select array_agg(step_returns_hash) from judgements where ${walk})`;
  const { rows } = await database.db.execute<{ was: string[] }>(sql`select ${returns} as was`);
  const other = (await createArtifactStore(dataDir).put(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8))).hash;
  const put = (hash: string) =>
    withoutTriggers(database.db, 'judgements', sql`update judgements set step_returns_hash = ${hash} where ${walk}`);
  await database.pool.query(`insert into artifacts (hash, bytes) values ($1, 8) on conflict do nothing`, [other]);
  await put(other);
  expect((await verifyModels(database.db)).findings).toEqual([
    { check: 'tables', state: 'fail', place: 'curious#0', found: expect.stringContaining('record 2 has other returns of seed') as string },
  ]);
  expect((await evidenceOf('curious#0')).evidence.vault).toMatchObject({ seeds: [] });
  await put(rows[0]!.was[0]!);
  expect((await evidenceOf('curious#0')).evidence.vault!.seeds).toHaveLength(1);
  await database.pool.query(
    `insert into looks (data_hash, test_start, test_end, model_hash, kind, study, number) values ('d', now(), now() + interval '1 day', 'm', 'vault', 'hidden', 4)`,
  );
  expect((await verifyModels(database.db)).findings).toEqual([
    { check: 'tables', state: 'fail', place: 'hidden#4', found: 'it looked at the vault, and no record of the ledger opened it' },
  ]);
});

test('a look at other policies than those that would be promoted is refused, and the difference is stated', async () => {
  const curious = await recordedLook('curious');
  const { sequence } = await forgedLook(curious, 'second#0', 'e'.repeat(64));
  const now = (await evidenceOf('second#0')).policies[0]!.hash.slice(0, 12);
  // Nor is a vault opened on another content of its data.
  const put = (seed: number) => generateDataset('planted', { dataDir, name: 'market', seed, sessions: 6, replace: true });
  put(2);
  await expect(open('look', { trial: { study: 'second', number: 0 } })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('the data set market has other content') as string,
  });
  expect(put(1).manifest.hash).toBe(vault.hash);
  await expect(open('look', { trial: { study: 'second', number: 0 } })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining(`record ${sequence} opened the vault to other policies`) as string,
    hint: expect.stringContaining(`opened to eeeeeeeeeeee, now ${now}`) as string,
  });
  expect(await vaultLooks()).not.toContainEqual({ study: 'second', number: 0 });
});

test('a result of other policies than those of the last fold does not count', async () => {
  await validate({ seeds: 2 });
  const { evidence } = await evidenceOf('curious#0');
  expect(evidence.seeds).toHaveLength(2);
  expect(evidence.vault!.seeds.map(({ seed }) => seed)).toEqual([evidence.seeds[0]!.seed]);
  expect(await readVaultEvidence(database.db, createArtifactStore(dataDir), 1, [])).toMatchObject({ seeds: [] });
});

test('days that another study looked at are no vault', async () => {
  // The ledger opened it to the second study, which has not looked yet.
  expect(await othersAtVault(database.db, 'curious', vault)).toEqual(['second']);
  expect(await othersAtVault(database.db, 'another', vault)).toEqual(['curious', 'second']);
  const look = (study: string, kind: string, hash: string, fromMs: number, untilMs: number) =>
    database.pool.query(`insert into looks (data_hash, test_start, test_end, model_hash, kind, study) values ($1, $2, $3, 'm', $4, $5)`, [
      hash,
      new Date(fromMs),
      new Date(untilMs),
      kind,
      study,
    ]);
  await look('rival', 'ablation', vault.hash, vault.untilMs - 1, vault.untilMs + 1);
  expect(await othersAtVault(database.db, 'curious', vault)).toEqual(['rival', 'second']);
  // Another content of data: it counts once it is known to have the same bars on one of these days.
  const longer = 'f'.repeat(64);
  await look('longer', 'validation', longer, vault.fromMs, vault.untilMs);
  expect(await othersAtVault(database.db, 'curious', vault)).toEqual(['rival', 'second']);
  await recordDataDays(database.db, vault.hash, sessionHashes(loadDataset(dataDir, 'market')));
  await database.pool.query(
    `insert into data_days (data_hash, starts_at, bars_hash) select $1, starts_at, bars_hash from data_days where data_hash = $2 and starts_at >= $3`,
    [longer, vault.hash, new Date(vault.fromMs)],
  );
  expect(await othersAtVault(database.db, 'curious', vault)).toEqual(['longer', 'rival', 'second']);
  await look('far', 'validation', longer, vault.untilMs, vault.untilMs + 1);
  expect(await othersAtVault(database.db, 'curious', vault)).not.toContain('far');
  const others = async (change: Partial<Vault>) =>
    (await othersAtVault(database.db, 'curious', { ...vault, ...change })).filter((name) => name !== 'longer' && name !== 'far');
  expect(await others({ untilMs: vault.untilMs - 1 })).toEqual(['second']);
  expect(await others({ fromMs: vault.untilMs, untilMs: vault.untilMs + 1 })).toEqual(['rival']);
});

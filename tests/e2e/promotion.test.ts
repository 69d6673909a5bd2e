import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { describe, expect, test } from 'vitest';
import { hashOf, sha256 } from '../../src/core/json.ts';
import { modelHistory } from '../../src/registry/history.ts';
import { findVersion, listModels, showModel } from '../../src/registry/models.ts';
import { type PromotionRequest, promote } from '../../src/registry/promote.ts';
import { genesisHash } from '../../src/registry/record.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { readEvidence } from '../../src/storage/validations/read-evidence.ts';
import { describeStudy } from '../../src/testing/storage/subject.ts';
import { loadGatePolicy } from '../../src/trading/config/load.ts';
import { useArtifacts } from '../fixtures/artifacts.ts';
import { useDatabase } from '../fixtures/database.ts';
import { askedBy, gateResult, validateTrial } from '../fixtures/evaluations.ts';
import { checkLedgerChain } from '../fixtures/ledger-chain.ts';
import { complete, studyWith } from '../fixtures/trials.ts';

const refusal = gateResult({ gate: 'drawdown', passed: false, observed: Number.NaN, threshold: 0.02, op: '<=' });
const code = { gitCommit: 'c'.repeat(40), gitDirty: false, lockfileHash: 'e'.repeat(64), node: 'v20.20.0' };
const by = { user: 'ada', host: 'engine' };

describe('promotion', () => {
  const database = useDatabase();
  const store = useArtifacts();
  let models = 0;

  const candidate = async (change: Partial<PromotionRequest> = {}): Promise<PromotionRequest> => {
    const study = await studyWith(database.db, [{ outcome: complete(0.4, { calmar: Number.POSITIVE_INFINITY }) }]);
    await validateTrial(database.db, store, study.id, 0);
    const address = `${study.name}#0`;
    const { hash } = await store.put(new TextEncoder().encode(`policy of ${address}`));
    const evidence = await readEvidence(database.db, store, address);
    return {
      model: `model-${models++}`,
      alias: 'champion',
      address,
      gateResults: [gateResult()],
      policies: askedBy('default'),
      evidence,
      policyHash: hash,
      data: [{ name: 'bars', hash: 'd'.repeat(64) }],
      by,
      code,
      ...change,
    };
  };

  test('makes the first version, moves the alias and keeps the whole record', async () => {
    const request = await candidate({ reason: 'first one' });
    const decision = await promote(database.db, store, request);
    expect(decision).toMatchObject({
      passed: true,
      version: 1,
      promotion: {
        kind: 'promoted',
        by: 'ada@engine',
        model: request.model,
        version: 1,
        alias: 'champion',
        address: request.address,
        passed: true,
      },
    });
    expect(decision.record).toMatchObject({
      reason: 'first one',
      previousVersion: null,
      code: { ...code, module: { url: 'file:///studies/x.ts' } },
      data: request.data,
      value: 0.4,
      metrics: { calmar: 'Infinity' },
      config: { seeds: [1, 2], trialsTried: 1, sampler: { id: 'random' }, studySeed: 7, params: { lr: expect.any(Number) } },
      verdicts: [gateResult()],
      gates: {
        policies: askedBy('default').map(({ policy, version, by }) => ({ version, by, rules: policy })),
        hash: hashOf([loadGatePolicy()]),
      },
      policyHash: request.policyHash,
    });
    expect(decision.record.artifactHashes).toContain(request.policyHash);
    expect(decision.record.artifactHashes.length).toBeGreaterThan(4);
    expect(await showModel(database.db, request.model)).toMatchObject({
      aliases: [{ alias: 'champion', version: 1 }],
      versions: [{ address: `${request.model}@1`, trial: request.address, policyHash: request.policyHash, aliases: ['champion'] }],
    });
  });

  test('the record names the source that the trial ran, whatever its study was opened with since', async () => {
    const request = await candidate();
    const [name] = request.address.split('#') as [string];
    const { module } = describeStudy();
    const since = { ...module, sourceHash: '9'.repeat(64), packagesHash: '8'.repeat(64), gitCommit: '7'.repeat(40) };
    await createStorage(database.db).open(describeStudy({ name, budget: { trials: 1 }, module: since }));
    const { record } = await promote(database.db, store, request);
    expect(record.code.module).toEqual(module);
  });

  test('a refused attempt moves nothing and is recorded for ever, NaN and all', async () => {
    const first = await candidate();
    await promote(database.db, store, first);
    const second = await candidate({ model: first.model, gateResults: [gateResult(), refusal] });
    const decision = await promote(database.db, store, second);
    expect(decision).toMatchObject({ passed: false, version: null, promotion: { kind: 'refused', passed: false } });
    expect(decision.record).toMatchObject({ previousVersion: 1, verdicts: [{ passed: true }, { passed: false, observed: 'NaN' }] });
    expect((await showModel(database.db, first.model)).versions).toHaveLength(1);
    expect((await modelHistory(database.db, first.model)).items.map(({ kind, failedGates }) => ({ kind, failedGates }))).toEqual([
      { kind: 'refused', failedGates: [refusal.gate] },
      { kind: 'promoted', failedGates: [] },
    ]);
  });

  test.each([
    ['no gate result at all', []],
    ['a gate result that passed on NaN', [gateResult({ observed: Number.NaN })]],
  ])('%s is a refusal', async (_, gateResults) => {
    expect((await promote(database.db, store, await candidate({ gateResults }))).passed).toBe(false);
  });

  test('a model that was only ever refused has a history and no version', async () => {
    const request = await candidate({ gateResults: [refusal] });
    await promote(database.db, store, request);
    expect((await modelHistory(database.db, request.model)).total).toBe(1);
    expect(await showModel(database.db, request.model)).toMatchObject({ versions: [], lastDecision: { kind: 'refused' } });
    expect((await listModels(database.db)).items.map(({ name }) => name)).not.toContain(request.model);
    await expect(findVersion(database.db, `${request.model}@champion`)).rejects.toMatchObject({
      code: 'not_found',
      hint: `${request.model} was never promoted: assay model history ${request.model} says why`,
    });
  });

  test('the next policy is the next version, the same one again its own', async () => {
    const first = await candidate();
    const second = await candidate({ model: first.model });
    await promote(database.db, store, first);
    expect((await promote(database.db, store, second)).record).toMatchObject({ version: 2, previousVersion: 1 });
    expect((await promote(database.db, store, { ...first, alias: 'challenger' })).version).toBe(1);
    expect(await findVersion(database.db, `${first.model}@champion`)).toMatchObject({ version: 2, trial: second.address });
    expect(await findVersion(database.db, `${first.model}@1`)).toMatchObject({ aliases: ['challenger'] });
    await expect(findVersion(database.db, `${first.model}@9`)).rejects.toMatchObject({
      code: 'not_found',
      hint: expect.stringContaining(`${first.model}@champion`),
    });
    expect((await listModels(database.db)).items.find(({ name }) => name === first.model)).toMatchObject({ versions: 2 });
  });

  test('many at once make one chain and dense versions', async () => {
    const requests = [];
    const first = await candidate();
    for (let i = 0; i < 5; i++) requests.push(await candidate({ model: first.model }));
    const decisions = await Promise.all([first, ...requests].map((request) => promote(database.db, store, request)));
    expect(decisions.map(({ version }) => version ?? 0).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await checkLedgerChain(database.db)).toMatchObject({ intact: true });
    const { items } = await modelHistory(database.db, first.model);
    expect((await findVersion(database.db, `${first.model}@champion`)).version).toBe(items[0]?.version);
  });

  test('without the bytes of the policy nothing happens', async () => {
    const request = await candidate({ policyHash: sha256('never stored') });
    await expect(promote(database.db, store, request)).rejects.toMatchObject({ code: 'not_found' });
    await expect(modelHistory(database.db, request.model)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('a study whose trial became a version cannot be removed', async () => {
    const request = await candidate();
    await promote(database.db, store, request);
    const name = request.address.split('#')[0];
    await expect(database.pool.query('delete from studies where name = $1', [name])).rejects.toMatchObject({
      constraint: 'model_versions_trial_id_trials_id_fk',
    });
  });
});

describe('the ledger', () => {
  const database = useDatabase();
  const store = useArtifacts();

  const decide = async (): Promise<void> => {
    const study = await studyWith(database.db, [{ outcome: complete(1) }]);
    const { hash } = await store.put(new TextEncoder().encode(study.name));
    await promote(database.db, store, {
      model: 'scalper',
      alias: 'champion',
      address: `${study.name}#0`,
      gateResults: [gateResult()],
      policies: askedBy('default'),
      evidence: null,
      policyHash: hash,
      data: [],
      by,
      code,
    });
  };

  test('refuses to be updated, deleted or emptied', async () => {
    await decide();
    for (const statement of ["update promotions set record = '{}'", 'delete from promotions', 'truncate promotions']) {
      await expect(database.pool.query(statement)).rejects.toThrow('its rows are final');
    }
  });

  test('refuses a row whose hash, sequence or place in the chain is wrong', async () => {
    await decide();
    const insert = (sequence: number, record: string, hash: string, previous: string) =>
      database.pool.query('insert into promotions (sequence, record, hash, previous_hash) values ($1, $2, $3, $4)', [
        sequence,
        record,
        hash,
        previous,
      ]);
    const text = (sequence: number, previousHash: string) => JSON.stringify({ model: 'scalper', sequence, previousHash });
    const free = 'f'.repeat(64);
    await expect(insert(90, text(90, free), sha256('something else'), free)).rejects.toMatchObject({ constraint: 'promotions_hash' });
    await expect(insert(90, text(91, free), sha256(text(91, free)), free)).rejects.toMatchObject({ constraint: 'promotions_chain' });
    await expect(insert(90, text(90, free), sha256(text(90, free)), genesisHash)).rejects.toMatchObject({ constraint: 'promotions_chain' });
    await expect(insert(90, text(90, genesisHash), sha256(text(90, genesisHash)), genesisHash)).rejects.toMatchObject({
      constraint: 'promotions_previous_hash_unique',
    });
  });

  test('its pages go back to the first record', async () => {
    while ((await modelHistory(database.db, 'scalper').catch(() => ({ total: 0 }))).total < 3) await decide();
    const first = await modelHistory(database.db, 'scalper', { limit: 2 });
    const second = await modelHistory(database.db, 'scalper', { limit: 2, cursor: first.next ?? '' });
    expect([...first.items, ...second.items].map(({ sequence }) => sequence)).toEqual([3, 2, 1]);
    expect(second).toMatchObject({ total: 3, next: null });
    expect(second.items[0]?.previousHash).toBe(genesisHash);
  });

  /** What an administrator could do behind the program's back: triggers and constraints off. */
  const tamper = async (statement: string): Promise<unknown> => {
    const client = await database.pool.connect();
    try {
      await client.query('begin');
      await client.query('alter table promotions disable trigger all');
      await client.query('alter table promotions drop constraint promotions_hash, drop constraint promotions_chain');
      await client.query(statement);
      return await checkLedgerChain(drizzle(client));
    } finally {
      await client.query('rollback');
      client.release();
    }
  };

  test.each([
    [
      'a changed record',
      `update promotions set record = replace(record, '"ada"', '"eve"') where sequence = 2`,
      { sequence: 2, because: 'its content does not have its hash' },
    ],
    [
      'a changed record with its hash made to fit',
      `update promotions set record = replace(record, '"ada"', '"eve"'), hash = encode(sha256(convert_to(replace(record, '"ada"', '"eve"'), 'UTF8')), 'hex') where sequence = 2`,
      { sequence: 3, because: 'it does not follow the record before it' },
    ],
    ['a removed record', 'delete from promotions where sequence = 2', { sequence: 2, because: 'record 2 is missing' }],
    ['a removed beginning', 'delete from promotions where sequence = 1', { sequence: 1, because: 'record 1 is missing' }],
    [
      'changed columns',
      `update promotions set previous_hash = repeat('a', 64) where sequence = 3`,
      { sequence: 3, because: 'its content contradicts its row' },
    ],
  ])('%s is found out', async (_, statement, where) => {
    while ((await database.db.execute(sql`select from promotions`)).rowCount! < 3) await decide();
    expect(await checkLedgerChain(database.db)).toEqual({ intact: true, records: 3 });
    expect(await tamper(statement)).toEqual({ intact: false, ...where });
  });
});

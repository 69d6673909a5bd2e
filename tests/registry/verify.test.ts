import { appendFileSync, chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import { showModel } from '../../src/registry/models.ts';
import { rollback } from '../../src/registry/rollback.ts';
import { verifyModels } from '../../src/registry/verify.ts';
import { witnessOf } from '../../src/registry/witness.ts';
import { gateResult } from '../fixtures/evaluations.ts';
import { useFolder, useLedger } from '../fixtures/ledger.ts';

const folder = useFolder();
afterEach(() => vi.unstubAllEnvs());

describe('an unchanged ledger', () => {
  const { begin, verify } = useLedger(folder);

  test('is intact, says its newest hash and how many records follow one that was kept', async () => {
    expect(await verify()).toMatchObject({ intact: true, records: 0, head: null, findings: [] });
    const [first, , last] = await begin();
    const kept = first!.promotion.hash;
    for (const head of [kept, kept.slice(0, 12)])
      expect(await verify({ head })).toEqual({
        intact: true,
        records: 3,
        head: last!.promotion.hash,
        recordsAfter: 2,
        policies: 2,
        bundles: 0,
        recomputed: null,
        foreign: 0,
        witness: null,
        unsigned: 3,
        keys: [],
        findings: [],
      });
  });

  test.each(['zz', 'abc', `${'a'.repeat(64)}0`])('does not take %s for a hash', async (head) => {
    await expect(verify({ head })).rejects.toMatchObject({ code: 'usage' });
  });

  test('does not know a model that it never heard of', async () => {
    await expect(verify({ model: 'nothing' })).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe.each([
  ['the last record changed from refused to promoted', 'last-refusal', ['record', 'record 3', /passed/]],
  [
    'the same with its gate results, and a version of its own',
    'last-refusal-whole',
    ['tables', 'scalper@3', /record 3 promoted .* lacks it/],
  ],
  ['a last record without its gate results', 'no-gate-results', ['record', 'record 3', /lacks what every record has/]],
  ['an earlier record with a hash that fits', 'earlier', ['chain', 'record 3', /does not follow/]],
  ['a cut tail', 'tail', ['tables', 'scalper@2', /no record of the ledger promoted it/]],
  ['an emptied ledger', 'empty', ['tables', 'scalper', /no record of the ledger promoted to it/]],
  ['an alias moved without a record', 'alias', ['tables', 'scalper@champion', /names version 1, and record 2/]],
  ['a version of a refused trial, and the alias on it', 'version', ['tables', 'scalper@3', /no record of the ledger promoted it/]],
  ['a version that was given another trial', 'trial', ['tables', 'scalper@1', /record 1 promoted/]],
  ['a version that was removed', 'no-version', ['tables', 'scalper@1', /table of versions lacks it/]],
  ['an alias that was removed', 'no-alias', ['tables', 'scalper@champion', /table of aliases lacks it/]],
  ['a model that was renamed', 'renamed', ['tables', 'other', /no record of the ledger promoted to it/]],
  ['changed bytes of a policy', 'bytes', ['policy', 'scalper@2', /another SHA-256/]],
  ['lost bytes of a policy', 'no-bytes', ['policy', 'scalper@2', /there is no artifact|not in the store|is gone|cannot be read/]],
] as const)('%s', (_, kind, [check, place, found]) => {
  const { database, storeOf, begin, tamper, forge, verify } = useLedger(folder);

  test('is found', async () => {
    const [, second, refused] = await begin();
    expect((await verify()).intact).toBe(true);
    const promoted = (record: Record<string, Json>) => ({ ...record, kind: 'promoted', passed: true, version: 3 });
    const policy = storeOf().pathOf(second!.record.policyHash);
    const newVersion = `insert into artifacts (hash, bytes) values ('${refused!.record.policyHash}', 1);
      insert into model_versions (model_id, version, trial_id, policy_hash) select 1, 3, max(id), '${refused!.record.policyHash}' from trials;
      update aliases set version = 3`;
    const doings: Readonly<Record<typeof kind, () => Promise<unknown>>> = {
      'last-refusal': () => forge(3, promoted),
      'last-refusal-whole': () => forge(3, (record) => ({ ...promoted(record), verdicts: [{ ...gateResult() }] })),
      'no-gate-results': () => forge(3, (record) => Object.fromEntries(Object.entries(record).filter(([key]) => key !== 'verdicts'))),
      earlier: () => forge(2, (record) => ({ ...record, reason: 'another' })),
      tail: () => tamper('delete from promotions where sequence >= 2'),
      empty: () => tamper('delete from promotions'),
      alias: () => tamper('update aliases set version = 1'),
      version: () => tamper(newVersion),
      trial: () => tamper('update model_versions set trial_id = (select max(id) from trials) where version = 1'),
      'no-version': () => tamper('delete from model_versions where version = 1'),
      'no-alias': () => tamper('delete from aliases'),
      renamed: () => tamper(`update models set name = 'other'`),
      bytes: async () => {
        chmodSync(policy, 0o644);
        writeFileSync(policy, 'other bytes');
      },
      'no-bytes': async () => rmSync(policy),
    };
    await doings[kind]();
    const report = await verify();
    expect(report.intact).toBe(false);
    expect(report.findings).toContainEqual({ check, state: 'fail', place, found: expect.stringMatching(found) });
    expect((await verifyModels(database.db)).intact).toBe(check === 'policy');
  });
});

describe('what a chain and tables cannot show', () => {
  const { begin, tamper, forge, verify } = useLedger(folder);

  test('a refusal that is taken away at the end: by a hash that was kept, and by the witness', async () => {
    const file = join(folder(), 'witness');
    vi.stubEnv('ASSAY_LEDGER_WITNESS', file);
    const [, second, third] = await begin();
    expect(second!.witnessed).toEqual({ place: file, failure: null });
    expect(readFileSync(file, 'utf8').split('\n')[2]).toBe(`3 ${third!.promotion.hash} ${third!.promotion.at}`);
    const witness = witnessOf();
    expect(await verify({ witness })).toMatchObject({ intact: true, witness: file, findings: [] });

    await tamper('delete from promotions where sequence = 3');
    expect(await verify()).toMatchObject({ intact: true, records: 2 });
    expect((await verify({ head: third!.promotion.hash })).findings).toMatchObject([{ check: 'head', state: 'fail' }]);
    const cut = await verify({ witness });
    expect(cut).toMatchObject({ intact: false });
    expect(cut.findings).toMatchObject([
      { check: 'witness', place: `${file}, line 3`, found: expect.stringContaining('the ledger lacks record 3') },
    ]);

    await forge(2, (record) => ({ ...record, reason: 'written anew' }));
    expect((await verify({ witness })).findings[0]).toMatchObject({
      check: 'witness',
      place: `${file}, line 2`,
      found: expect.stringContaining(second!.promotion.hash),
    });
  });
});

describe('the witness', () => {
  const { decide, verify } = useLedger(folder);

  test('that could not be told is said loudly, and the ledger is ahead of it then; the decision stands', async () => {
    const file = join(folder(), 'missing', 'witness');
    vi.stubEnv('ASSAY_LEDGER_WITNESS', file);
    const decision = await decide();
    expect(decision).toMatchObject({ passed: true, version: 1, witnessed: { place: file, failure: expect.stringContaining('ENOENT') } });
    const report = await verify({ witness: witnessOf() });
    expect(report.intact).toBe(true);
    expect(report.findings).toMatchObject([
      { check: 'witness', state: 'warn', found: expect.stringContaining('the ledger is ahead of the witness by 1 record:') },
    ]);
  });

  test('that missed a record between two is covered by the chain, and a line that was cut off swallows no other', async () => {
    const file = join(folder(), 'witness');
    vi.stubEnv('ASSAY_LEDGER_WITNESS', file);
    appendFileSync(file, '1 abc');
    await decide();
    const report = await verify({ witness: witnessOf() });
    expect(report.findings.filter(({ check }) => check === 'witness')).toEqual([
      { check: 'witness', state: 'fail', place: `${file}, line 1`, found: expect.stringContaining('sequence hash time') },
    ]);
  });

  test.each([
    ['a relative path', 'witness.txt'],
    ['a bucket without an object', 's3://bucket'],
  ])('cannot be %s: nothing is decided then', async (_, place) => {
    vi.stubEnv('ASSAY_LEDGER_WITNESS', place);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    const before = await verify();
    await expect(decide()).rejects.toMatchObject({ code: 'config_invalid', message: expect.stringContaining('ASSAY_LEDGER_WITNESS') });
    expect((await verify()).records).toBe(before.records);
  });
});

describe('a rollback', () => {
  const { database, storeOf, decide, tamper, verify } = useLedger(folder);
  const back = (reason: string | null = null) => rollback(database.db, storeOf(), { model: 'scalper', alias: 'champion', reason });
  const champion = async () => (await showModel(database.db, 'scalper')).aliases.find(({ alias }) => alias === 'champion')?.version;

  test('moves the alias to the version that it named before, one further each time, and writes that down', async () => {
    const decided = [await decide(), await decide(), await decide()];
    expect(await back('drawdown')).toMatchObject({
      version: 2,
      previousVersion: 3,
      record: {
        sequence: 4,
        kind: 'rollback',
        version: 2,
        reason: 'drawdown',
        passed: true,
        address: decided[1]!.record.address,
        previousHash: decided[2]!.promotion.hash,
      },
    });
    expect(await champion()).toBe(2);
    expect(await back()).toMatchObject({ version: 1, previousVersion: 2 });
    await expect(back()).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('never named another version') });
    expect(await champion()).toBe(1);
    await decide();
    expect(await back()).toMatchObject({ version: 1, previousVersion: 4 });
    expect(await verify()).toMatchObject({ intact: true, records: 7, findings: [] });
  });

  test('does not happen where the alias was moved without a record, where the policy is damaged, or without such an alias', async () => {
    const [, second] = [await decide(), await decide()];
    await decide();
    const policy = storeOf().pathOf(second.record.policyHash);
    chmodSync(policy, 0o644);
    writeFileSync(policy, 'x');
    await expect(back()).rejects.toMatchObject({ code: 'data_invalid' });
    await tamper('update aliases set version = 1');
    await expect(back()).rejects.toMatchObject({ code: 'conflict', hint: expect.stringContaining('assay model verify') });
    await expect(rollback(database.db, storeOf(), { model: 'scalper', alias: 'nobody', reason: null })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

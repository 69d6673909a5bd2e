import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { gatesSchema } from '../../src/api/routes/gates.ts';
import { gatesAsked, policiesToPromote, policiesToShow } from '../../src/registry/asked-policies.ts';
import { checkTrialGates, promoteTrial } from '../../src/registry/trial-gates.ts';
import { createArtifactStore } from '../../src/storage/artifacts/open.ts';
import { showStudy } from '../../src/storage/readers/show-study.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { loadGatePolicy } from '../../src/trading/config/load.ts';
import { type GatePolicy, policyVersion } from '../../src/validation/gates/policy.ts';
import { describeStudy } from '../conformance/storage/subject.ts';
import { apiClient } from '../fixtures/api.ts';
import { useDatabase } from '../fixtures/database.ts';
import { validateTrial } from '../fixtures/evaluations.ts';
import { complete, studyWith } from '../fixtures/trials.ts';

const policy = loadGatePolicy();
const easier: GatePolicy = { ...policy, gates: { ...policy.gates, days: { severity: 'refuse', minimumDays: 2 } } };
const harder: GatePolicy = { ...policy, gates: { ...policy.gates, days: { severity: 'refuse', minimumDays: 600 } } };
const names = (asked: ReturnType<typeof policiesToShow>) => asked.map(({ version, by }) => [version, by]);
const current = policyVersion(policy);

describe('the policies that are asked', () => {
  test('are the one named, else that of the study', () => {
    expect(names(policiesToShow({ name: 'default', before: null }))).toEqual([[current, 'study']]);
    expect(names(policiesToShow({ name: 'default', before: null }, 'strict'))).toEqual([
      [policyVersion(loadGatePolicy('strict')), 'named'],
    ]);
    expect(names(policiesToShow({ name: 'default', before: policy }))).toEqual([[current, 'study']]);
  });

  test('are two where the numbers have changed since the first trial completed', () => {
    const both = [
      [current, 'study'],
      [policyVersion(easier), 'before'],
    ];
    expect(names(policiesToShow({ name: 'default', before: easier }))).toEqual(both);
    expect(names(policiesToPromote({ name: 'default', before: easier }))).toEqual(both);
    expect(names(policiesToShow({ name: 'default', before: easier }, 'strict'))).toHaveLength(1);
    expect(names(policiesToPromote({ name: 'default', before: easier }, 'strict'))).toHaveLength(3);
  });

  test('of a promotion hold that of the study also where another is named, and one that may promote', () => {
    expect(names(policiesToPromote({ name: 'strict', before: null }, 'default')).map(([, by]) => by)).toEqual(['named', 'study']);
    expect(names(policiesToPromote({ name: 'dual-ticker', before: null }, 'default'))).toHaveLength(2);
    expect(() => policiesToPromote({ name: 'dual-ticker', before: null })).toThrow('judges a stage and promotes nothing');
    expect(() => policiesToPromote({ name: 'phoenix-smoke', before: null }, 'go-live')).toThrow('judges a stage and promotes nothing');
    expect(() => policiesToPromote({ name: 'default', before: null }, 'defualt')).toThrow('no gate policy "defualt"');
  });

  test('cannot be asked by earlier numbers that are no policy', () => {
    expect(() => policiesToShow({ name: 'default', before: { gates: { gone: {} } } })).toThrow('that this release cannot read');
  });

  test('ask a gate of the same numbers once, by its stricter severity', () => {
    const gates = gatesAsked(policiesToPromote({ name: 'default', before: null }, 'strict'));
    expect(gates.filter(({ id }) => id === 'overfit').map(({ severity }) => severity)).toEqual(['refuse']);
    expect(gates.filter(({ id }) => id === 'seeds')).toHaveLength(1);
    const changed = gatesAsked(policiesToPromote({ name: 'default', before: easier }));
    expect(changed.filter(({ id }) => id === 'days').map(({ version }) => version)).toHaveLength(2);
  });
});

describe('a study', () => {
  const database = useDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'assay-policies-'));
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));
  const store = createArtifactStore(dataDir, {});
  const searched = async (policyRules: GatePolicy) => {
    const study = await studyWith(database.db, [{ outcome: complete(1) }], { policy: 'default', policyRules });
    await validateTrial(database.db, store, study.id, 0);
    return { ...study, trial: { study: study.name, number: 0 } };
  };

  test('names its policy, and keeps the numbers of its first complete trial', async () => {
    const description = describeStudy({ policy: 'strict', policyRules: easier });
    const storage = createStorage(database.db);
    expect(await storage.open(description)).toMatchObject({ policy: 'strict', policyRules: easier });
    expect(await storage.open({ ...description, policyRules: harder })).toMatchObject({ policyRules: harder });
    expect((await showStudy(database.db, description.name)).policy).toBe('strict');

    const { name } = await searched(easier);
    const again = { ...describeStudy(), name, policy: 'strict', policyRules: harder };
    const { spaceHash, space } = await showStudy(database.db, name);
    expect(await storage.open({ ...again, space, spaceHash })).toMatchObject({ policy: 'strict', policyRules: easier });
  });

  test('whose numbers became easier is still refused by those of before, and the record names both', async () => {
    const { trial } = await searched(harder);
    const { gateResults, decision } = await promoteTrial(database.db, dataDir, { trial, model: 'pairs', alias: 'champion', reason: null });
    const days = gateResults.filter(({ gate }) => gate === 'days');
    expect(days.map(({ threshold }) => threshold)).toEqual([60, 600]);
    expect(decision).toMatchObject({
      passed: false,
      record: {
        gates: {
          policies: [
            { version: current, by: 'study', rules: policy },
            { version: policyVersion(harder), by: 'before', rules: harder },
          ],
        },
      },
    });
  });

  test('is answered for by the API as by the command, by any policy', async () => {
    const { trial } = await searched(policy);
    const get = async (query: string) => {
      const response = await apiClient({ db: database.db, dataDir }).request(`/v1/studies/${trial.study}/trials/0/gates${query}`);
      return { status: response.status, body: (await response.json()) as unknown };
    };
    const { status, body } = await get('?policy=dual-ticker');
    expect(status).toBe(200);
    expect(gatesSchema.parse(body)).toEqual(body);
    const { gateResults } = await checkTrialGates(database.db, dataDir, trial, 'dual-ticker');
    expect(body).toMatchObject({
      address: `${trial.study}#0`,
      passed: false,
      policies: [{ name: 'dual-ticker', by: 'named' }],
      verdicts: gateResults.map(({ gate, version, because }) => ({ gate, version, because })),
    });
    expect((await get('')).body).toMatchObject({ policies: [{ version: current, by: 'study' }] });
    expect(await get('?policy=stict')).toMatchObject({ status: 400, body: { hint: expect.stringMatching(/^known: strict, /) } });
  });
});

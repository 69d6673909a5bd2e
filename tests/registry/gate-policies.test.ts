import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { gatesSchema } from '../../src/api/routes/gates.ts';
import type { TrialAddress } from '../../src/core/address.ts';
import type { Json } from '../../src/core/json.ts';
import { gatesAsked, policiesToPromote, policiesToShow } from '../../src/registry/asked-policies.ts';
import { recompute } from '../../src/registry/bundle/recompute.ts';
import { checkTrialGates, promoteTrial } from '../../src/registry/trial-gates.ts';
import { createArtifactStore } from '../../src/storage/artifacts/open.ts';
import { enqueue } from '../../src/storage/commands/enqueue-trial.ts';
import { showStudy } from '../../src/storage/readers/show-study.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { describeStudy } from '../../src/testing/storage/subject.ts';
import { loadGatePolicy } from '../../src/trading/config/load.ts';
import { type GatePolicy, policyVersion } from '../../src/validation/gates/policy.ts';
import { readStoredPolicy } from '../../src/validation/gates/stored-policy.ts';
import { apiClient } from '../fixtures/api.ts';
import { useDatabase } from '../fixtures/database.ts';
import { validateTrial } from '../fixtures/evaluations.ts';
import { bars, complete, searchEndMs, studyWith } from '../fixtures/trials.ts';

const policy = loadGatePolicy();
const easier: GatePolicy = { ...policy, gates: { ...policy.gates, days: { severity: 'refuse', minimumDays: 2 } } };
const harder: GatePolicy = { ...policy, gates: { ...policy.gates, days: { severity: 'refuse', minimumDays: 600 } } };
/** The default policy with these numbers of a gate in the place of its own. */
const changed = (gate: keyof GatePolicy['gates'], numbers: Readonly<Record<string, Json>>): Json =>
  ({ ...policy, gates: { ...policy.gates, [gate]: { severity: 'refuse', ...numbers } } }) as Json;
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

  test.each<[string, Json, string]>([
    ['that are no policy', { gates: { gone: {} } }, 'name: '],
    ['of a gate that is gone', { ...policy, gates: { ...policy.gates, gone: { severity: 'refuse' } } } as Json, 'gates.gone: unknown gate'],
    ['with a number that is gone', changed('days', { minimumDays: 60, hours: 3 }), 'gates.days: '],
    ['without a number that the gate always had', changed('days', {}), 'gates.days.minimumDays: '],
    ['that are nothing at all', 'default', 'its root: '],
  ])('cannot be asked by earlier numbers %s, and the way out is said', (_, before, place) => {
    const act = () => policiesToPromote({ name: 'default', before }, 'strict');
    expect(act).toThrow(`that this release cannot read (${place}`);
    expect(act).toThrow(expect.objectContaining({ code: 'conflict', hint: expect.stringContaining('--same-seed') as string }));
    // Another policy can be looked at.
    expect(policiesToShow({ name: 'default', before }, 'strict')).toHaveLength(1);
  });

  test('are never more lenient than they were: a number that came later is as the gate was without it, unless its file is as strict', () => {
    const stored = changed('deterministic', { minimumRepeated: 1 });
    const [, before] = policiesToShow({ name: 'default', before: stored });
    expect(before!.policy.gates.deterministic).toEqual({ severity: 'refuse', minimumRepeated: 1, elsewhereTolerance: 0 });
    expect(before!.lacked).toEqual([{ name: 'deterministic.elsewhereTolerance', from: 'before', asked: 0 }]);
    const withoutRivals = changed('beats-baseline', { level: 0.05 });
    const rivals = (name: string) => policiesToShow({ name, before: withoutRivals }).find(({ by }) => by === 'before');
    expect(rivals('default')!.lacked).toEqual([{ name: 'beats-baseline.rivals', from: 'before', asked: ['flat', 'hold', 'linear'] }]);
    expect(rivals('strict')!.lacked).toContainEqual({ name: 'beats-baseline.rivals', from: 'file', asked: ['flat', 'hold', 'linear'] });
    expect(rivals('strict')!.lacked).toContainEqual({ name: 'vault', from: 'file', asked: null });
  });

  test.each(['at-0033', 'at-0040'])(
    'that were ever stored can be read (%s): a number that a gate gets says what is asked without it',
    (file) => {
      const all = JSON.parse(readFileSync(new URL(`../fixtures/stored-policies/${file}.json`, import.meta.url), 'utf8')) as Record<
        string,
        Json
      >;
      expect(Object.keys(all)).toContain('default');
      for (const [name, stored] of Object.entries(all)) {
        const read = readStoredPolicy(stored, loadGatePolicy(name));
        expect(read, name).toMatchObject({ policy: stored });
      }
      const lacked = (name: string) => {
        const read = readStoredPolicy(all[name]!, loadGatePolicy(name));
        return 'policy' in read ? read.lacked.map((one) => one.name) : null;
      };
      if (file === 'at-0033')
        expect([lacked('default'), lacked('external')]).toEqual([
          ['beats-baseline.rivals', 'deterministic', 'beats-linear'],
          ['beats-baseline.rivals', 'deterministic.elsewhereTolerance', 'beats-linear'],
        ]);
    },
  );

  test('ask a gate of the same numbers once, by its stricter severity', () => {
    const gates = gatesAsked(policiesToPromote({ name: 'default', before: null }, 'strict'));
    expect(gates.filter(({ id }) => id === 'overfit').map(({ severity }) => severity)).toEqual(['refuse']);
    expect(gates.filter(({ id }) => id === 'seeds')).toHaveLength(1);
    const both = gatesAsked(policiesToPromote({ name: 'default', before: easier }));
    expect(both.filter(({ id }) => id === 'days').map(({ version }) => version)).toHaveLength(2);
  });
});

describe('a study', () => {
  const database = useDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'assay-policies-'));
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));
  const store = createArtifactStore(dataDir, {});
  const searched = async (policyRules: Json) => {
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

  test('whose stored numbers lack one that came later is judged, with a warning in the verdict, the record and what is computed again', async () => {
    const { trial } = await searched(changed('deterministic', { minimumRepeated: 1 }));
    const { gateResults, decision } = await promoteTrial(database.db, dataDir, {
      trial,
      model: 'lacking',
      alias: 'champion',
      reason: null,
    });
    const warning = gateResults.find(({ gate }) => gate === 'stored-policy');
    expect(warning).toMatchObject({ severity: 'warn', passed: false, observed: 1, threshold: 0 });
    expect(warning!.because).toMatch(/^default\+[0-9a-f]{8} was stored without .*deterministic\.elsewhereTolerance \(0\)$/);
    expect(gateResults.filter(({ gate }) => gate === 'deterministic')).toHaveLength(2);
    const { record, bundle } = decision;
    expect(record.verdicts.map(({ gate }) => gate)).toContain('stored-policy');
    expect(record.gates.policies.map(({ by, lacked }) => [by, lacked])).toEqual([
      ['study', undefined],
      ['before', [{ name: 'deterministic.elsewhereTolerance', from: 'before', asked: 0 }]],
    ]);
    expect(recompute(bundle!)).toEqual({ same: gateResults.length, differences: [], foreign: [], reworded: [] });
    const forged = { ...bundle!.gates, policies: bundle!.gates.policies.map(({ version, by, rules }) => ({ version, by, rules })) };
    expect(recompute({ ...bundle!, gates: forged }).differences).toHaveLength(1);
    const { passed } = await checkTrialGates(database.db, dataDir, trial);
    expect(passed).toBe(decision.passed);
  });

  test('whose stored numbers cannot be read is judged by another policy, and its trial in a new study, where it is no new look', async () => {
    const { trial, id, space, spaceHash } = await searched({ ...policy, gates: { ...policy.gates, gone: { severity: 'refuse' } } } as Json);
    const judge = (of: TrialAddress, named?: string) => checkTrialGates(database.db, dataDir, of, named);
    await expect(judge(trial)).rejects.toMatchObject({ code: 'conflict', hint: expect.stringContaining('assay trial enqueue') as string });
    const { evidence: before } = await judge(trial, 'strict');

    const storage = createStorage(database.db);
    const { name: study, id: again } = await storage.open(describeStudy({ space, spaceHash, policyRules: policy }));
    const like = { study: trial.study, number: 0 };
    const number = await enqueue(database.db, again, { params: {}, like, sameSeed: true, idempotencyKey: randomUUID() });
    const { lease } = (await storage.claim({ studies: [again], worker: 'w', leaseMs: 60_000 }))!;
    await storage.recordDataRead(lease, { ...bars, searchedUntilMs: searchEndMs });
    await storage.finish(lease, complete(1));
    await validateTrial(database.db, store, again, number);
    const { gateResults, evidence } = await judge({ study, number });
    expect(gateResults.map(({ gate }) => gate)).not.toContain('stored-policy');
    expect(evidence.evidence.looks).toBe(before.evidence.looks);
    expect(evidence.evidence.search.trialsOnSameData).toBe(before.evidence.search.trialsOnSameData);
    expect(id).not.toBe(again);
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

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { decodeBundle, encodeBundle } from '../../src/registry/bundle/bundle.ts';
import { recompute } from '../../src/registry/bundle/recompute.ts';
import { readChampion } from '../../src/registry/champion.ts';
import { comparePaired } from '../../src/registry/compare-models.ts';
import { promote } from '../../src/registry/promote.ts';
import { promoteTrial } from '../../src/registry/trial-gates.ts';
import { createArtifactStore } from '../../src/storage/artifacts/open.ts';
import { enqueue } from '../../src/storage/commands/enqueue-trial.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { openValidation, type ValidationPlan } from '../../src/storage/validations/save-validation.ts';
import { championResult } from '../../src/validation/gates/champion.ts';
import { useDatabase } from '../fixtures/database.ts';
import { gateResult, judgeTrial, plan, windows } from '../fixtures/evaluations.ts';
import { bars, complete, searchEndMs, studyWith } from '../fixtures/trials.ts';

const database = useDatabase();
const dataDir = mkdtempSync(join(tmpdir(), 'assay-champion-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));
const store = createArtifactStore(dataDir);

const judge = ({ id }: { readonly id: number }, number: number, edge: number, change: Partial<ValidationPlan> = {}) =>
  judgeTrial(database.db, store, id, number, edge, change);

let names = 0;

/** A model whose champion is trial 0 of a study; trial 1 of the same study is judged on the same days. */
async function champion(edge: number, expiresAfterDays = 90) {
  const name = `champion-${++names}`;
  const study = await studyWith(database.db, [{ outcome: complete(1) }, { outcome: complete(1) }], { name, budget: { trials: 9 } });
  await judge(study, 0, 0);
  await judge(study, 1, edge);
  const { hash } = await store.put(new TextEncoder().encode(name));
  const decided = { gateResults: [gateResult()], policies: [], evidence: null, data: [], terms: { expiresAfterDays, coolDownDays: 7 } };
  await promote(database.db, store, { model: name, alias: 'champion', address: `${name}#0`, policyHash: hash, ...decided });
  const gate = async (
    number: number,
    change: { readonly margin?: number; readonly study?: string; readonly alias?: string; readonly model?: string } = {},
  ) => {
    const challenger = { study: change.study ?? name, number };
    const { model = name, alias = 'champion', margin = 0 } = change;
    const { evidence } = await readChampion(database.db, { challenger, model, alias, margin });
    return evidence === null ? null : championResult(evidence);
  };
  return { name, study, gate };
}

test('a champion is replaced by a trial that beats it on the same days by more than the margin', async () => {
  const { name, gate } = await champion(0.02);
  const passed = await gate(1);
  expect(passed).toMatchObject({ gate: 'champion', severity: 'refuse', passed: true, op: '>', threshold: 0 });
  expect(passed!.because).toContain(`above ${name}@1 in 4 of 4 folds and 8 of 8 pairs of fold and seed`);
  const compared = await comparePaired(database.db, `${name}@champion`, `${name}#1`);
  expect(compared.low).toBe(passed!.observed);
  expect(compared).toMatchObject({ referenceTrial: `${name}#0`, trial: `${name}#1`, days: 20 });
  // Inclusive would pass: the lower end has to be above the margin.
  expect(await gate(1, { margin: compared.low })).toMatchObject({ passed: false });
  expect((await gate(1, { margin: compared.low }))!.version).not.toBe(passed!.version);
});

test('one that is as good, or worse, does not replace it', async () => {
  const { gate } = await champion(0);
  expect(await gate(1)).toMatchObject({ passed: false, observed: 0 });
  const worse = await (await champion(-0.02)).gate(1);
  expect(worse).toMatchObject({ passed: false });
  expect(worse!.observed).toBeLessThan(0);
});

test('nothing has to be beaten where there is no champion, its record has expired, or it is the challenger itself', async () => {
  const { gate } = await champion(-0.02);
  expect(await gate(1, { alias: 'other' })).toBeNull();
  expect(await gate(1, { model: 'unknown' })).toBeNull();
  expect(await gate(0)).toBeNull();
  const expired = await champion(-0.02, 1e-9);
  expect(await expired.gate(1)).toBeNull();
});

test('a promotion asks the gate beside those of the policy, writes it into the ledger, and its bundle gives the same verdict again', async () => {
  const { name } = await champion(0);
  const promotion = { trial: { study: name, number: 1 }, model: name, alias: 'champion', reason: null };
  const { gateResults, decision } = await promoteTrial(database.db, dataDir, promotion);
  expect(gateResults.at(-1)).toMatchObject({ gate: 'champion', passed: false, observed: 0 });
  expect(decision.record.verdicts.at(-1)).toMatchObject({
    gate: 'champion',
    passed: false,
    observed: 0,
    because: gateResults.at(-1)!.because,
  });
  const again = decodeBundle(encodeBundle(decision.bundle!), name);
  expect(recompute(again)).toEqual({ same: gateResults.length, differences: [], foreign: [], reworded: [] });
  expect(recompute({ ...again, champion: { ...again.champion!, margin: -1 } }).differences).toHaveLength(1);
  // Under an alias that names nothing yet, there is nothing to beat.
  const first = await promoteTrial(database.db, dataDir, { ...promotion, alias: 'other' });
  expect(first.gateResults.map(({ gate }) => gate)).not.toContain('champion');
  expect(recompute(first.decision.bundle!).differences).toEqual([]);
});

test('an alias that was moved since the comparison refuses the decision', async () => {
  const { name } = await champion(0.02);
  const { hash } = await store.put(new TextEncoder().encode('another'));
  const request = {
    model: name,
    alias: 'champion',
    address: `${name}#1`,
    policyHash: hash,
    gateResults: [gateResult()],
    policies: [],
    evidence: null,
    data: [],
  };
  const terms = { expiresAfterDays: 90, coolDownDays: 7 };
  await expect(promote(database.db, store, { ...request, terms, champion: { evidence: null, version: 7 } })).rejects.toMatchObject({
    code: 'conflict',
    message: `${name}@champion was moved while ${name}#1 was compared with it`,
  });
});

test('a challenger that was judged on other days fails, with what to run; a repetition of the champion there stands for it', async () => {
  const { name, gate } = await champion(0);
  const later = windows(6)
    .slice(2)
    .map((window, fold) => ({ ...window, fold }));
  const study = await studyWith(database.db, [{ outcome: complete(1) }], { name: `${name}-later`, budget: { trials: 9 } });
  expect(await gate(0, { study: study.name })).toMatchObject({ passed: false, observed: Number.NaN });
  expect((await gate(0, { study: study.name }))!.because).toContain(
    `${study.name}#0 has no finished validation; assay validate '${study.name}#0'`,
  );
  await judge(study, 0, 0.02, { folds: later });
  const refused = await gate(0, { study: study.name });
  expect(refused).toMatchObject({ passed: false, observed: Number.NaN });
  expect(refused!.because).toContain('judged on different days');
  expect(refused!.because).toContain(`assay trial enqueue ${study.name} --like '${name}#0' --same-seed`);

  const storage = createStorage(database.db);
  const like = { study: name, number: 0 };
  const number = await enqueue(database.db, study.id, { params: {}, like, sameSeed: true, idempotencyKey: randomUUID() });
  const claimed = await storage.claim({ studies: [study.id], worker: 'w', leaseMs: 60_000 });
  await storage.recordDataRead(claimed!.lease, { ...bars, searchedUntilMs: searchEndMs });
  await storage.finish(claimed!.lease, complete(1));
  await judge(study, number, 0, { folds: later });
  expect(await gate(0, { study: study.name })).toMatchObject({ passed: true });
  expect(await comparePaired(database.db, `${name}@champion`, `${study.name}#0`)).toMatchObject({
    referenceTrial: `${study.name}#${number}`,
  });
});

test('an unfinished validation is none', async () => {
  const { name, study } = await champion(0.02);
  // More seeds are asked for than are evaluated.
  await openValidation(database.db, plan(study.id, { trials: [1], folds: windows(4), seeds: [1, 2, 3] }));
  await expect(comparePaired(database.db, `${name}#0`, `${name}#1`)).rejects.toMatchObject({
    code: 'conflict',
    message: `${name}#1 has no finished validation`,
  });
});

test('what is no evidence is not compared: folds of another scheme, and the look at a vault', async () => {
  const { name, study, gate } = await champion(-0.02);
  const [day] = windows(6).slice(5);
  const seen = { folds: [{ ...day!, fold: 0 }], definition: { ...plan(study.id).definition, opened: { record: 1 } } };
  for (const scheme of ['rolling:5', 'vault'])
    for (const number of [0, 1]) await judge(study, number, number, { ...seen, definition: { ...seen.definition, scheme }, scheme });
  expect(await gate(1)).toMatchObject({ passed: false });
  expect(await comparePaired(database.db, `${name}#0`, `${name}#1`)).toMatchObject({ days: 20, pairsAbove: 0 });
});

import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { championGate } from '../../src/registry/champion-gate.ts';
import { comparePaired } from '../../src/registry/compare-models.ts';
import { enqueue } from '../../src/storage/commands/enqueue-trial.ts';
import { findTrial } from '../../src/storage/readers/find.ts';
import { aliases, artifacts, models, modelVersions } from '../../src/storage/schema/index.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { openValidation, type ValidationPlan } from '../../src/storage/validations/save-validation.ts';
import { useArtifacts } from '../fixtures/artifacts.ts';
import { useDatabase } from '../fixtures/database.ts';
import { judgeTrial, plan, windows } from '../fixtures/evaluations.ts';
import { bars, complete, searchEndMs, studyWith } from '../fixtures/trials.ts';

const database = useDatabase();
const store = useArtifacts();

const judge = ({ id }: { readonly id: number }, number: number, edge: number, change: Partial<ValidationPlan> = {}) =>
  judgeTrial(database.db, store, id, number, edge, change);

let names = 0;

/** A model whose champion is trial 0 of a study; trial 1 of the same study is judged on the same days. */
async function champion(edge: number) {
  const name = `champion-${++names}`;
  const study = await studyWith(database.db, [{ outcome: complete(1) }, { outcome: complete(1) }], { name, budget: { trials: 9 } });
  await judge(study, 0, 0);
  await judge(study, 1, edge);
  const { trial } = await findTrial(database.db, `${name}#0`);
  const policyHash = String(names).padStart(64, '0');
  await database.db.insert(artifacts).values({ hash: policyHash, bytes: 1 });
  const [model] = await database.db.insert(models).values({ name }).returning();
  await database.db.insert(modelVersions).values({ modelId: model!.id, version: 1, trialId: trial.id, policyHash });
  await database.db.insert(aliases).values({ modelId: model!.id, alias: 'champion', version: 1 });
  const gate = (
    number: number,
    change: { readonly margin?: number; readonly expired?: boolean; readonly study?: string; readonly alias?: string } = {},
  ) =>
    championGate(database.db, {
      challenger: { study: change.study ?? name, number },
      model: name,
      alias: change.alias ?? 'champion',
      margin: change.margin ?? 0,
      isExpired: async () => change.expired === true,
    });
  return { name, study, gate };
}

test('a champion is replaced by a trial that beats it on the same days by more than the margin', async () => {
  const { name, gate } = await champion(0.02);
  const passed = await gate(1);
  expect(passed).toMatchObject({ against: 1, result: { gate: 'champion', severity: 'refuse', passed: true, op: '>', threshold: 0 } });
  expect(passed!.result.because).toContain(`above ${name}@1 in 4 of 4 folds and 8 of 8 pairs of fold and seed`);
  const compared = await comparePaired(database.db, `${name}@champion`, `${name}#1`);
  expect(compared.low).toBe(passed!.result.observed);
  expect(compared).toMatchObject({ referenceTrial: `${name}#0`, trial: `${name}#1`, days: 20 });
  // Inclusive would pass: the lower end has to be above the margin.
  expect(await gate(1, { margin: compared.low })).toMatchObject({ result: { passed: false } });
  expect((await gate(1, { margin: compared.low }))!.result.version).not.toBe(passed!.result.version);
});

test('one that is as good, or worse, does not replace it', async () => {
  const { gate } = await champion(0);
  expect(await gate(1)).toMatchObject({ result: { passed: false, observed: 0 } });
  const worse = await champion(-0.02);
  expect((await worse.gate(1))!.result).toMatchObject({ passed: false });
  expect((await worse.gate(1))!.result.observed).toBeLessThan(0);
});

test('nothing has to be beaten where there is no champion, its record has expired, or it is the challenger itself', async () => {
  const { gate } = await champion(-0.02);
  expect(await gate(1, { alias: 'other' })).toBeNull();
  expect(await gate(1, { expired: true })).toBeNull();
  expect(await gate(0)).toBeNull();
  expect(
    await championGate(database.db, {
      challenger: { study: 's', number: 0 },
      model: 'unknown',
      alias: 'champion',
      margin: 0,
      isExpired: async () => false,
    }),
  ).toBeNull();
});

test('a challenger that was judged on other days fails, with what to run; a repetition of the champion there stands for it', async () => {
  const { name, gate } = await champion(0);
  const later = windows(6)
    .slice(2)
    .map((window, fold) => ({ ...window, fold }));
  const study = await studyWith(database.db, [{ outcome: complete(1) }], { name: `${name}-later`, budget: { trials: 9 } });
  expect(await gate(0, { study: study.name })).toMatchObject({ result: { passed: false, observed: Number.NaN } });
  expect((await gate(0, { study: study.name }))!.result.because).toContain(
    `${study.name}#0 has no finished validation; assay validate '${study.name}#0'`,
  );
  await judge(study, 0, 0.02, { folds: later });
  const refused = await gate(0, { study: study.name });
  expect(refused).toMatchObject({ result: { passed: false, observed: Number.NaN } });
  expect(refused!.result.because).toContain('judged on different days');
  expect(refused!.result.because).toContain(`assay trial enqueue ${study.name} --like '${name}#0' --same-seed`);

  const storage = createStorage(database.db);
  const like = { study: name, number: 0 };
  const number = await enqueue(database.db, study.id, { params: {}, like, sameSeed: true, idempotencyKey: randomUUID() });
  const claimed = await storage.claim({ studies: [study.id], worker: 'w', leaseMs: 60_000 });
  await storage.recordDataRead(claimed!.lease, { ...bars, searchedUntilMs: searchEndMs });
  await storage.finish(claimed!.lease, complete(1));
  await judge(study, number, 0, { folds: later });
  expect(await gate(0, { study: study.name })).toMatchObject({ result: { passed: true } });
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

import { rm } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../src/core/json.ts';
import { showTrial } from '../../src/storage/readers/show-trial.ts';
import { evaluations } from '../../src/storage/schema/index.ts';
import { bindData } from '../../src/storage/sql/bind-data.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { readArm } from '../../src/storage/validations/read-arm.ts';
import { readEvidence } from '../../src/storage/validations/read-evidence.ts';
import { readReturns } from '../../src/storage/validations/read-returns.ts';
import { readValidation } from '../../src/storage/validations/read-validation.ts';
import { openValidation, saveEvaluation } from '../../src/storage/validations/save-validation.ts';
import { countTried, countTriedOnSameData } from '../../src/storage/validations/tried.ts';
import { useArtifacts } from '../fixtures/artifacts.ts';
import { useDatabase } from '../fixtures/database.ts';
import { evaluation, plan, policyOf, validateTrial, windows } from '../fixtures/evaluations.ts';
import { bars, complete, searchEndMs, studyWith } from '../fixtures/trials.ts';

const database = useDatabase();
const store = useArtifacts();

const failed = { kind: 'failed', error: { code: 'trial_failed', message: 'boom' } } as const;
const study = () =>
  studyWith(database.db, [{ outcome: complete(0.4, { sharpeDaily: 0.04 }) }, { outcome: complete(0.2) }, { outcome: failed }, {}], {
    direction: 'maximize',
  });

test('evidence is read as it was saved: seeds in order of request, folds in time order, with baselines', async () => {
  const { id, name } = await study();
  await validateTrial(database.db, store, id, 1);
  const { evidence, policies, address, definition } = await readEvidence(database.db, store, `${name}#1`);
  expect(address).toBe(`${name}#1`);
  expect(evidence.seeds).toEqual([
    { seed: 1, folds: [evaluation(1), evaluation(1.1)] },
    { seed: 2, folds: [evaluation(2), evaluation(2.1)] },
  ]);
  expect(evidence.search).toMatchObject({ trialsTried: 3, trialSharpes: [0.04, Number.NaN] });
  expect(evidence.baselines).toEqual({ flat: [evaluation(0), evaluation(0)] });
  expect(policies.map(({ seed, fold }) => [seed, fold])).toEqual([
    [1, 0],
    [2, 0],
    [1, 1],
    [2, 1],
  ]);
  expect(await store.get(policies[1]!.hash)).toEqual(Buffer.from(policyOf(1, 2, 0)));
  expect(definition).toEqual(plan(id).definition);
});

test('NaN and infinite metrics of a fold are kept', async () => {
  const { id, name } = await study();
  const validation = await openValidation(database.db, plan(id, { seeds: [1], folds: windows(1) }));
  const odd = { ...evaluation(Number.NaN), dailyReturns: [Number.NaN, Number.NEGATIVE_INFINITY], sessionRewards: [Number.NaN, 3] };
  await saveEvaluation(database.db, store, validation, {
    subject: { kind: 'policy', number: 0, seed: 1, policy: policyOf(0, 1, 0) },
    fold: 0,
    evaluation: odd,
    data: [bars],
  });
  expect((await readEvidence(database.db, store, `${name}#0`)).evidence.seeds[0]?.folds).toEqual([odd]);
  const [item] = (await readValidation(database.db, name)).items;
  expect(item).toMatchObject({ metrics: { sharpe: null }, nonFinite: { sharpe: 'NaN', return: 'NaN' } });
});

test('an interrupted validation continues and evaluates nothing twice', async () => {
  const { id, name } = await study();
  const first = await openValidation(database.db, plan(id));
  const subject = { kind: 'policy', number: 0, seed: 1 } as const;
  expect(first.isEvaluated(subject, 0)).toBe(false);
  await saveEvaluation(database.db, store, first, {
    subject: { ...subject, policy: policyOf(0, 1, 0) },
    fold: 0,
    evaluation: evaluation(1),
    data: [bars],
  });
  await saveEvaluation(database.db, store, first, {
    subject: { kind: 'baseline', name: 'flat' },
    fold: 0,
    evaluation: evaluation(0),
    data: [bars],
  });

  const second = await openValidation(database.db, plan(id));
  expect(second.id).toBe(first.id);
  expect(second.isEvaluated(subject, 0)).toBe(true);
  expect(second.isEvaluated({ kind: 'baseline', name: 'flat' }, 0)).toBe(true);
  expect(second.isEvaluated(subject, 1)).toBe(false);
  expect(second.isEvaluated({ ...subject, seed: 2 }, 0)).toBe(false);
  expect(second.isEvaluated({ ...subject, number: 1 }, 0)).toBe(false);

  await expect(readEvidence(database.db, store, `${name}#0`)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('1 of 4'),
  });
  const before = await database.db.$count(evaluations);
  await validateTrial(database.db, store, id, 0);
  await validateTrial(database.db, store, id, 0);
  expect((await database.db.$count(evaluations)) - before).toBe(4);
  expect((await readEvidence(database.db, store, `${name}#0`)).evidence.seeds[0]?.folds[0]).toEqual(evaluation(1));
});

test('many may open the same validation at once', async () => {
  const { id } = await study();
  const opened = await Promise.all(Array.from({ length: 6 }, () => openValidation(database.db, plan(id))));
  expect(new Set(opened.map((validation) => validation.id)).size).toBe(1);
});

test('other folds or data make another validation, and the newest one counts', async () => {
  const { id, name } = await study();
  await validateTrial(database.db, store, id, 0);
  await validateTrial(database.db, store, id, 0, { seeds: [5], folds: windows(3) });
  const { items } = await readValidation(database.db, name);
  expect(items).toHaveLength(1);
  expect(items[0]).toMatchObject({ address: `${name}#0`, seeds: [5], expected: 3, trialsTried: 3 });
  expect(items[0]?.metrics['sharpe']).toBeCloseTo(5.1, 12);
  expect(items[0]?.folds.map(({ fold, seed, metrics }) => [fold, seed, metrics['sharpe']])).toEqual([
    [0, 5, 5],
    [1, 5, 5.1],
    [2, 5, 5.2],
  ]);
  expect(items[0]?.folds[0]).toMatchObject({
    trainStart: '2018-02-01T00:00:00.000Z',
    testStart: '2018-02-11T00:00:00.000Z',
    purgedBars: 390,
  });
  expect(items[0]?.baselines).toMatchObject([{ name: 'flat', metrics: { sharpe: 0 } }]);
  expect((await showTrial(database.db, `${name}#0`)).validation).toEqual(items[0]);
});

test('seeds are only added: a later, luckier one does not replace earlier ones', async () => {
  const { id, name } = await study();
  await validateTrial(database.db, store, id, 0, { seeds: [1, 2, 3] });
  await validateTrial(database.db, store, id, 0, { seeds: [9] });
  await validateTrial(database.db, store, id, 0, { seeds: [2] });
  expect((await readEvidence(database.db, store, `${name}#0`)).evidence.seeds.map(({ seed }) => seed)).toEqual([1, 2, 3, 9]);
  expect((await readValidation(database.db, name)).items).toMatchObject([{ seeds: [1, 2, 3, 9], expected: 8 }]);
  // A requested seed without an evaluation makes the evidence incomplete.
  await openValidation(database.db, plan(id, { seeds: [10] }));
  await expect(readEvidence(database.db, store, `${name}#0`)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('8 of 10'),
  });
});

test('more seeds for one trial do not add seeds to another', async () => {
  const { id, name } = await study();
  await validateTrial(database.db, store, id, 0);
  await validateTrial(database.db, store, id, 1, { seeds: [1, 2, 3] });
  expect((await readEvidence(database.db, store, `${name}#0`)).evidence.seeds).toHaveLength(2);
});

test('a validation is shown by its key, although another one is newer', async () => {
  const { id, name } = await study();
  const { id: validation } = await openValidation(database.db, plan(id));
  await validateTrial(database.db, store, id, 0);
  await validateTrial(database.db, store, id, 0, { folds: windows(3) });
  expect((await readValidation(database.db, name, { validation })).items).toMatchObject([{ expected: 4 }]);
  expect((await readValidation(database.db, name)).items).toMatchObject([{ expected: 6 }]);
});

describe('evidence is refused if it', () => {
  const refusal = async (name: string, message: string) =>
    expect(readEvidence(database.db, store, `${name}#0`)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(message),
      hint: expect.stringContaining('--name'),
    });

  test('is evaluated with another source than it was searched with', async () => {
    const { id, name } = await study();
    await validateTrial(database.db, store, id, 0, { definition: { data: [bars], source: 'c'.repeat(64) } });
    await refusal(name, 'another version');
  });

  test('is tested on what its search saw', async () => {
    const storage = createStorage(database.db);
    const { id, name } = await studyWith(database.db, [{}]);
    const claimed = await storage.claim({ studies: [id], worker: 'w', leaseMs: 60_000 });
    await storage.recordDataRead(claimed!.lease, { ...bars, searchedUntilMs: searchEndMs + 2 * 86_400_000 });
    await storage.finish(claimed!.lease, complete(1));
    await validateTrial(database.db, store, id, 0);
    await expect(readEvidence(database.db, store, `${name}#0`)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('fold 0 is tested from 2018-02-11'),
    });
  });

  test.each([
    ['did not say which data', []],
    ['did not say how far', [{ ...bars, searchedUntilMs: null }]],
    ['mixes two contents', [{ name: 'bars', hash: 'e'.repeat(64), searchedUntilMs: searchEndMs }]],
  ])('when the trial %s', async (message, reads) => {
    const storage = createStorage(database.db);
    const { id, name } = await studyWith(database.db, [{}]);
    const claimed = await storage.claim({ studies: [id], worker: 'w', leaseMs: 60_000 });
    for (const read of reads) await storage.recordDataRead(claimed!.lease, read);
    await storage.finish(claimed!.lease, complete(1));
    await validateTrial(database.db, store, id, 0);
    await refusal(name, message);
  });

  test('has an evaluation that read other content than the rest', async () => {
    const { id, name } = await study();
    const validation = await openValidation(database.db, plan(id, { folds: windows(1), seeds: [1] }));
    const data = [bars, { name: 'calendar', hash: '1'.repeat(64) }];
    const flat = { kind: 'baseline', name: 'flat' } as const;
    await saveEvaluation(database.db, store, validation, { subject: flat, fold: 0, evaluation: evaluation(0), data });
    const subject = { kind: 'policy', number: 0, seed: 1, policy: policyOf(0, 1, 0) } as const;
    const others = [bars, { name: 'calendar', hash: '2'.repeat(64) }];
    await saveEvaluation(database.db, store, validation, { subject, fold: 0, evaluation: evaluation(1), data: others });
    await refusal(name, 'mixes two contents of the data set calendar');
  });
});

test("a trial's Sharpe ratio is its metric sharpeDaily, whatever the objective is scaled by; one that never traded counts as 0", async () => {
  const { id, name } = await studyWith(database.db, [
    { outcome: complete(400, { sharpeDaily: 0.4, turnover: 20 }) },
    { outcome: complete(0, { sharpeDaily: Number.NaN, turnover: 0 }) },
    { outcome: complete(1, { sharpeDaily: Number.NaN, turnover: 3 }) },
    { outcome: complete(2, { turnover: 0.5 }) },
  ]);
  await validateTrial(database.db, store, id, 0);
  const { evidence } = await readEvidence(database.db, store, `${name}#0`);
  expect(evidence.search.trialSharpes).toEqual([0.4, 0, Number.NaN, Number.NaN]);
});

test('a cancelled trial counts as tried if it had reported', async () => {
  const cancelled = { kind: 'cancelled', by: 'ada' } as const;
  const own = { name: 'own', hash: sha256('cancelled') };
  const { id } = await studyWith(
    database.db,
    [{ outcome: cancelled, reports: [[1, 0.5]] }, { outcome: cancelled }, { outcome: complete(1) }],
    {},
    own,
  );
  expect(await countTried(database.db, id)).toBe(2);
});

test('trials tried are counted over every study on the same data, whatever name the data have there', async () => {
  const [ours, theirs] = ['ours', 'theirs'].map((text) => ({ name: 'bars', hash: sha256(text) }));
  const first = await studyWith(database.db, [{ outcome: complete(1) }, { outcome: failed }], {}, ours);
  const second = await studyWith(database.db, [{ outcome: complete(1) }], { seed: 2 }, { ...ours!, name: 'copy' });
  const other = await studyWith(database.db, [{ outcome: complete(1) }], { seed: 3 }, theirs);
  const counts = await Promise.all([first, second, other].map(({ id }) => countTriedOnSameData(database.db, id)));
  expect(counts).toEqual([3, 3, 1]);
  await bindData(database.db, other.id, { ...ours!, name: 'more' });
  expect(await countTriedOnSameData(database.db, second.id)).toBe(4);
});

test('there is no evidence without a validation or its returns', async () => {
  const { id, name } = await study();
  await expect(readEvidence(database.db, store, `${name}#0`)).rejects.toMatchObject({
    code: 'not_found',
    hint: expect.stringContaining('assay validate'),
  });
  const change = { seeds: [99] };
  await validateTrial(database.db, store, id, 0, change);
  const { artifactHashes } = await readEvidence(database.db, store, `${name}#0`);
  const curves = artifactHashes.map((hash) => store.pathOf(hash));
  await Promise.all(curves.map((path) => rm(path)));
  await expect(readEvidence(database.db, store, `${name}#0`)).rejects.toMatchObject({ code: 'not_found' });
});

test('arms of an ablation are no evidence: a trial that only they evaluated was never validated', async () => {
  const { id, name } = await study();
  const arm = { arm: 'without', definition: { ...plan(id).definition, arm: { withhold: { features: ['ofi_*'] } } } };
  await validateTrial(database.db, store, id, 1, arm);
  await expect(readEvidence(database.db, store, `${name}#1`)).rejects.toThrow(/was never validated/);
  expect((await readReturns(database.db, `${name}#1`)).items).toEqual([]);
  expect((await readValidation(database.db, name)).items).toEqual([]);
  await validateTrial(database.db, store, id, 1);
  const before = await readEvidence(database.db, store, `${name}#1`);
  // A later arm does not take the place of the evidence.
  await validateTrial(database.db, store, id, 1, { ...arm, arm: 'shuffled', definition: { ...arm.definition, arm: { x: 1 } } });
  // But what it looked at counts.
  const after = { ...before, evidence: { ...before.evidence, looks: before.evidence.looks + 1 } };
  expect(await readEvidence(database.db, store, `${name}#1`)).toEqual(after);
  expect((await readValidation(database.db, name)).items.map(({ definitionHash }) => definitionHash)).toEqual([before.definitionHash]);
});

test('the evaluations of an arm are read by trial, seed and fold, those asked for alone', async () => {
  const { id } = await study();
  const arm = { arm: 'with', definition: { ...plan(id).definition, arm: {} } };
  await validateTrial(database.db, store, id, 1, { ...arm, seeds: [2, 1, 3] });
  const { id: validation } = await openValidation(database.db, plan(id, arm));
  const read = await readArm(database.db, validation, { trials: [1], seeds: [1, 2] });
  expect(read.map(({ number, seed, fold }) => [number, seed, fold])).toEqual([
    [1, 1, 0],
    [1, 1, 1],
    [1, 2, 0],
    [1, 2, 1],
  ]);
  expect(read[3]!.dailyReturns).toEqual(evaluation(2.1).dailyReturns);
});

import { rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { showTrial } from '../../src/storage/readers/show-trial.ts';
import { judgements } from '../../src/storage/schema/index.ts';
import { readEvidence } from '../../src/storage/validations/read-evidence.ts';
import { readValidation } from '../../src/storage/validations/read-validation.ts';
import { openValidation, saveJudgement } from '../../src/storage/validations/save-validation.ts';
import { useArtifacts } from '../fixtures/artifacts.ts';
import { useDatabase } from '../fixtures/database.ts';
import { judgement, plan, policyOf, validateTrial, windows } from '../fixtures/judgements.ts';
import { complete, studyWith } from '../fixtures/trials.ts';

const database = useDatabase();
const store = useArtifacts();

const failed = { kind: 'failed', error: { code: 'trial_failed', message: 'boom' } } as const;
const study = () =>
  studyWith(database.db, [{ outcome: complete(0.4) }, { outcome: complete(0.2) }, { outcome: failed }, {}], { direction: 'maximize' });

test('evidence comes back as it was judged: seeds in their order, folds in time order, baselines beside them', async () => {
  const { id, name } = await study();
  await validateTrial(database.db, store, id, 1);
  const { evidence, baselines, policies, address, definition } = await readEvidence(database.db, store, `${name}#1`);
  expect(address).toBe(`${name}#1`);
  expect(evidence.seeds).toEqual([
    { seed: 1, folds: [judgement(1), judgement(1.1)] },
    { seed: 2, folds: [judgement(2), judgement(2.1)] },
  ]);
  expect(evidence.search).toEqual({ trialsTried: 3, trialSharpes: [0.4, 0.2] });
  expect(baselines).toEqual({ flat: [judgement(0), judgement(0)] });
  expect(policies.map(({ seed, fold }) => [seed, fold])).toEqual([
    [1, 0],
    [2, 0],
    [1, 1],
    [2, 1],
  ]);
  expect(await store.get(policies[1]!.hash)).toEqual(Buffer.from(policyOf(1, 2, 0)));
  expect(definition).toEqual(plan(id).definition);
});

test('NaN and infinite figures of a fold survive', async () => {
  const { id, name } = await study();
  const validation = await openValidation(database.db, plan(id, { seeds: [1], folds: windows(1) }));
  const odd = { ...judgement(Number.NaN), dailyReturns: [Number.NaN, Number.NEGATIVE_INFINITY] };
  await saveJudgement(database.db, store, validation, { kind: 'policy', number: 0, seed: 1, policy: policyOf(0, 1, 0) }, 0, odd);
  expect((await readEvidence(database.db, store, `${name}#0`)).evidence.seeds[0]?.folds).toEqual([odd]);
  const [item] = (await readValidation(database.db, name)).items;
  expect(item).toMatchObject({ metrics: { sharpe: null }, nonFinite: { sharpe: 'NaN', return: 'NaN' } });
});

test('an interrupted validation goes on where it stopped and doubles nothing', async () => {
  const { id, name } = await study();
  const first = await openValidation(database.db, plan(id));
  const subject = { kind: 'policy', number: 0, seed: 1 } as const;
  expect(first.isJudged(subject, 0)).toBe(false);
  await saveJudgement(database.db, store, first, { ...subject, policy: policyOf(0, 1, 0) }, 0, judgement(1));
  await saveJudgement(database.db, store, first, { kind: 'baseline', name: 'flat' }, 0, judgement(0));

  const second = await openValidation(database.db, plan(id));
  expect(second.id).toBe(first.id);
  expect(second.isJudged(subject, 0)).toBe(true);
  expect(second.isJudged({ kind: 'baseline', name: 'flat' }, 0)).toBe(true);
  expect(second.isJudged(subject, 1)).toBe(false);
  expect(second.isJudged({ ...subject, seed: 2 }, 0)).toBe(false);
  expect(second.isJudged({ ...subject, number: 1 }, 0)).toBe(false);

  await expect(readEvidence(database.db, store, `${name}#0`)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('1 of 4'),
  });
  const before = await database.db.$count(judgements);
  await validateTrial(database.db, store, id, 0);
  await validateTrial(database.db, store, id, 0);
  expect((await database.db.$count(judgements)) - before).toBe(4);
  expect((await readEvidence(database.db, store, `${name}#0`)).evidence.seeds[0]?.folds[0]).toEqual(judgement(1));
});

test('many may open the same validation at once', async () => {
  const { id } = await study();
  const opened = await Promise.all(Array.from({ length: 6 }, () => openValidation(database.db, plan(id))));
  expect(new Set(opened.map((validation) => validation.id)).size).toBe(1);
});

test('other folds, seeds or data make another validation, and the newest one counts', async () => {
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

test('without a validation, or without its curves, there is no evidence', async () => {
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

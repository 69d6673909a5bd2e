import { expect, test } from 'vitest';
import type { PolicyChecks } from '../../src/search/study/checks.ts';
import { readEvidence } from '../../src/storage/validations/read-evidence.ts';
import { readUnchecked, saveCheck } from '../../src/storage/validations/save-check.ts';
import { openValidation } from '../../src/storage/validations/save-validation.ts';
import { useArtifacts } from '../fixtures/artifacts.ts';
import { useDatabase } from '../fixtures/database.ts';
import { plan, validateTrial } from '../fixtures/evaluations.ts';
import { attempt } from '../fixtures/roles.ts';
import { complete, studyWith } from '../fixtures/trials.ts';

const database = useDatabase();
const store = useArtifacts();
const study = () => studyWith(database.db, [{ outcome: complete(0.4, { sharpeDaily: 0.04 }) }], { direction: 'maximize' });

const checked = (seed: number): PolicyChecks => ({
  seed,
  cut: { rows: 3, changed: 0, first: null },
  noise: { rows: 3, changed: 0, first: null },
  differsAt: null,
  stress: { 'costs-x2': [0.001], 'one-bar-late': [0.002], 'half-volume': [0.003] },
});

test('what is unchecked is asked for, and the first result of a check stays', async () => {
  const { id, name } = await study();
  await validateTrial(database.db, store, id, 0);
  const validation = await openValidation(database.db, plan(id));
  const wanted = { numbers: [0], folds: [0, 1] };
  const unchecked = await readUnchecked(database.db, validation.id, wanted);
  expect(unchecked).toMatchObject({ data: true, features: [0, 1] });
  expect(unchecked.policies.map(({ fold, seed }) => [fold, seed])).toEqual([
    [0, 1],
    [0, 2],
    [1, 1],
    [1, 2],
  ]);

  const save = (check: Parameters<typeof saveCheck>[2]) => saveCheck(database.db, validation, check, { node: 'v0' });
  await save({ subject: 'data', result: { bars: 5, missingBars: 0, faults: [] } });
  await save({ subject: 'data', result: { bars: 6, missingBars: 0, faults: [] } });
  await save({ subject: 'features', fold: 1, result: { rows: 3, changed: 0, first: null } });
  for (const { fold, seed, number } of unchecked.policies.slice(1)) await save({ subject: 'policy', fold, number, result: checked(seed) });
  expect(await readUnchecked(database.db, validation.id, wanted)).toMatchObject({
    data: false,
    features: [0],
    policies: [{ fold: 0, seed: 1 }],
  });
  expect((await readEvidence(database.db, store, `${name}#0`)).evidence.checks).toMatchObject({
    dataQuality: { bars: 5 },
    lookAhead: null,
    deterministic: null,
  });

  await save({ subject: 'policy', fold: 0, number: 0, result: { ...checked(1), differsAt: 4 } });
  const { checks } = (await readEvidence(database.db, store, `${name}#0`)).evidence;
  // The features of fold 0 are missing.
  expect(checks).toMatchObject({ lookAhead: null, deterministic: { repeated: 4, different: 1, first: 'seed 1, fold 0' } });
  expect(checks!.deterministic!.elsewhere).toBeUndefined();
  expect(checks!.stress['one-bar-late']).toEqual({
    returns: [
      [0.002, 0.002],
      [0.002, 0.002],
    ],
  });
});

test('checks cannot be changed or removed, and belong to what they are of', async () => {
  const { id } = await study();
  await validateTrial(database.db, store, id, 0);
  const validation = await openValidation(database.db, plan(id));
  await saveCheck(database.db, validation, { subject: 'data', result: { bars: 5, missingBars: 0, faults: [] } }, {});
  for (const statement of [
    `update validation_checks set result = '{}'`,
    'delete from validation_checks',
    'truncate validation_checks',
    `update validations set origin = 'external'`,
  ])
    expect(await attempt(database.url, statement), statement).toMatch(/refuses/);
  for (const columns of [
    `(validation_id, subject, rule, fold, result) values (${validation.id}, 'data', 9, 0, '{}')`,
    `(validation_id, subject, rule, result) values (${validation.id}, 'features', 9, '{}')`,
    `(validation_id, subject, rule, fold, result) values (${validation.id}, 'policy', 9, 0, '{}')`,
    `(validation_id, subject, rule, result) values (${validation.id}, 'other', 9, '{}')`,
  ])
    expect(await attempt(database.url, `insert into validation_checks ${columns}`), columns).toMatch(/validation_checks_subject/);
});

test('evidence from outside says so for ever, and is not that of this platform', async () => {
  const { id, name } = await study();
  const own = await openValidation(database.db, plan(id));
  const external = await openValidation(database.db, plan(id, { origin: 'external' }));
  expect(external.definitionHash).not.toBe(own.definitionHash);
  await validateTrial(database.db, store, id, 0, { origin: 'external' });
  expect((await readEvidence(database.db, store, `${name}#0`)).evidence.origin).toBe('external');
  expect(
    await attempt(
      database.url,
      `insert into validations (study_id, definition_hash, definition, origin) values (${id}, 'h', '{}', 'other')`,
    ),
  ).toMatch(/validations_origin/);
});

test('folds of another scheme than the study’s own are no evidence', async () => {
  const { id, name } = await study();
  await validateTrial(database.db, store, id, 0, { scheme: 'cpcv:6,2', definition: { ...plan(id).definition, scheme: 'cpcv:6,2' } });
  await expect(readEvidence(database.db, store, `${name}#0`)).rejects.toMatchObject({ code: 'not_found' });
  await validateTrial(database.db, store, id, 0);
  expect((await readEvidence(database.db, store, `${name}#0`)).definition).toEqual(plan(id).definition);
});

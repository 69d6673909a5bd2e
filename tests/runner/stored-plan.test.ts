import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { generateDataset } from '../../src/market/store/generate-dataset.ts';
import { planStudy } from '../../src/runner/plan/plan-study.ts';
import { storedPlan } from '../../src/runner/plan/stored-plan.ts';
import { nextStudyOf } from '../../src/runner/supervisor/next-study.ts';
import { prepareRun } from '../../src/runner/supervisor/prepare-run.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { useDatabase } from '../fixtures/database.ts';
import { tinyStudy } from '../fixtures/tiny-study.ts';

const database = useDatabase();
const folder = mkdtempSync(join(tmpdir(), 'assay-stored-plan-'));
const dataDir = join(folder, 'data');
const file = join(folder, 'tiny.ts');

beforeAll(() => {
  mkdirSync(dataDir);
  generateDataset('planted', { dataDir, name: 'tiny', seed: 1, sessions: 12 });
  writeFileSync(file, tinyStudy('lr').replace('folds: 2', 'folds: 1, vaultSessions: 2'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const numbers = { models: 2, seeds: 3, looks: 4 };

test('what is stored when a study is opened gives the plan of its file again, vault and all', async () => {
  const { study } = await prepareRun({ file, dataDir });
  await createStorage(database.db).open(study);
  const { params: _, cost, ...plan } = await planStudy({ file, dataDir, timed: false, params: {}, ...numbers });
  expect(cost).toBeNull();
  expect(plan.windows.map(({ use }) => use)).toEqual(['search training', 'inner validation', 'fold training', 'fold test', 'vault']);
  expect(await storedPlan(database.db, 'tiny', numbers)).toEqual(plan);
});

test('a study that green opens has its plan, its gate policy and its vault from the start, too', async () => {
  const { study } = await prepareRun({ file, dataDir, name: 'first' });
  const opened = await nextStudyOf(database.db, { name: 'first', nextStudy: 'later', moduleUrl: pathToFileURL(file).href }, dataDir).catch(
    (error: unknown) => error,
  );
  expect(opened).toMatchObject({ code: 'study_invalid' });
  writeFileSync(
    join(folder, 'later.ts'),
    tinyStudy('lr').replace("name: 'tiny'", "name: 'later'").replace('folds: 2', 'folds: 1, vaultSessions: 2'),
  );
  const next = await nextStudyOf(database.db, { name: 'first', nextStudy: 'later', moduleUrl: pathToFileURL(file).href }, dataDir);
  const { evidence, ahead, vault, policyRules } = study;
  expect(next!.description).toMatchObject({ name: 'later', evidence, ahead, vault, policyRules });
});

test('another scheme is planned with its own trainings, and shows nothing for a promotion; the name of the own folds does', async () => {
  const twoFolds = join(folder, 'two-folds.ts');
  writeFileSync(twoFolds, tinyStudy('lr'));
  const planned = (scheme: string) => planStudy({ file: twoFolds, dataDir, scheme, timed: false, params: {}, ...numbers });
  expect(await planned('cpcv:4,2')).toMatchObject({
    scheme: 'cpcv:4,2',
    power: null,
    planned: { folds: 6 },
    trainings: { validation: 36 },
  });
  const own = await planned('anchored');
  expect(own).toMatchObject({ scheme: null, planned: { folds: 2 } });
  expect(own.power).not.toBeNull();
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { makeDataDir } from '../../src/core/data-dir.ts';
import { judgeFreeze } from '../../src/registry/judge-freeze.ts';
import { nextStudyOf } from '../../src/runner/supervisor/next-study.ts';
import { createArtifactStore } from '../../src/storage/artifacts/open.ts';
import { freezeGroup } from '../../src/storage/commands/freeze.ts';
import { findStudy } from '../../src/storage/readers/find.ts';
import { readFreezes } from '../../src/storage/readers/freezes.ts';
import { showStudy } from '../../src/storage/readers/show-study.ts';
import { openValidation, saveEvaluation } from '../../src/storage/validations/save-validation.ts';
import { useDatabase } from '../fixtures/database.ts';
import { freshDataDir } from '../fixtures/embedded.ts';
import { plan, policyOf, validateTrial, windows } from '../fixtures/evaluations.ts';
import { goodEvidence } from '../fixtures/good-evidence.ts';
import { bars, complete, sourceHash, studyWith } from '../fixtures/trials.ts';

const database = useDatabase();

let groups = 0;

async function frozen(next?: string) {
  const group = `judged-${++groups}`;
  const dataDir = freshDataDir();
  makeDataDir(dataDir);
  const study = await studyWith(database.db, [{ outcome: complete(1) }, { outcome: complete(2) }], {
    name: `${group}-works`,
    group,
    ...(next !== undefined && {
      next,
      module: { url: pathToFileURL(join(dataDir, 'first.ts')).href, sourceHash, packagesHash: null, gitCommit: null, gitDirty: false },
    }),
  });
  await freezeGroup(database.db, { group, study: study.name, policy: 'dual-ticker', by: 'ann' });
  const judge = (trial: string | null = null) => judgeFreeze(database.db, dataDir, { group, trial, by: 'ann', next: async () => null });
  const validate = (number: number) => validateTrial(database.db, createArtifactStore(dataDir), study.id, number);
  return { group, study, dataDir, judge, validate };
}

test('every validated trial of the study that works is judged, or the one that is named; red is written down with the gates that refused', async () => {
  const { group, study, judge, validate } = await frozen();
  await validate(0);
  await validate(1);
  expect(await judge()).toMatchObject({ colour: 'red', trial: `${study.name}#1`, opened: null });
  await judge(`${study.name}#0`);
  const [freeze] = await readFreezes(database.db, group);
  expect(freeze).toMatchObject({ state: 'frozen', lifted: null });
  expect(freeze!.verdicts.map(({ colour, trial }) => [colour, trial])).toEqual([
    ['red', `${study.name}#0`],
    ['red', `${study.name}#1`],
    ['red', `${study.name}#0`],
  ]);
  expect(freeze!.verdicts[0]!.reason).toContain('s1-window: ');
});

test('a trial whose validation is unfinished is named, and the others are judged', async () => {
  const { group, study, dataDir, judge, validate } = await frozen();
  const begun = await openValidation(database.db, plan(study.id, { trials: [0], seeds: [1, 2, 3], folds: windows(4) }));
  await saveEvaluation(database.db, createArtifactStore(dataDir), begun, {
    subject: { kind: 'policy', number: 0, seed: 1, policy: policyOf(0, 1, 0) },
    fold: 0,
    evaluation: goodEvidence.seeds[0]!.folds[0]!,
    data: [bars],
  });
  const unfinished = `the validation of ${study.name}#0 is unfinished: 1 of 12 folds are evaluated`;
  await expect(judge()).rejects.toMatchObject({ code: 'conflict', message: unfinished });
  expect((await readFreezes(database.db, group))[0]).toMatchObject({ verdicts: [] });
  await validate(1);
  expect(await judge()).toMatchObject({
    colour: 'red',
    trial: `${study.name}#1`,
    unjudged: [{ trial: `${study.name}#0`, because: unfinished }],
  });
  await expect(judge(`${study.name}#0`)).rejects.toMatchObject({ code: 'conflict' });
});

test('nothing is judged without a freeze, without a validated trial, and of another study', async () => {
  const { group, study, judge } = await frozen();
  await expect(judge()).rejects.toMatchObject({ code: 'conflict', message: `no trial of ${study.name} is validated yet` });
  await expect(judge('other#0')).rejects.toMatchObject({
    code: 'conflict',
    message: `other#0 is no trial of ${study.name}, which the freeze waits for`,
  });
  await expect(judgeFreeze(database.db, '', { group: `${group}x`, trial: null, by: 'ann', next: async () => null })).rejects.toMatchObject({
    code: 'not_found',
  });
});

test('green lifts the freeze and opens the next study from the file beside that of the one that works; a wrong file changes nothing', async () => {
  const { group, study, dataDir } = await frozen('second');
  const validation = await openValidation(database.db, plan(study.id, { trials: [0], seeds: [1, 2, 3], folds: windows(4) }));
  for (const { seed, folds } of goodEvidence.seeds)
    for (const [fold, evaluation] of folds.entries()) {
      const subject = { kind: 'policy', number: 0, seed, policy: policyOf(0, seed, fold) } as const;
      await saveEvaluation(database.db, createArtifactStore(dataDir), validation, { subject, fold, evaluation, data: [bars] });
    }
  const judge = (name: string) => {
    const text = `export default defineStudy({ name: '${name}', group: '${group}', direction: 'minimize', space: { x: float(0, 1) }, objective: ({ params }) => params.x });`;
    writeFileSync(join(dataDir, 'second.ts'), `import { defineStudy, float } from 'assay';\n${text}`);
    return judgeFreeze(database.db, dataDir, { group, trial: null, by: 'ann', next: (row) => nextStudyOf(database.db, row, dataDir) });
  };
  await expect(nextStudyOf(database.db, await findStudy(database.db, study.name), null)).rejects.toMatchObject({ code: 'study_invalid' });
  expect((await readFreezes(database.db, group))[0]).toMatchObject({ state: 'frozen', verdicts: [] });
  expect(await judge('second')).toMatchObject({ colour: 'green', trial: `${study.name}#0`, opened: 'second' });
  expect((await readFreezes(database.db, group))[0]).toMatchObject({
    state: 'lifted',
    holds: [],
    verdicts: [{ colour: 'green', opened: 'second' }],
  });
  expect(await showStudy(database.db, 'second')).toMatchObject({ state: 'idle', group, freeze: null });
});

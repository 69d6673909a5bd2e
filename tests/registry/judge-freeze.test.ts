import { expect, test } from 'vitest';
import { makeDataDir } from '../../src/core/data-dir.ts';
import { judgeFreeze } from '../../src/registry/judge-freeze.ts';
import { createArtifactStore } from '../../src/storage/artifacts/open.ts';
import { freezeGroup } from '../../src/storage/commands/freeze.ts';
import { readFreezes } from '../../src/storage/readers/freezes.ts';
import { useDatabase } from '../fixtures/database.ts';
import { freshDataDir } from '../fixtures/embedded.ts';
import { validateTrial } from '../fixtures/evaluations.ts';
import { complete, studyWith } from '../fixtures/trials.ts';

const database = useDatabase();

let groups = 0;

async function frozen() {
  const group = `judged-${++groups}`;
  const dataDir = freshDataDir();
  makeDataDir(dataDir);
  const study = await studyWith(database.db, [{ outcome: complete(1) }, { outcome: complete(2) }], { name: `${group}-works`, group });
  await freezeGroup(database.db, { group, study: study.name, policy: 'dual-ticker', by: 'ann' });
  const judge = (trial: string | null = null) => judgeFreeze(database.db, dataDir, { group, trial, by: 'ann', next: async () => null });
  const validate = (number: number) => validateTrial(database.db, createArtifactStore(dataDir), study.id, number);
  return { group, study, judge, validate };
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

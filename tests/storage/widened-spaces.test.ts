import { expect, test } from 'vitest';
import { compileSpace } from '../../src/search/space/compile.ts';
import type { SpaceJson } from '../../src/search/space/param.ts';
import type { StudyDescription } from '../../src/search/study/storage.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { describeStudy } from '../../src/testing/storage/subject.ts';
import { useDatabase } from '../fixtures/database.ts';

const database = useDatabase();

const lr = { type: 'float', low: 0, high: 1 } as const;
const small: SpaceJson = { lr };
const wider: SpaceJson = { lr, depth: { type: 'int', low: 1, high: 3 } };
const widest: SpaceJson = { lr: { ...lr, high: 2 }, depth: { type: 'int', low: 1, high: 3 } };

const withSpace = (study: StudyDescription, space: SpaceJson): StudyDescription => ({
  ...study,
  space,
  spaceHash: compileSpace(space).hash,
});

async function study(trials: number) {
  const storage = createStorage(database.db);
  const description = describeStudy();
  const open = (space: SpaceJson) => storage.open(withSpace(description, space));
  const { id } = await open(small);
  for (let i = 0; i < trials; i++) await storage.ask(id);
  return { open, ask: () => storage.ask(id) };
}

test.each([0, 2])('a space that was widened and had no trial since can be taken back, after %i trials', async (trials) => {
  const { open } = await study(trials);
  await open(wider);
  await open(widest);
  await open(widest);
  expect((await open(wider)).space).toEqual(wider);
  expect((await open(small)).space).toEqual(small);
  expect((await open(wider)).space).toEqual(wider);
  await expect(open({ lr: { ...lr, high: 0.5 } })).rejects.toThrow(expect.objectContaining({ code: 'space_changed' }));
});

test('once a trial was asked for under the wider space it stays', async () => {
  const { open, ask } = await study(1);
  await open(wider);
  await ask();
  await expect(open(small)).rejects.toThrow(
    expect.objectContaining({ code: 'space_changed', message: expect.stringContaining('depth is gone') }),
  );
  await open(widest);
  expect((await open(wider)).space).toEqual(wider);
});

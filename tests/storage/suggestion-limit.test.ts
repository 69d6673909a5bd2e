import { randomUUID } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { nop, prunerOf } from '../../src/search/pruners/index.ts';
import { random, samplerOf } from '../../src/search/samplers/index.ts';
import type { Sampler } from '../../src/search/samplers/sampler.ts';
import { float } from '../../src/search/space/builders.ts';
import { compileSpace } from '../../src/search/space/compile.ts';
import { createAskTell } from '../../src/search/study/ask-tell.ts';
import { enqueue } from '../../src/storage/commands/enqueue-trial.ts';
import { showStudy } from '../../src/storage/readers/show-study.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { describeStudy } from '../conformance/storage/subject.ts';
import { useDatabase } from '../fixtures/database.ts';

vi.mock(import('../../src/search/samplers/suggestion-limit.ts'), () => ({ longestSuggestionMs: 50 }) as never);
/** Every sampler hangs, as one of a mistaken loop or of a space too large for it does. */
vi.mock(import('../../src/search/samplers/index.ts'), async (original) => {
  const real = await original();
  const endless = (): never => {
    for (;;);
  };
  return { ...real, samplerOf: (ref): Sampler => ({ ...real.samplerOf(ref), suggest: endless }) };
});

const database = useDatabase();
const tooLong = { code: 'study_invalid', message: 'a suggestion of the sampler random took longer than 0.05 s' };

test('a sampler that hangs blocks nobody: not a worker, nor who enqueues a trial, nor a search in memory', async () => {
  const storage = createStorage(database.db);
  const { id, name } = await storage.open(describeStudy());
  await expect(storage.ask(id)).rejects.toMatchObject(tooLong);
  await expect(enqueue(database.db, id, { params: {}, drawsRest: true, idempotencyKey: randomUUID() })).rejects.toMatchObject(tooLong);
  const search = createAskTell({
    space: compileSpace({ x: float(0, 1) }),
    directions: ['minimize'],
    sampler: samplerOf(random()),
    pruner: prunerOf(nop()),
    seed: 1,
  });
  expect(() => search.ask()).toThrow(expect.objectContaining(tooLong) as Error);
  expect(search.best()).toEqual([]);
  expect((await showStudy(database.db, name)).counts).toMatchObject({ queued: 0, running: 0 });
});

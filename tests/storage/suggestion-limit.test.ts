import { randomUUID } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import type { AlgorithmRef } from '../../src/search/algorithm.ts';
import { nop, prunerOf } from '../../src/search/pruners/index.ts';
import type { Pruner } from '../../src/search/pruners/pruner.ts';
import { random, samplerOf } from '../../src/search/samplers/index.ts';
import type { Sampler } from '../../src/search/samplers/sampler.ts';
import { float } from '../../src/search/space/builders.ts';
import { compileSpace } from '../../src/search/space/compile.ts';
import { createAskTell } from '../../src/search/study/ask-tell.ts';
import { enqueue } from '../../src/storage/commands/enqueue-trial.ts';
import { showStudy } from '../../src/storage/readers/show-study.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { describeStudy } from '../../src/testing/storage/subject.ts';
import { useDatabase } from '../fixtures/database.ts';

vi.mock(import('../../src/search/samplers/suggestion-limit.ts'), () => ({ longestSuggestionMs: 50 }) as never);
vi.mock(import('../../src/search/pruners/decision-limit.ts'), () => ({ longestDecisionMs: 50 }) as never);
/** Every sampler hangs, as one of a mistaken loop or of a space too large for it does. */
vi.mock(import('../../src/search/samplers/index.ts'), async (original) => {
  const real = await original();
  const endless = (): never => {
    for (;;);
  };
  const hangs = (ref: AlgorithmRef): Sampler => {
    const sampler = real.samplerOf(ref);
    // One that forks hangs there, before it suggests.
    return sampler.fork === undefined ? { ...sampler, suggest: endless } : { ...sampler, fork: endless };
  };
  return { ...real, samplerOf: hangs };
});
/** Threshold hangs at a report; successive halving that promotes hangs when a trial waits. */
vi.mock(import('../../src/search/pruners/index.ts'), async (original) => {
  const real = await original();
  const endless = (): never => {
    for (;;);
  };
  const hangs = (ref: AlgorithmRef): Pruner => {
    const pruner = real.prunerOf(ref);
    if (pruner.id === 'threshold') return { ...pruner, decide: endless };
    return pruner.id === 'successive-halving' ? { ...pruner, nextToAdvance: endless } : pruner;
  };
  return { ...real, prunerOf: hangs };
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

test('neither does one that hangs while it forks, nor a pruner that hangs at a report or while a trial waits', async () => {
  const storage = createStorage(database.db);
  const pbt = { id: 'pbt', options: { population: 2, interval: 2 } };
  const forking = await storage.open(describeStudy({ sampler: pbt, pruner: pbt }));
  await expect(storage.ask(forking.id)).rejects.toMatchObject({
    code: 'study_invalid',
    message: 'a fork of the sampler pbt took longer than 0.05 s',
    place: 'sampler',
  });

  const claimedOf = async (pruner: AlgorithmRef) => {
    const { id } = await storage.open(describeStudy({ pruner, name: pruner.id, budget: { trials: 9 } }));
    await enqueue(database.db, id, { params: { lr: 0.01, layers: 2 }, idempotencyKey: randomUUID() });
    return { id, lease: (await storage.claim({ studies: [id], worker: 'w', leaseMs: 60_000 }))!.lease };
  };
  const decided = await claimedOf({ id: 'threshold', options: { upper: 1 } });
  const refused = { code: 'study_invalid', place: 'pruner', hint: expect.stringContaining('a cheaper pruner') as string };
  await expect(storage.report(decided.lease, { step: 1, value: 0.5 })).rejects.toMatchObject({
    ...refused,
    message: 'a decision of the pruner threshold took longer than 0.05 s',
  });
  const waits = await claimedOf({ id: 'successive-halving', options: { minResource: 1, reductionFactor: 2, promote: true } });
  await storage.pause(waits.lease, { atStep: 1, reason: 'below the bar' });
  await expect(storage.ask(waits.id)).rejects.toMatchObject({
    ...refused,
    message: 'a promotion of the pruner successive-halving took longer than 0.05 s',
  });
});

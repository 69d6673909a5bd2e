import { describe, expect, test } from 'vitest';
import { persistent } from '../../src/runner/worker/persistent-storage.ts';
import { median, nop, prunerOf } from '../../src/search/pruners/index.ts';
import { auto, random, samplerOf } from '../../src/search/samplers/index.ts';
import { int } from '../../src/search/space/builders.ts';
import { compileSpace } from '../../src/search/space/compile.ts';
import { createAskTell } from '../../src/search/study/ask-tell.ts';
import type { StudyRecord } from '../../src/search/study/storage.ts';
import { createStoredAskTell, type StoredAskTellOptions } from '../../src/storage/ask-tell.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { showTrial } from '../../src/storage/readers/show-trial.ts';
import { askTellSuffix } from '../../src/storage/sql/adopt-trial.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { describeStudy } from '../../src/testing/storage/subject.ts';
import { useDatabase } from '../fixtures/database.ts';
import { startNetwork } from '../fixtures/network.ts';

const database = useDatabase();

test('an ask-tell search enters a known result once although the reply was lost', async () => {
  const network = await startNetwork(database.url);
  const { db, close } = await openDatabase({ databaseUrl: network.url, poolSize: 1 });
  const lost: unknown[] = [];
  const storage = persistent(createStorage(db), {
    patienceMs: 60_000,
    revive: async () => undefined,
    onRetry: (error) => lost.push(error),
  });
  const study = await storage.open(describeStudy({ budget: { trials: 3 } }));
  const space = compileSpace(study.space);
  const search = createStoredAskTell({ db, storage, study, space, worker: 'w', leaseMs: 60_000, onTrouble: (error) => lost.push(error) });
  try {
    const params = { lr: 1e-3, layers: 2 };
    // The statement, not the column git_commit.
    network.loseReplyTo('commit\0');
    expect(await search.add(params, { values: [0.5] })).toEqual({ number: 0 });
    expect(lost).toHaveLength(1);
    expect(await search.add(params, { values: [0.25] })).toEqual({ number: 1 });
    const { number } = await search.ask();
    await search.tell(number, { state: 'complete', values: [0.75] });
    expect(await search.best()).toEqual([{ number: 1, params, values: [0.25] }]);
    const { rows } = await database.pool.query('select number, value from trials order by number');
    expect(rows).toEqual([0.5, 0.25, 0.75].map((value, i) => ({ number: i, value })));
  } finally {
    await search.close();
    await close();
    await network.close();
  }
});

/** An ask-tell search over a study of whole numbers. */
async function driven(changes: Parameters<typeof describeStudy>[0]) {
  const { db, close } = await openDatabase({ databaseUrl: database.url, poolSize: 1 });
  const space = compileSpace({ n: int(1, 12) });
  const storage = createStorage(db);
  const study = await storage.open(describeStudy({ space: space.json, spaceHash: space.hash, ...changes }));
  const search = createStoredAskTell({ db, storage, study, space, worker: 'w', leaseMs: 60_000, onTrouble: () => undefined });
  return { search, end: async () => Promise.all([search.close(), close()]) };
}

test('the sampler sees failed trials, as in memory', async () => {
  const { search, end } = await driven({ name: 'failing', sampler: auto(), budget: { trials: 12 } });
  const memory = createAskTell({
    space: compileSpace({ n: int(1, 12) }),
    directions: ['maximize'],
    sampler: samplerOf(auto()),
    pruner: prunerOf(nop()),
    seed: 0,
  });
  try {
    for (const asked of [search, memory]) {
      const seen: number[] = [];
      for (let trial = 0; trial < 12; trial++) {
        const { number, params } = await asked.ask();
        const n = Number(params['n']);
        seen.push(n);
        await asked.tell(number, n > 6 ? { state: 'failed' } : { state: 'complete', values: [n] });
      }
      // Each number once: a failed one is not asked for again.
      expect(seen.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    }
  } finally {
    await end();
  }
});

test('an infeasible trial does not raise the pruner’s bar, as in memory', async () => {
  const pruner = median({ startupTrials: 3 });
  const { search, end } = await driven({ name: 'constrained', direction: 'maximize', sampler: random(), pruner, budget: { trials: 20 } });
  const memory = createAskTell({
    space: compileSpace({ n: int(1, 12) }),
    directions: ['maximize'],
    sampler: samplerOf(random()),
    pruner: prunerOf(pruner),
    seed: 0,
  });
  try {
    for (const asked of [search, memory]) {
      const run = async (value: number, violation: number): Promise<boolean> => {
        const { number } = await asked.ask();
        const { prune } = await asked.report(number, 1, value);
        await asked.tell(number, { state: 'complete', values: [value], constraints: [violation] });
        return prune;
      };
      for (let i = 0; i < 5; i++) expect(await run(10 + i, 1)).toBe(false);
      for (let i = 0; i < 4; i++) expect(await run(1 + i / 10, -1)).toBe(false);
      expect(await run(1.2, -1)).toBe(false);
      expect(await run(0.5, -1)).toBe(true);
    }
  } finally {
    await end();
  }
});

describe('a trial asked for in one process', () => {
  const storage = () => createStorage(database.db);
  const processOf = (study: StudyRecord, change: Partial<StoredAskTellOptions> = {}) =>
    createStoredAskTell({
      db: database.db,
      storage: storage(),
      study,
      space: compileSpace(study.space),
      worker: `host:${Math.random()}${askTellSuffix}`,
      leaseMs: 60_000,
      onTrouble: () => undefined,
      ...change,
    });
  const stateOf = async (study: StudyRecord, number: number) => showTrial(database.db, { study: study.name, number });

  test('can be told by another while the first is alive: the first to tell ends it', async () => {
    const study = await storage().open(describeStudy({ budget: { trials: 9 } }));
    const [first, second] = [processOf(study), processOf(study)];
    const { number } = await first.ask();
    await first.report(number, 1, 5);
    await expect(second.report(number, 1, 5)).rejects.toMatchObject({ code: 'conflict' });
    await second.report(number, 2, 4);
    await second.tell(number, { state: 'complete', values: [3] });
    expect(await stateOf(study, number)).toMatchObject({ state: 'complete', value: 3, attempt: 1, reportsTotal: 2 });
    await expect(first.tell(number, { state: 'complete', values: [2] })).rejects.toMatchObject({ code: 'lease_lost' });
    await expect(processOf(study).tell(number, { state: 'failed' })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('complete'),
    });
    await first.close();
    await second.close();
  });

  test('can be told after the first has ended: with keepsOpen under its lease, otherwise from the queue', async () => {
    const study = await storage().open(describeStudy({ budget: { trials: 9 } }));
    for (const keepsOpen of [true, false]) {
      const first = processOf(study, { keepsOpen });
      const { number } = await first.ask();
      await first.close();
      expect((await stateOf(study, number)).state).toBe(keepsOpen ? 'running' : 'queued');
      const second = processOf(study);
      await second.tell(number, { state: 'complete', values: [1] });
      expect(await stateOf(study, number)).toMatchObject({ state: 'complete', attempt: keepsOpen ? 1 : 2 });
      await second.close();
    }
  });

  test('cannot be told if a worker runs it or it does not exist', async () => {
    const study = await storage().open(describeStudy({ budget: { trials: 9 } }));
    const taken = await storage().take({ studies: [study.id], worker: 'host:1:cpu', leaseMs: 60_000 });
    expect(taken.kind).toBe('taken');
    const search = processOf(study);
    await expect(search.tell(0, { state: 'failed' })).rejects.toMatchObject({ code: 'conflict', message: 'trial 0 is run by host:1:cpu' });
    await expect(search.tell(99, { state: 'failed' })).rejects.toMatchObject({ code: 'not_found' });
    await search.close();
  });
});

import { expect, test } from 'vitest';
import { persistent } from '../../src/runner/worker/persistent-storage.ts';
import { median, nop, prunerOf } from '../../src/search/pruners/index.ts';
import { auto, random, samplerOf } from '../../src/search/samplers/index.ts';
import { int } from '../../src/search/space/builders.ts';
import { compileSpace } from '../../src/search/space/compile.ts';
import { createAskTell } from '../../src/search/study/ask-tell.ts';
import { createStoredAskTell } from '../../src/storage/ask-tell.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { describeStudy } from '../conformance/storage/subject.ts';
import { useDatabase } from '../fixtures/database.ts';
import { startNetwork } from '../fixtures/network.ts';

const database = useDatabase();

test('a search that is driven from outside enters a known result once, though the reply was lost', async () => {
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

/** A study of whole numbers that is driven from outside. */
async function driven(changes: Parameters<typeof describeStudy>[0]) {
  const { db, close } = await openDatabase({ databaseUrl: database.url, poolSize: 1 });
  const space = compileSpace({ n: int(1, 12) });
  const storage = createStorage(db);
  const study = await storage.open(describeStudy({ space: space.json, spaceHash: space.hash, ...changes }));
  const search = createStoredAskTell({ db, storage, study, space, worker: 'w', leaseMs: 60_000, onTrouble: () => undefined });
  return { search, end: async () => Promise.all([search.close(), close()]) };
}

test('trials that failed are part of what the sampler is given, as in memory', async () => {
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

test('a trial that missed a constraint sets no bar, as in memory', async () => {
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

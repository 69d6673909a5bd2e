import { expect, test } from 'vitest';
import { persistent } from '../../src/runner/worker/persistent-storage.ts';
import { compileSpace } from '../../src/search/space/compile.ts';
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

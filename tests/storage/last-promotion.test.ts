import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { prunerOf } from '../../src/search/pruners/index.ts';
import { samplerOf } from '../../src/search/samplers/index.ts';
import { compileSpace } from '../../src/search/space/compile.ts';
import type { Lease } from '../../src/search/study/storage.ts';
import { createSettledCurves } from '../../src/storage/history/curves.ts';
import { createObservations } from '../../src/storage/history/observations.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { type Asking, suggestNext } from '../../src/storage/verbs/ask.ts';
import { enqueue } from '../../src/storage/verbs/enqueue.ts';
import { claimOne, complete, describeStudy } from '../conformance/storage/subject.ts';
import { useDatabase } from '../fixtures/database.ts';

const database = useDatabase();

test('a trial that waits is promoted, and not ended, where the study was used up while another was suggested', async () => {
  const storage = createStorage(database.db);
  const pruner = { id: 'successive-halving', options: { minResource: 1, reductionFactor: 2, promote: true } };
  const { id } = await storage.open(describeStudy({ pruner, budget: { trials: 4 } }));
  const run = async (value: number): Promise<Lease> => {
    const { lease } = await claimOne(storage, id);
    await storage.report(lease, { step: 1, value });
    return lease;
  };
  await storage.ask(id);
  const best = await run(1);
  for (const value of [2, 3]) {
    await storage.ask(id);
    await storage.pause(await run(value), { atStep: 1, reason: 'below the bar' });
  }
  const asking: Asking = {
    db: database.db,
    observations: createObservations(),
    curves: createSettledCurves(),
    prunerOf: () => prunerOf(pruner),
    samplerOf: () => samplerOf({ id: 'random', options: {} }),
    spaceOf: ({ space }) => compileSpace(space),
  };
  const next = await suggestNext(asking, id, {
    // The last place goes to somebody else, whose trial ends like the other one that ran: now two of four pass the rung.
    write: async () => {
      await enqueue(database.db, id, { params: { lr: 1e-3, layers: 2 }, orderKey: randomUUID() });
      await storage.finish(await run(4), complete(4));
      await storage.finish(best, complete(1));
      return null;
    },
    queued: async (_, number) => number,
  });
  expect(next).toBe(1);
});

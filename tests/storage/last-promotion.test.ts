import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { prunerOf } from '../../src/search/pruners/index.ts';
import { samplerOf } from '../../src/search/samplers/index.ts';
import { compileSpace } from '../../src/search/space/compile.ts';
import type { Lease } from '../../src/search/study/storage.ts';
import { enqueue } from '../../src/storage/commands/enqueue-trial.ts';
import { createSettledCurves } from '../../src/storage/history/curves.ts';
import { createEarlierStudies } from '../../src/storage/history/earlier.ts';
import { createObservations } from '../../src/storage/history/observations.ts';
import { showStudy } from '../../src/storage/readers/show-study.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { type Asking, suggestNext } from '../../src/storage/verbs/ask.ts';
import { claimOne, complete, describeStudy } from '../../src/testing/storage/subject.ts';
import { useDatabase } from '../fixtures/database.ts';

const database = useDatabase();

test('all paused trials are pruned and counted at the end, n in a transaction', async () => {
  const storage = createStorage(database.db);
  const waiting = 2500;
  const { id, name } = await storage.open(describeStudy({ budget: { trials: waiting } }));
  await database.db.execute(sql`
    with many as (
      insert into trials (study_id, number, params, seed, revision, state, attempt, worker, started_at, last_step, last_value, paused_by, at_step, reason)
      select ${id}, n, '{"lr": 0.001, "layers": 1}', n, 2, 'paused', 1, 'w', now(), 1, n, 'successive-halving', 1, 'r'
      from generate_series(0, ${waiting - 1}) n returning id
    ), begun as (
      insert into attempts (trial_id, attempt, token, worker, started_at, ended_at, ending)
      select id, 1, gen_random_uuid(), 'w', now(), now(), 'paused' from many
    )
    update studies set next_number = ${waiting}, revision = 2 where id = ${id}`);
  expect(await storage.take({ studies: [id], worker: 'w', leaseMs: 1000 })).toEqual({ kind: 'none', open: false, paused: [] });
  expect((await showStudy(database.db, name)).counts).toMatchObject({ pruned: waiting, paused: 0 });
  const { rows } = await database.db.execute<{ ended: number }>(sql`
    select count(*)::int as ended from trials where study_id = ${id} and state = 'pruned' group by revision order by revision`);
  expect(rows.map(({ ended }) => ended)).toEqual([1000, 1000, 500]);
});

test('a paused trial advances and is not pruned if the budget was used up while another was suggested', async () => {
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
    earlier: createEarlierStudies(),
    prunerOf: () => prunerOf(pruner),
    samplerOf: () => samplerOf({ id: 'random', options: {} }),
    spaceOf: ({ space }) => compileSpace(space),
  };
  const next = await suggestNext(asking, id, {
    // The last place goes to another worker, whose trial ends like the other one that ran: now two of four pass the rung.
    write: async () => {
      await enqueue(database.db, id, { params: { lr: 1e-3, layers: 2 }, idempotencyKey: randomUUID() });
      await storage.finish(await run(4), complete(4));
      await storage.finish(best, complete(1));
      return null;
    },
    queued: async (_, number) => number,
  });
  expect(next).toBe(1);
});

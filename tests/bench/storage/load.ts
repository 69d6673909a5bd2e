import { eq, sql } from 'drizzle-orm';
import { compileSpace } from '../../../src/search/space/compile.ts';
import type { StudyDescription } from '../../../src/search/study/storage.ts';
import type { Db } from '../../../src/storage/database.ts';
import { studies } from '../../../src/storage/schema/index.ts';
import { createStorage } from '../../../src/storage/storage.ts';

const space = compileSpace(
  Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`x${i}`, { type: 'float' as const, low: -5, high: 5, log: false, step: null }])),
);

/** A study of five parameters, under a name of its own in each run. */
export function searchDescription(name: string, sampler: string, pruner: string, trials: number): StudyDescription {
  return {
    name,
    direction: 'minimize',
    objectives: null,
    space: space.json,
    spaceHash: space.hash,
    sampler: { id: sampler, options: {} },
    pruneOn: null,
    pruner: { id: pruner, options: {} },
    budget: { trials },
    seed: 1,
    maxAttempts: 3,
    priority: 0,
    needs: null,
    policy: 'default',
    module: { url: 'file:///bench.ts', sourceHash: '0'.repeat(64), packagesHash: null, gitCommit: null, gitDirty: false },
  };
}

/** A study with that many complete trials, put there in one statement; its budget allows more. Returns its key. */
export async function fillStudy(db: Db, name: string, trials: number): Promise<number> {
  const { id } = await createStorage(db).open(searchDescription(name, 'random', 'nop', trials + 1000));
  await db.execute(sql`
    insert into trials (study_id, number, state, params, seed, attempt, revision, worker, started_at, finished_at, value, metric_names, metric_values)
    select ${id}, n, 'complete', json_build_object('x0', random() * 10 - 5, 'x1', random() * 10 - 5, 'x2', random() * 10 - 5, 'x3', random() * 10 - 5, 'x4', random() * 10 - 5),
      n, 1, n + 2, 'w', now() - n * interval '1 second', now() - n * interval '1 second' + random() * interval '1 second', random(), '{}', '{}'
    from generate_series(0, ${trials - 1}::int) as n`);
  await db
    .update(studies)
    .set({ nextNumber: trials, revision: trials + 2 })
    .where(eq(studies.id, id));
  return id;
}

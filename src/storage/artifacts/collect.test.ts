import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { useArtifacts } from '../../../tests/fixtures/artifacts.ts';
import { useDatabase } from '../../../tests/fixtures/database.ts';
import { validateTrial } from '../../../tests/fixtures/evaluations.ts';
import { complete, studyWith } from '../../../tests/fixtures/trials.ts';
import { createStorage } from '../storage.ts';
import { type CollectOptions, collectGarbage } from './collect.ts';

describe('the garbage collector', () => {
  const database = useDatabase();
  const store = useArtifacts();
  const collect = (change: Partial<CollectOptions> = {}) =>
    collectGarbage(database.db, store, { keepTop: null, olderThanMs: 0, dryRun: false, ...change });
  const has = (hash: string) =>
    store.get(hash).then(
      () => true,
      () => false,
    );

  /** A study whose trial n ended with the value n, each with a policy. */
  async function studyWithPolicies(count: number) {
    const study = await studyWith(database.db, []);
    await database.db.execute(sql`update studies set budget_trials = ${count + 1} where id = ${study.id}`);
    const storage = createStorage(database.db);
    const policies: string[] = [];
    for (let number = 0; number < count; number++) {
      await storage.ask(study.id);
      const claimed = (await storage.claim({ studies: [study.id], worker: 'w', leaseMs: 60_000 }))!;
      const kept = await store.put(Buffer.from(`policy ${study.name} ${number}`));
      await storage.attach(claimed.lease, { role: 'policy', ...kept });
      await storage.finish(claimed.lease, complete(number));
      policies.push(kept.hash);
    }
    return { study, storage, policies };
  }

  test('removes bytes without a reference, and none with one', async () => {
    const { policies } = await studyWithPolicies(2);
    const orphan = await store.put(Buffer.from('put, and then its worker was killed'));
    expect(await collect({ olderThanMs: 3_600_000 })).toMatchObject({ removed: 0 });
    const dry = await collect({ dryRun: true });
    expect(dry).toMatchObject({ dryRun: true, removed: 1, removedBytes: orphan.bytes });
    expect(await has(orphan.hash)).toBe(true);
    expect(await collect()).toEqual({ ...dry, dryRun: false });
    expect(await has(orphan.hash)).toBe(false);
    for (const hash of policies) expect(await has(hash)).toBe(true);
  });

  test('keeps what the best trials of each study attached, and what a promoted one did for ever', async () => {
    const { study, policies } = await studyWithPolicies(4);
    await database.db.execute(sql`
      with model as (insert into models (name) values (${`${study.name}-model`}) returning id)
      insert into model_versions (model_id, version, trial_id, policy_hash)
      select model.id, 1, trials.id, ${policies[3]} from model, trials where study_id = ${study.id} and number = 3`);
    expect(await collect({ keepTop: 1, dryRun: true })).toMatchObject({ attachments: expect.any(Number) as number });
    expect(await has(policies[2]!)).toBe(true);
    await collect({ keepTop: 1 });
    expect(await Promise.all(policies.map(has))).toEqual([true, false, false, true]);
    await collect({ keepTop: 1 });
    expect(await has(policies[3]!)).toBe(true);
  });

  test('never touches the evidence of a validation', async () => {
    const { study } = await studyWithPolicies(1);
    await validateTrial(database.db, store, study.id, 0);
    const evidence = sql`select policy_hash as hash from judgements where policy_hash is not null union select step_returns_hash from judgements`;
    const { rows } = await database.db.execute<{ hash: string }>(evidence);
    await collect({ keepTop: 1 });
    for (const { hash } of rows) expect(await has(hash)).toBe(true);
  });

  test('gives up checkpoints of finished trials and keeps those of the others', async () => {
    const { study, storage } = await studyWithPolicies(1);
    await storage.ask(study.id);
    const open = (await storage.claim({ studies: [study.id], worker: 'w', leaseMs: 60_000 }))!;
    const kept = await store.put(Buffer.from(`checkpoint of ${open.address}`));
    await storage.checkpoint(open.lease, { step: 1, ...kept });
    expect(await collect()).toMatchObject({ checkpoints: 0 });
    expect(await has(kept.hash)).toBe(true);
    await storage.finish(open.lease, complete(1));
    expect(await collect()).toMatchObject({ checkpoints: 1, removed: 1 });
    expect(await has(kept.hash)).toBe(false);
  });

  test('knows every table that refers to artifacts', async () => {
    const { rows } = await database.db.execute<{ table: string }>(sql`
      select conrelid::regclass::text as table from pg_constraint where contype = 'f' and confrelid = 'artifacts'::regclass order by 1`);
    expect(rows.map(({ table }) => table)).toEqual([
      'checkpoints',
      'judgements',
      'judgements',
      'model_versions',
      'promotions',
      'tracked_files',
      'trial_artifacts',
    ]);
  });
});

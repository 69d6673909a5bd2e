import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, inject, test } from 'vitest';
import { moduleRefOf } from '../../src/runner/study-files/module-ref.ts';
import { toStudyDescription } from '../../src/search/study/describe-study.ts';
import type { ModuleRef } from '../../src/search/study/storage.ts';
import { connect } from '../../src/storage/connect.ts';
import { grantTo } from '../../src/storage/grant.ts';
import { changesSince } from '../../src/storage/readers/changes-since.ts';
import { findStudy } from '../../src/storage/readers/find.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { listenForChanges } from '../../src/storage/study-changes.ts';
import { checkpointOf } from '../../src/testing/storage/checkpoints.ts';
import { complete, describeStudy as inQueue } from '../../src/testing/storage/subject.ts';
import { assay } from '../e2e/assay.ts';
import { useDatabase } from '../fixtures/database.ts';
import { attempt, useRoles } from '../fixtures/roles.ts';
import frontier from '../fixtures/studies/frontier.ts';
import resumable from '../fixtures/studies/resumable.ts';
import sphere from '../fixtures/studies/sphere.ts';
import { startRun } from '../fixtures/supervised-run.ts';

const database = useDatabase();
const urlAs = useRoles(database);

describe('a role with the rights of', () => {
  test.each([
    ['sphere', (module: ModuleRef) => toStudyDescription(sphere, module)],
    ['resumable', (module: ModuleRef) => toStudyDescription(resumable, module)],
    ['frontier', (module: ModuleRef) => toStudyDescription(frontier, module)],
  ] as const)('a worker runs the trials of %s to their end', async (file, describedBy) => {
    const module = await moduleRefOf(fileURLToPath(new URL(`../fixtures/studies/${file}.ts`, import.meta.url)));
    await createStorage(database.db).open({
      ...describedBy(module),
      name: `entrusted-${file}`,
      budget: { trials: 3 },
    });
    const run = startRun({
      studies: [`entrusted-${file}`],
      workers: 2,
      databaseUrl: await urlAs('worker'),
      dataDir: inject('testDataDir'),
    });
    expect(await run.end).toMatchObject({ exitCode: 0, summary: { end: 'finished', ended: { complete: 3 } } });
    expect((await database.pool.query('select from checkpoints')).rowCount).toBe(0);
  });

  test('a worker forks, pauses, promotes and prunes trials', async () => {
    const connection = await connect({ databaseUrl: await urlAs('worker'), poolSize: 2 });
    const worker = createStorage(connection.db);
    const open = (change: object) => createStorage(database.db).open(inQueue(change));
    const take = async (study: number) => {
      const taken = await worker.take({ studies: [study], worker: 'w', leaseMs: 60_000 });
      if (taken.kind !== 'taken') throw new Error('nothing to take');
      return taken.claimed;
    };

    const population = { id: 'pbt', options: { population: 2, interval: 2 } };
    const trained = await open({ sampler: population, pruner: population, budget: { trials: 3 } });
    const [parent, other] = [await take(trained.id), await take(trained.id)];
    await worker.report(parent.lease, { step: 2, value: 1 });
    const kept = checkpointOf(2);
    await worker.checkpoint(parent.lease, kept);
    await worker.finish(other.lease, { kind: 'pruned', atStep: 1, reason: 'gave up' });
    const fork = await take(trained.id);
    expect(fork).toMatchObject({ number: 2, lease: { attempt: 2 } });
    expect(await worker.resume(fork.lease, kept)).toBe('alive');
    for (const { lease } of [parent, fork]) expect(await worker.finish(lease, complete(1))).toBe('alive');
    expect(await worker.dropCheckpoints(trained.id)).toEqual([kept.hash]);

    const halving = { id: 'successive-halving', options: { minResource: 1, reductionFactor: 2, promote: true } };
    const climbed = await open({ pruner: halving, budget: { trials: 5 } });
    const leases = [];
    for (const value of [1, 2, 3, 4]) {
      const { lease } = await take(climbed.id);
      await worker.report(lease, { step: 1, value });
      leases.push(lease);
      if (value > 1) expect(await worker.pause(lease, { atStep: 1, reason: 'below the bar' })).toBe('alive');
    }
    const promoted = await take(climbed.id);
    expect(promoted.number).toBe(1);
    const last = await take(climbed.id);
    for (const lease of [leases[0]!, promoted.lease, last.lease]) expect(await worker.finish(lease, complete(1))).toBe('alive');
    expect(await worker.take({ studies: [climbed.id], worker: 'w', leaseMs: 60_000 })).toEqual({
      kind: 'none',
      open: false,
      paused: [],
    });
    const { rows } = await database.pool.query(`select state from trials where study_id = ${climbed.id} order by number`);
    expect(rows.map(({ state }) => state)).toEqual(['complete', 'complete', 'pruned', 'pruned', 'complete']);
    await connection.close();
  });

  test('a worker deletes unreferenced artifacts and keeps attached ones', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'assay-grant-'));
    const url = await urlAs('worker');
    const collect = (...flags: readonly string[]) =>
      assay(['gc', '--yes', '--json', '--data-dir', dataDir, ...flags], { DATABASE_URL: url });
    expect(collect()).toMatchObject({ code: 0 });
    expect(collect('--keep-top', '1')).toMatchObject({
      code: 4,
      err: expect.stringContaining('the database role lacks the right'),
    });
    rmSync(dataDir, { recursive: true });
  });

  test.each(['promotions', 'aliases', 'models', 'model_versions', 'judgements', 'validations'])(
    'a worker writes nothing into %s',
    async (table) => {
      const url = await urlAs('worker');
      expect(await attempt(url, `insert into ${table} default values`)).toBe(`permission denied for table ${table}`);
      expect(await attempt(url, `delete from ${table}`)).toBe(`permission denied for table ${table}`);
      expect(await attempt(url, `select from ${table} limit 1`)).toBe('done');
    },
  );

  test('a worker neither opens, changes nor removes studies', async () => {
    const url = await urlAs('worker');
    for (const statement of [
      'delete from studies',
      'update studies set budget_trials = 10',
      "update studies set standing = 'open'",
      "update studies set module_url = 'file:///x.ts', source_hash = 'x'",
    ])
      expect(await attempt(url, statement)).toBe('permission denied for table studies');
    const connection = await connect({ databaseUrl: url, poolSize: 1 });
    const study = toStudyDescription(sphere, { url: 'assay:x.ts', sourceHash: 's', packagesHash: null, gitCommit: null, gitDirty: false });
    await expect(createStorage(connection.db).open({ ...study, name: 'smuggled' })).rejects.toThrow();
    await connection.close();
  });

  test('a reader reads everything and changes nothing; a command fails with a coded error', async () => {
    const url = await urlAs('reader');
    expect(await attempt(url, 'update trials set attempt = 1')).toBe('permission denied for table trials');
    expect(assay(['study', 'ls', '--json'], { DATABASE_URL: url })).toMatchObject({ code: 0 });
    const connection = await connect({ databaseUrl: url, poolSize: 2 });
    const { id } = await findStudy(connection.db, 'entrusted-sphere');
    const { next } = await changesSince(connection.db, id, '0', { limit: 1 });
    expect(await changesSince(connection.db, id, next)).toMatchObject({ study: { name: 'entrusted-sphere' } });
    const changes = await listenForChanges(connection.sessions);
    changes.close();
    await connection.close();
    const refused = assay(['study', 'rm', 'entrusted-sphere', '--yes'], { DATABASE_URL: url });
    expect(refused).toMatchObject({ code: 4, err: expect.stringContaining('the database role lacks the right') });
    expect(refused.err).not.toContain('p4ssword');
  });

  test('none, if there is no such role', async () => {
    await expect(grantTo(database.pool, 'nobody"; drop table trials', 'reader')).rejects.toMatchObject({ code: 'not_found' });
  });
});

import { asc, eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { createRng } from '../../src/core/rng.ts';
import { persistent } from '../../src/runner/worker/persistent-storage.ts';
import { compileSpace } from '../../src/search/space/compile.ts';
import type { Observation } from '../../src/search/trial/history.ts';
import { embeddedStatus } from '../../src/storage/embedded/server.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { changesSince } from '../../src/storage/readers/changes-since.ts';
import { attempts, reports, studies, trials } from '../../src/storage/schema/index.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { describeStudy } from '../../src/testing/storage/subject.ts';
import { clearUpAfterEach, dataDirWithDatabase, killPostmaster } from '../fixtures/embedded.ts';
import { complete } from '../fixtures/trials.ts';

clearUpAfterEach();

// Asks, claims and renewals are not flushed to disk: each of these crashes may forget the last of them.
test('a server that crashes again and again under four workers loses no finished trial, doubles none and leaves no hole', {
  timeout: 180_000,
}, async () => {
  const dataDir = await dataDirWithDatabase();
  const connection = await openDatabase({ databaseUrl: '', dataDir, poolSize: 8 });
  const rng = createRng('crash');
  let crashes = 0;
  const crash = async (): Promise<void> => {
    const { pid } = await embeddedStatus({ dataDir });
    if (pid === undefined) return;
    try {
      process.kill(pid, crashes % 2 === 0 ? 'SIGQUIT' : 'SIGKILL');
      crashes += 1;
    } catch (error) {
      // Another worker's crash came between.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  /** A worker's storage; what its sampler was last shown. */
  const client = () => {
    let shown: readonly Observation[] = [];
    const storage = createStorage(connection.db, {
      compileSpace,
      prunerOf: () => ({ id: 'nop', decide: () => ({ prune: false }) }),
      samplerOf: () => ({
        id: 'watched',
        suggest: (_, { observations, next }) => {
          shown = observations;
          return { lr: 0.001, layers: next ?? -1 };
        },
      }),
    });
    const revive = async () => (await openDatabase({ databaseUrl: '', dataDir, poolSize: 1 })).close();
    return { storage: persistent(storage, { patienceMs: 120_000, revive, onRetry: () => undefined }), shown: () => shown };
  };

  const budget = 60;
  const clients = Array.from({ length: 4 }, client);
  const description = describeStudy({ budget: { trials: budget }, maxAttempts: 100 });
  const study = await clients[0]!.storage.open(description);
  const told = new Map<number, { readonly value: number; readonly token: string }>();
  const work = async ({ storage }: ReturnType<typeof client>, index: number): Promise<void> => {
    for (;;) {
      await storage.reap(study.id);
      const taken = await storage.take({ studies: [study.id], worker: `w${index}`, leaseMs: 1500 });
      if (taken.kind === 'none') {
        if (!taken.open) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
        continue;
      }
      const { lease, number } = taken.claimed;
      if (crashes < 5 && rng.int(6) === 0) await crash();
      if ((await storage.report(lease, { step: 1, value: number })).lease === 'lost') continue;
      if (crashes < 5 && rng.int(6) === 0) await crash();
      const value = rng.uniform();
      if ((await storage.finish(lease, complete(value))) === 'lost') continue;
      expect(told.has(number)).toBe(false);
      told.set(number, { value, token: lease.token });
    }
  };
  try {
    await Promise.all(clients.map(work));
    expect(crashes).toBeGreaterThanOrEqual(5);
    const { db } = connection;
    const rows = await db.select().from(trials).where(eq(trials.studyId, study.id)).orderBy(asc(trials.number));
    const all = Array.from({ length: budget }, (_, number) => number);
    expect(rows.map(({ number, state, params, value }) => ({ number, state, layers: params['layers'], value }))).toEqual(
      all.map((number) => ({ number, state: 'complete', layers: number, value: told.get(number)?.value })),
    );
    for (const { id, number, attempt } of rows) {
      const tries = await db.select().from(attempts).where(eq(attempts.trialId, id)).orderBy(asc(attempts.attempt));
      expect(tries.map(({ attempt: n }) => n)).toEqual(tries.map((_, i) => i + 1));
      expect(tries.at(-1)).toMatchObject({ attempt, token: told.get(number)!.token, ending: 'complete' });
      expect(tries.slice(0, -1).every(({ ending }) => ending === 'lost')).toBe(true);
      expect(await db.$count(reports, eq(reports.trialId, id))).toBeGreaterThan(0);
    }
    const [stored] = await db.select().from(studies).where(eq(studies.id, study.id));
    expect(stored).toMatchObject({ nextNumber: budget, cancelledTrials: 0 });

    // Each worker's cache equals a fresh read.
    await clients[0]!.storage.open({ ...description, budget: { trials: budget + 5 } });
    for (const { storage, shown } of [...clients, client()]) {
      await storage.ask(study.id);
      expect(shown().slice(0, budget)).toEqual(
        all.map((number) => ({
          state: 'complete',
          number,
          params: { lr: 0.001, layers: number },
          value: told.get(number)?.value,
          lastStep: 1,
        })),
      );
    }
  } finally {
    await connection.close();
  }
});

// Otherwise a forgotten revision would be given again, and a follower that had read it would miss that change.
test('a follower never sees a change that a crash of the server forgets', async () => {
  const dataDir = await dataDirWithDatabase();
  const before = await openDatabase({ databaseUrl: '', dataDir, poolSize: 2 });
  const storage = createStorage(before.db);
  const { id } = await storage.open(describeStudy());
  for (let i = 0; i < 10; i++) await storage.take({ studies: [id], worker: 'w', leaseMs: 600_000 });
  const told = await changesSince(before.db, id, '0');
  await killPostmaster(dataDir);
  await before.close();
  const after = await openDatabase({ databaseUrl: '', dataDir, poolSize: 1 });
  expect(await changesSince(after.db, id, '0')).toMatchObject({ next: told.next, trials: told.trials });
  expect(told.trials).toHaveLength(10);
  await after.close();
});

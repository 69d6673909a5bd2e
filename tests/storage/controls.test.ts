import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import type { Claimed, StudyRecord } from '../../src/search/study/storage.ts';
import type { Outcome } from '../../src/search/trial/trial.ts';
import { cancelTrial } from '../../src/storage/commands/cancel-trial.ts';
import { controlStudy } from '../../src/storage/commands/control-study.ts';
import { enqueue } from '../../src/storage/commands/enqueue-trial.ts';
import { removeStudy } from '../../src/storage/commands/remove-study.ts';
import { failedTrials, retryTrial } from '../../src/storage/commands/retry-trial.ts';
import { showTrial } from '../../src/storage/readers/show-trial.ts';
import { studies, trials } from '../../src/storage/schema/index.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { checkpointOf } from '../../src/testing/storage/checkpoints.ts';
import { claimOne, complete, describeStudy } from '../../src/testing/storage/subject.ts';
import { useDatabase } from '../fixtures/database.ts';

const database = useDatabase({ poolSize: 8 });

/** A study with one running trial (#0) and two that wait (#1, #2), of a budget of four. */
async function underWay(): Promise<{ storage: ReturnType<typeof createStorage>; study: StudyRecord; claimed: Claimed }> {
  const storage = createStorage(database.db);
  const study = await storage.open(describeStudy({ budget: { trials: 4 } }));
  for (let i = 0; i < 3; i++) await storage.ask(study.id);
  return { storage, study, claimed: await claimOne(storage, study.id) };
}

async function statesOf({ id }: StudyRecord): Promise<readonly string[]> {
  const rows = await database.db.select({ state: trials.state }).from(trials).where(eq(trials.studyId, id)).orderBy(trials.number);
  return rows.map(({ state }) => state);
}

async function revisionOf({ id }: StudyRecord): Promise<number> {
  const [row] = await database.db.select({ revision: studies.revision }).from(studies).where(eq(studies.id, id));
  return row!.revision;
}

const claimRequest = (study: StudyRecord) => ({ studies: [study.id], worker: 'w', leaseMs: 60_000 });
const failed: Outcome = { kind: 'failed', error: { code: 'x', message: 'y' } };
const params = { lr: 1e-3, layers: 2 };

describe('controls of a study', () => {
  test('pause: no trial is asked for or claimed until it is resumed, and running ones go on', async () => {
    const { storage, study, claimed } = await underWay();
    expect(await controlStudy(database.db, study.id, 'pause', 'me')).toEqual({
      desiredState: 'paused',
      complete: false,
      cancelled: 0,
      ending: 0,
    });
    expect(await storage.ask(study.id)).toEqual({ kind: 'paused' });
    expect(await storage.claim(claimRequest(study))).toBeNull();
    expect(await storage.finish(claimed.lease, complete(1))).toBe('alive');
    expect(await statesOf(study)).toEqual(['complete', 'queued', 'queued']);
    await controlStudy(database.db, study.id, 'resume', 'me');
    expect((await storage.claim(claimRequest(study)))?.number).toBe(1);
  });

  test('stop: queued trials are cancelled, running ones go on and are retried if their worker dies', async () => {
    const { storage, study, claimed } = await underWay();
    expect(await controlStudy(database.db, study.id, 'stop', 'me')).toEqual({
      desiredState: 'stopped',
      complete: false,
      cancelled: 2,
      ending: 0,
    });
    expect(await storage.ask(study.id)).toEqual({ kind: 'exhausted', open: 1 });
    expect(await storage.renew(claimed.lease)).toBe('alive');
    await storage.release(claimed.lease);
    await controlStudy(database.db, study.id, 'stop', 'me');
    expect(await storage.finish((await claimOne(storage, study.id)).lease, complete(1))).toBe('alive');
    expect(await statesOf(study)).toEqual(['complete', 'cancelled', 'cancelled']);
    await controlStudy(database.db, study.id, 'resume', 'me');
    for (const number of [3, 4, 5]) expect(await storage.ask(study.id)).toEqual({ kind: 'queued', number });
    expect(await storage.ask(study.id)).toEqual({ kind: 'exhausted', open: 3 });
  });

  test('cancel: running trials see it at their next renewal', async () => {
    const { storage, study, claimed } = await underWay();
    expect(await controlStudy(database.db, study.id, 'cancel', 'me')).toEqual({
      desiredState: 'stopped',
      complete: false,
      cancelled: 2,
      ending: 1,
    });
    expect(await storage.renew(claimed.lease)).toBe('cancelled');
    await storage.finish(claimed.lease, { kind: 'cancelled', by: 'me' });
    expect(await statesOf(study)).toEqual(['cancelled', 'cancelled', 'cancelled']);
  });

  test.each(['pause', 'resume', 'stop', 'cancel'] as const)('%s given twice changes nothing the second time', async (control) => {
    const { study } = await underWay();
    await controlStudy(database.db, study.id, control, 'me');
    const before = [await statesOf(study), await revisionOf(study)];
    expect(await controlStudy(database.db, study.id, control, 'me')).toMatchObject({ cancelled: 0, ending: 0 });
    expect([await statesOf(study), await revisionOf(study)]).toEqual(before);
  });

  test('stop: a fork without an attempt of its own is cancelled, too', async () => {
    const storage = createStorage(database.db);
    const population = { id: 'pbt', options: { population: 2, interval: 2 } };
    const study = await storage.open(describeStudy({ sampler: population, pruner: population, budget: { trials: 4 } }));
    for (let i = 0; i < 2; i++) await storage.ask(study.id);
    const { lease } = await claimOne(storage, study.id);
    await storage.report(lease, { step: 2, value: 1 });
    await storage.checkpoint(lease, checkpointOf(2));
    await storage.release((await claimOne(storage, study.id)).lease);
    expect(await storage.ask(study.id)).toEqual({ kind: 'queued', number: 2 });
    expect(await showTrial(database.db, `${study.name}#2`)).toMatchObject({ attempt: 1, forkedFrom: { number: 0, step: 2 } });
    expect(await controlStudy(database.db, study.id, 'stop', 'me')).toMatchObject({ cancelled: 1 });
    expect(await statesOf(study)).toEqual(['running', 'queued', 'cancelled']);
  });

  test('a stop during many asks and claims leaves no queued trial', async () => {
    const storage = createStorage(database.db);
    const study = await storage.open(describeStudy({ budget: { trials: 200 } }));
    const work = Array.from({ length: 6 }, async () => {
      for (let i = 0; i < 10; i++) {
        await storage.ask(study.id);
        await storage.claim(claimRequest(study));
      }
    });
    await controlStudy(database.db, study.id, 'stop', 'me');
    await Promise.all(work);
    expect((await statesOf(study)).filter((state) => state === 'queued')).toEqual([]);
  });

  test('an unknown study is not found', async () => {
    await expect(controlStudy(database.db, 999_999, 'stop', 'me')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('enqueue', () => {
  test('queues the given parameters once per key, for any number of repetitions', async () => {
    const { storage, study } = await underWay();
    const idempotencyKey = randomUUID();
    const numbers = await Promise.all(Array.from({ length: 4 }, () => enqueue(database.db, study.id, { params, idempotencyKey })));
    expect(numbers).toEqual([3, 3, 3, 3]);
    expect(await storage.ask(study.id)).toEqual({ kind: 'exhausted', open: 4 });
  });

  test('refuses parameters outside the space, a used-up budget without raiseBudget, and a stopped study', async () => {
    const { study } = await underWay();
    const add = (more: object) => enqueue(database.db, study.id, { params, idempotencyKey: randomUUID(), ...more });
    await expect(add({ params: { lr: 1 } })).rejects.toMatchObject({ code: 'params_invalid' });
    await add({});
    await expect(add({})).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('takes no more trials: the budget of 4 trials is used up'),
    });
    expect(await add({ raiseBudget: true })).toBe(4);
    await controlStudy(database.db, study.id, 'stop', 'me');
    await expect(add({ raiseBudget: true })).rejects.toMatchObject({ code: 'conflict' });
  });
});

test('controlling a study that has nothing left to run says so', async () => {
  const storage = createStorage(database.db);
  const study = await storage.open(describeStudy({ budget: { trials: 1 } }));
  await storage.ask(study.id);
  await storage.finish((await claimOne(storage, study.id)).lease, complete(1));
  expect(await controlStudy(database.db, study.id, 'pause', 'me')).toMatchObject({ desiredState: 'paused', complete: true });
});

describe('retry', () => {
  test('of all failed trials leaves out those that another one repeats, and lets the pruner stop a repetition', async () => {
    const prunedAtOnce = { id: 'threshold', options: { upper: 1 } };
    const storage = createStorage(database.db);
    const study = await storage.open(describeStudy({ budget: { trials: 9 }, pruner: prunedAtOnce }));
    for (const outcome of [failed, failed, complete(1)]) {
      await storage.ask(study.id);
      await storage.finish((await claimOne(storage, study.id)).lease, outcome);
    }
    expect(await failedTrials(database.db, study)).toEqual([0, 1]);
    expect(await retryTrial(database.db, study.id, 0, { idempotencyKey: randomUUID() })).toBe(3);
    expect(await failedTrials(database.db, study)).toEqual([1]);
    const again = await claimOne(storage, study.id);
    expect(await storage.report(again.lease, { step: 1, value: 9 })).toMatchObject({ decision: { prune: true } });
    await storage.finish(again.lease, complete(2));
    await retryTrial(database.db, study.id, 2, { idempotencyKey: randomUUID(), sameSeed: true });
    const repeat = await claimOne(storage, study.id);
    expect(await storage.report(repeat.lease, { step: 1, value: 9 })).toMatchObject({ decision: { prune: false } });
  });

  test('queues the parameters and seed of a failed trial under a new number and keeps the old trial', async () => {
    const { storage, study, claimed } = await underWay();
    await expect(retryTrial(database.db, study.id, 0, { idempotencyKey: randomUUID() })).rejects.toMatchObject({ code: 'conflict' });
    await storage.finish(claimed.lease, { kind: 'failed', error: { code: 'x', message: 'y' } });
    expect(await retryTrial(database.db, study.id, 0, { idempotencyKey: randomUUID() })).toBe(3);
    for (let i = 0; i < 2; i++) await claimOne(storage, study.id);
    expect(await claimOne(storage, study.id)).toMatchObject({ number: 3, params: claimed.params, seed: claimed.seed });
    expect((await statesOf(study))[0]).toBe('failed');
  });
});

describe('cancel', () => {
  test('of one trial, repeated after a lost reply, changes nothing and is answered as before; of one that ended otherwise it is a conflict', async () => {
    const { storage, study, claimed } = await underWay();
    const cancel = (number: number, by = 'me') => cancelTrial(database.db, study.id, number, by);
    for (const [number, answer] of [
      [0, 'requested'],
      [1, 'cancelled'],
    ] as const) {
      expect(await cancel(number)).toBe(answer);
      const before = [await statesOf(study), await revisionOf(study)];
      expect(await cancel(number, 'another')).toBe(answer);
      expect([await statesOf(study), await revisionOf(study)]).toEqual(before);
    }
    await storage.release(claimed.lease);
    expect(await showTrial(database.db, `${study.name}#0`)).toMatchObject({ state: 'cancelled', cancelledBy: 'me' });
    await storage.finish((await claimOne(storage, study.id)).lease, complete(1));
    await expect(cancel(2)).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('remove', () => {
  test('is refused while trials run, then deletes everything; repeating it is harmless', async () => {
    const { storage, study, claimed } = await underWay();
    await storage.report(claimed.lease, { step: 1, value: 1 });
    await expect(removeStudy(database.db, study.id)).rejects.toMatchObject({ code: 'conflict' });
    await storage.finish(claimed.lease, complete(1));
    await removeStudy(database.db, study.id);
    await removeStudy(database.db, study.id);
    expect(await statesOf(study)).toEqual([]);
  });

  test('waits for a worker that claims a trial at the same time, without a deadlock', async () => {
    const { storage, study, claimed } = await underWay();
    await storage.finish(claimed.lease, complete(1));
    const { removed } = await database.db.transaction(async (tx) => {
      // As a claim does: the trial, then the study.
      await tx.execute(sql`select from trials where study_id = ${study.id} and number = 1 for no key update`);
      const removing = Promise.allSettled([removeStudy(database.db, study.id)]);
      const waiting = sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      while ((await database.db.execute(waiting)).rowCount === 0);
      await tx.execute(sql`update studies set revision = revision + 1 where id = ${study.id}`);
      return { removed: removing };
    });
    expect(await removed).toEqual([{ status: 'fulfilled', value: undefined }]);
    expect(await statesOf(study)).toEqual([]);
  });
});

describe('priorities', () => {
  const queue = (study: StudyRecord, priority?: number) =>
    enqueue(database.db, study.id, { params, idempotencyKey: randomUUID(), ...(priority !== undefined && { priority }) });

  test('of trials: the highest is handed out first, and among equals the oldest', async () => {
    const storage = createStorage(database.db);
    const study = await storage.open(describeStudy({ budget: { trials: 6 } }));
    for (const priority of [undefined, 5, -1, 5, 0]) await queue(study, priority);
    const taken: number[] = [];
    for (let i = 0; i < 5; i++) taken.push((await claimOne(storage, study.id)).number);
    expect(taken).toEqual([1, 3, 0, 4, 2]);
  });

  test('of a retried trial: that of the first', async () => {
    const storage = createStorage(database.db);
    const study = await storage.open(describeStudy({ budget: { trials: 4 } }));
    const urgent = await queue(study, 7);
    await storage.finish((await claimOne(storage, study.id)).lease, { kind: 'failed', error: { code: 'trial_failed', message: 'no' } });
    await queue(study);
    expect(await retryTrial(database.db, study.id, urgent, { idempotencyKey: randomUUID() })).toBe(2);
    expect((await claimOne(storage, study.id)).number).toBe(2);
  });

  test('of studies: a lower one is served only if those above have no trial', async () => {
    const storage = createStorage(database.db);
    const lower = await storage.open(describeStudy({ budget: { trials: 2 }, priority: -3 }));
    const higher = await storage.open(describeStudy({ budget: { trials: 2 } }));
    await queue(lower, 1000);
    const from: number[] = [];
    for (let i = 0; i < 4; i++) {
      const taken = await storage.take({ studies: [lower.id, higher.id], worker: 'w', leaseMs: 60_000 });
      if (taken.kind === 'taken') from.push(taken.claimed.study);
    }
    expect(from).toEqual([higher.id, higher.id, lower.id, lower.id]);
    expect(await storage.open(describeStudy({ ...lower, priority: 4 }))).toMatchObject({ id: lower.id, priority: 4, created: false });
  });

  test('out of range are refused', async () => {
    const { study } = await underWay();
    await expect(queue(study, 1.5)).rejects.toMatchObject({ code: 'usage', place: 'priority' });
    await expect(queue(study, 1001)).rejects.toMatchObject({ code: 'usage', place: 'priority' });
  });
});

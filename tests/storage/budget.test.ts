import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { adviseStopping } from '../../src/search/stopping-advice/stopping-advice.ts';
import { type BudgetInput, budgetOf } from '../../src/search/study/budget.ts';
import type { Claimed, StudyDescription, StudyId } from '../../src/search/study/storage.ts';
import type { Outcome } from '../../src/search/trial/trial.ts';
import { workedMs } from '../../src/storage/budget/worked.ts';
import { showStudy } from '../../src/storage/readers/show-study.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { describeStudy } from '../../src/testing/storage/subject.ts';
import { useDatabase } from '../fixtures/database.ts';
import { complete } from '../fixtures/trials.ts';
import { withoutTriggers } from '../fixtures/without-triggers.ts';

const database = useDatabase({ poolSize: 8 });

const failed: Outcome = { kind: 'failed', error: { code: 'c', message: 'm' } };
const pruned: Outcome = { kind: 'pruned', atStep: 1, reason: 'r' };

async function begin(budget: BudgetInput, change: Partial<StudyDescription> = {}) {
  const storage = createStorage(database.db);
  const description = describeStudy({ budget: budgetOf(budget, change.objectives ?? null), maxAttempts: 100, ...change });
  const study = await storage.open(description);
  const shown = () => showStudy(database.db, study.name);
  const reopen = (next: BudgetInput) => storage.open({ ...description, budget: budgetOf(next, change.objectives ?? null) });
  /** Ask and end trials one after another; stops at the first ask that is refused. Returns how many there were. */
  const endAll = async (outcomes: readonly Outcome[]): Promise<number> => {
    for (const [i, outcome] of outcomes.entries()) {
      if ((await storage.ask(study.id)).kind !== 'queued') return i;
      const claimed = await storage.claim({ studies: [study.id], worker: 'w', leaseMs: 60_000 });
      await storage.finish(claimed!.lease, outcome);
    }
    return outcomes.length;
  };
  return { ...study, storage, shown, reopen, endAll };
}

/** Runs several workers, each with its own storage, until there is nothing to ask for and every trial has ended. */
async function work(
  id: StudyId,
  workers: number,
  run: (claimed: Claimed, storage: ReturnType<typeof createStorage>) => Promise<void>,
): Promise<void> {
  const loop = async (worker: number): Promise<void> => {
    const storage = createStorage(database.db);
    for (;;) {
      const taken = await storage.take({ studies: [id], worker: `w${worker}`, leaseMs: 60_000 });
      if (taken.kind === 'taken') await run(taken.claimed, storage);
      else {
        const { requeued } = await storage.reap(id);
        if (!taken.open && requeued.length === 0) return;
      }
    }
  };
  await Promise.all(Array.from({ length: workers }, (_, worker) => loop(worker)));
}

/** Expires the lease, as of a worker that died. */
async function vanish({ lease }: Claimed): Promise<void> {
  await database.db.execute(sql`update trials set lease_expires_at = clock_timestamp() where lease_token = ${lease.token}`);
}

async function rowsOf(id: StudyId) {
  const { rows } = await database.db.execute<{
    number: number;
    state: string;
    value: number;
    last_step: number;
    queued_at: Date;
    finished_at: Date;
    attempt: number;
  }>(sql`select number, state, last_step, attempt from trials where study_id = ${id} order by number`);
  return rows;
}

describe('a budget of trials', () => {
  test('with countFailed false is exact with six workers, some of which die', async () => {
    const { id, shown } = await begin({ trials: 20, countFailed: false, stopWhen: { failed: 1000 } });
    await work(id, 6, async (claimed, storage) => {
      if (claimed.number % 5 === 4 && claimed.lease.attempt === 1) return vanish(claimed);
      await storage.finish(claimed.lease, claimed.number % 3 === 0 ? failed : complete(claimed.number));
    });
    const rows = await rowsOf(id);
    expect(rows.filter(({ state }) => state === 'complete')).toHaveLength(20);
    expect(rows.map(({ number }) => number)).toEqual(rows.map((_, i) => i));
    expect(rows.some(({ attempt }) => attempt > 1)).toBe(true);
    expect(await shown()).toMatchObject({ state: 'complete', counts: { complete: 20, queued: 0, running: 0 } });
  });

  test('ends a study whose every trial fails', async () => {
    const { endAll, shown } = await begin({ trials: 3, countFailed: false });
    expect(await endAll(Array.from({ length: 9 }, () => failed))).toBe(3);
    expect(await shown()).toMatchObject({ state: 'complete', endedBecause: '3 trials failed' });
  });
});

describe('a budget of steps', () => {
  test('counts the last step of each trial once, for any number of attempts', async () => {
    const workers = 4;
    const { id, shown } = await begin({ steps: 100 });
    let lost = 0;
    await work(id, workers, async (claimed, storage) => {
      const dies = claimed.number % 4 === 1 && claimed.lease.attempt < 3;
      for (let step = 1; step <= (dies ? 9 : 10); step++) await storage.report(claimed.lease, { step, value: 1 });
      lost += dies ? 9 : 0;
      if (!dies) return void (await storage.finish(claimed.lease, complete(1)));
      await vanish(claimed);
      await storage.reap(id);
    });
    const rows = await rowsOf(id);
    const steps = rows.reduce((sum, { last_step }) => sum + last_step, 0);
    expect(lost).toBeGreaterThan(0);
    expect(steps).toBe(10 * rows.length);
    // The ask before the last one saw less than 100, of which each other worker may have been just about to begin.
    expect(rows.length).toBeGreaterThanOrEqual(10);
    expect(rows.length).toBeLessThan(10 + workers);
    expect((await shown()).endedBecause).toBe(`the budget of 100 steps is used up: ${steps} were reported`);
  });
});

describe('a budget of working time', () => {
  test('is the union of the attempts’ times, by the database’s clock', async () => {
    const { id, storage, reopen } = await begin({ trials: 10 });
    const spans = [
      [0, 60],
      [30, 90],
      [200, 210],
      // Its worker died, and no other has reaped it since: it worked as long as the lease ran.
      [300, 315],
    ];
    for (const _ of spans) await storage.ask(id);
    for (const [from, to] of spans) {
      const claimed = (await storage.claim({ studies: [id], worker: 'w', leaseMs: 60_000 }))!;
      if (from !== 300) await storage.finish(claimed.lease, complete(1));
      const ago = sql`clock_timestamp() - interval '1 day'`;
      const begun = sql`${ago} + ${from} * interval '1 second'`;
      const ended = sql`${ago} + ${to} * interval '1 second'`;
      if (from === 300)
        await database.db.execute(sql`update trials set lease_expires_at = ${ended} where lease_token = ${claimed.lease.token}`);
      await withoutTriggers(
        database.db,
        'attempts',
        sql`update attempts set started_at = ${begun}, ended_at = case when ended_at is null then null else ${ended} end where token = ${claimed.lease.token}`,
      );
    }
    const seconds = async () => Math.round((await workedMs(database.db, id)) / 1000);
    expect(await seconds()).toBe(115);
    await storage.reap(id);
    expect(await seconds()).toBe(115);

    await reopen({ trials: 10, time: '114s' });
    expect(await storage.ask(id)).toMatchObject({ kind: 'exhausted' });
    expect(await showStudy(database.db, (await reopen({ trials: 10, time: '116s' })).name)).toMatchObject({ endedBecause: null });
    expect(await storage.ask(id)).toMatchObject({ kind: 'queued' });
  });

  test('grows while an attempt holds its lease', async () => {
    const { id, storage } = await begin({ trials: 10 });
    expect(await workedMs(database.db, id)).toBe(0);
    await storage.ask(id);
    const claimed = (await storage.claim({ studies: [id], worker: 'w', leaseMs: 60_000 }))!;
    await database.db.execute(
      sql`update attempts set started_at = clock_timestamp() - interval '50 seconds' where token = ${claimed.lease.token}`,
    );
    expect(await workedMs(database.db, id)).toBeGreaterThanOrEqual(50_000);
  });
});

describe('a study stops', () => {
  test('when a trial reaches the target: no client gets another trial', async () => {
    const { id, shown, reopen, endAll } = await begin({ stopWhen: { target: 10 } }, { direction: 'maximize' });
    let asked = 0;
    await work(id, 6, async (claimed, storage) => {
      if (claimed.number % 4 === 2 && claimed.lease.attempt === 1) {
        await vanish(claimed);
        return void (await storage.reap(id));
      }
      await storage.finish(claimed.lease, claimed.number === 9 ? failed : complete(claimed.number === 30 ? 10 : claimed.number / 1e6));
      if (claimed.number === 30) asked = (await rowsOf(id)).length;
    });
    expect(asked).toBeGreaterThan(30);
    expect(await rowsOf(id)).toHaveLength(asked);
    expect(await shown()).toMatchObject({ state: 'complete', endedBecause: 'trial 30 reached the target of 10', etaMs: null });

    await reopen({ stopWhen: { target: 11 } });
    expect(await shown()).toMatchObject({ state: 'idle', endedBecause: null });
    expect(await endAll([complete(3), complete(12), complete(1)])).toBe(2);
  });

  test('when a feasible trial reaches the target, not when an infeasible one does', async () => {
    const { endAll } = await begin({ stopWhen: { target: 1 } });
    const at = (value: number, constraint: number): Outcome => ({ kind: 'complete', value, constraints: [constraint], metrics: {} });
    expect(await endAll([at(0, 1), at(2, -1), at(1, 0), at(0, 0)])).toBe(3);
  });

  test('when n trials ended without an improvement, in the order of their ends', async () => {
    const { id, storage, endAll, shown } = await begin({ stopWhen: { noImprovement: 3 } });
    // Equal is no improvement; failed trials say nothing, pruned ones do.
    expect(await endAll([complete(5), complete(4), failed, complete(4), complete(6), complete(3), pruned, complete(3), failed])).toBe(9);
    await storage.ask(id);
    await storage.ask(id);
    const claim = async () => (await storage.claim({ studies: [id], worker: 'w', leaseMs: 60_000 }))!.lease;
    const [earlier, later] = [await claim(), await claim()];
    await storage.finish(later, complete(9));
    expect(await storage.ask(id)).toMatchObject({ kind: 'exhausted', open: 1 });
    expect(await shown()).toMatchObject({ state: 'running', endedBecause: '3 trials ended without an improvement' });
    // One that was open turns out better after all: then it is worth going on.
    await storage.finish(earlier, complete(1));
    expect(await storage.ask(id)).toMatchObject({ kind: 'queued' });
    expect(await shown()).toMatchObject({ endedBecause: null });
  });

  test('when no trial joined the Pareto set in the last n', async () => {
    const objectives = [
      { name: 'a', direction: 'minimize', reference: null },
      { name: 'b', direction: 'maximize', reference: null },
    ] as const;
    const { endAll } = await begin({ stopWhen: { noImprovement: 2 } }, { objectives });
    const pair = (a: number, b: number, constraint = 0): Outcome => ({
      kind: 'complete',
      value: a,
      values: [a, b],
      constraints: [constraint],
      metrics: {},
    });
    // The third joins, the fourth equals a member, the fifth is better everywhere but misses a constraint.
    expect(await endAll([pair(1, 1), pair(2, 1), pair(2, 2), pair(1, 1), pair(0, 9, 1), pair(0, 9)])).toBe(5);
  });

  test('when the stopping rule says that more trials are unlikely to pay', async () => {
    const unlikelyToPay = { minTrials: 12, horizon: 10, minGain: 0.05 };
    const { endAll, shown } = await begin({ trials: 60, stopWhen: { unlikelyToPay } });
    const values = Array.from({ length: 60 }, (_, i) => (i < 5 ? 10 - i : 5 + ((i * 7) % 11) / 10));
    const expected = values.findIndex((_, i) => adviseStopping(values.slice(0, i), 'minimize', unlikelyToPay).stop);
    expect(expected).toBeGreaterThan(11);
    expect(await endAll(values.map((value) => complete(value)))).toBe(expected);
    expect((await shown()).endedBecause).toMatch(/^more trials are unlikely to pay: /);
  });

  test('when too many failed', async () => {
    const { endAll } = await begin({ stopWhen: { failed: 2 } });
    expect(await endAll([failed, complete(1), failed, complete(1)])).toBe(3);
  });
});

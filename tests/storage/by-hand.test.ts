import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { type BudgetInput, budgetOf } from '../../src/search/study/budget.ts';
import type { Outcome } from '../../src/search/trial/trial.ts';
import { showStudy } from '../../src/storage/readers/show-study.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { enqueue } from '../../src/storage/verbs/enqueue.ts';
import { claimOne, describeStudy } from '../conformance/storage/subject.ts';
import { useDatabase } from '../fixtures/database.ts';
import { complete } from '../fixtures/trials.ts';

const database = useDatabase();
const failed: Outcome = { kind: 'failed', error: { code: 'c', message: 'm' } };
const params = { lr: 1e-3, layers: 2 };

async function begin(budget: BudgetInput) {
  const storage = createStorage(database.db);
  const study = await storage.open(describeStudy({ budget: budgetOf(budget, null) }));
  const order = (raiseBudget = false) => enqueue(database.db, study.id, { params, orderKey: randomUUID(), raiseBudget });
  return { ...study, storage, order };
}

describe('a trial that somebody queues by hand', () => {
  const limits: readonly (readonly [BudgetInput, RegExp])[] = [
    [{ trials: 2 }, /the budget of 2 trials is used up/],
    [{ time: '1s' }, /the budget of working time is used up/],
    [{ steps: 5 }, /the budget of 5 steps is used up: 6 were reported/],
    [{ stopWhen: { target: 1 } }, /trial 1 reached the target of 1/],
    [{ stopWhen: { noImprovement: 1 } }, /1 trials ended without an improvement/],
    [{ stopWhen: { failed: 1 } }, /1 trials failed/],
  ];
  const outcomesFor = ({ stopWhen }: BudgetInput): readonly Outcome[] => {
    if (stopWhen?.failed !== undefined) return [complete(2), failed];
    return stopWhen?.noImprovement !== undefined ? [complete(2), complete(2)] : [complete(2), complete(1)];
  };

  test.each(limits)('is refused where %j is used up, let in where the caller insists, and the limit stays', async (budget, because) => {
    const { id, name, storage, order } = await begin(budget);
    for (const outcome of outcomesFor(budget)) {
      await storage.ask(id);
      const { lease } = await claimOne(storage, id);
      await storage.report(lease, { step: 3, value: 1 });
      await storage.finish(lease, outcome);
    }
    await database.db.execute(sql`
      update attempts set started_at = attempts.started_at - interval '1 second' from trials where trials.id = trial_id and study_id = ${id}`);
    await expect(order()).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(because),
      hint: expect.stringContaining('--raise-budget'),
    });
    expect(await order(true)).toBe(2);
    const claimed = await storage.take({ studies: [id], worker: 'w', leaseMs: 60_000 });
    expect(claimed).toMatchObject({ kind: 'taken', claimed: { number: 2, params } });
    expect(await storage.ask(id)).toMatchObject({ kind: 'exhausted' });
    await expect(order()).rejects.toMatchObject({ code: 'conflict' });
    expect((await showStudy(database.db, name)).budget).toEqual({
      ...budgetOf(budget, null),
      ...(budget.trials !== undefined && { trials: 3 }),
    });
  });

  test('is let in below every limit', async () => {
    const { order } = await begin({ trials: 5, time: '8h', steps: 100, stopWhen: { target: -1, noImprovement: 3, failed: 3 } });
    expect(await order()).toBe(0);
  });

  test('is no result known from elsewhere: that begins nothing, and the number of trials alone limits it', async () => {
    const { id, storage } = await begin({ trials: 3, stopWhen: { target: 1 } });
    await storage.ask(id);
    await storage.finish((await claimOne(storage, id)).lease, complete(0.5));
    expect(await storage.ask(id)).toMatchObject({ kind: 'exhausted' });
    const add = () => storage.add(id, { params, values: [0.3], by: 'elsewhere', orderKey: randomUUID() });
    expect(await add()).toEqual({ kind: 'added', number: 1 });
    expect(await add()).toEqual({ kind: 'added', number: 2 });
    expect(await add()).toEqual({ kind: 'exhausted' });
  });
});

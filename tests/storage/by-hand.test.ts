import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { checkParams } from '../../src/search/space/codec.ts';
import { compileSpace } from '../../src/search/space/compile.ts';
import { type BudgetInput, budgetOf } from '../../src/search/study/budget.ts';
import type { Outcome } from '../../src/search/trial/trial.ts';
import { type EnqueueRequest, enqueue } from '../../src/storage/commands/enqueue-trial.ts';
import { retryTrial } from '../../src/storage/commands/retry-trial.ts';
import { showStudy } from '../../src/storage/readers/show-study.ts';
import { showTrial } from '../../src/storage/readers/show-trial.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { claimOne, describeStudy } from '../../src/testing/storage/subject.ts';
import { useDatabase } from '../fixtures/database.ts';
import { complete, studyWith } from '../fixtures/trials.ts';
import { withoutTriggers } from '../fixtures/without-triggers.ts';

const database = useDatabase();
const failed: Outcome = { kind: 'failed', error: { code: 'c', message: 'm' } };
const params = { lr: 1e-3, layers: 2 };

async function begin(budget: BudgetInput) {
  const storage = createStorage(database.db);
  const study = await storage.open(describeStudy({ budget: budgetOf(budget, null) }));
  const add = (raiseBudget = false) => enqueue(database.db, study.id, { params, idempotencyKey: randomUUID(), raiseBudget });
  return { ...study, storage, add };
}

describe('a trial queued by hand', () => {
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

  test.each(limits)('is refused if %j is used up, admitted with raiseBudget, and the limit stays', async (budget, because) => {
    const { id, name, storage, add } = await begin(budget);
    for (const outcome of outcomesFor(budget)) {
      await storage.ask(id);
      const { lease } = await claimOne(storage, id);
      await storage.report(lease, { step: 3, value: 1 });
      await storage.finish(lease, outcome);
    }
    await withoutTriggers(
      database.db,
      'attempts',
      sql`update attempts set started_at = attempts.started_at - interval '1 second' from trials where trials.id = trial_id and study_id = ${id}`,
    );
    await expect(add()).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(because),
      hint: expect.stringContaining('--raise-budget'),
    });
    expect(await add(true)).toBe(2);
    const claimed = await storage.take({ studies: [id], worker: 'w', leaseMs: 60_000 });
    expect(claimed).toMatchObject({ kind: 'taken', claimed: { number: 2, params } });
    expect(await storage.ask(id)).toMatchObject({ kind: 'exhausted' });
    await expect(add()).rejects.toMatchObject({ code: 'conflict' });
    expect((await showStudy(database.db, name)).budget).toEqual({
      ...budgetOf(budget, null),
      ...(budget.trials !== undefined && { trials: 3 }),
    });
  });

  test('is admitted below every limit', async () => {
    const { add } = await begin({ trials: 5, time: '8h', steps: 100, stopWhen: { target: -1, noImprovement: 3, failed: 3 } });
    expect(await add()).toBe(0);
  });

  test('a result from elsewhere is limited by the number of trials only', async () => {
    const { id, storage } = await begin({ trials: 3, stopWhen: { target: 1 } });
    await storage.ask(id);
    await storage.finish((await claimOne(storage, id)).lease, complete(0.5));
    expect(await storage.ask(id)).toMatchObject({ kind: 'exhausted' });
    const add = () => storage.recordResult(id, { params, values: [0.3], by: 'elsewhere', idempotencyKey: randomUUID() });
    expect(await add()).toEqual({ kind: 'added', number: 1 });
    expect(await add()).toEqual({ kind: 'added', number: 2 });
    expect(await add()).toEqual({ kind: 'exhausted' });
  });
});

describe('parameters of a trial queued by hand', () => {
  const branches = {
    lr: { type: 'float', low: 1e-5, high: 1, log: true },
    depth: { type: 'int', low: 1, high: 8 },
    opt: {
      type: 'branch',
      cases: { adam: { beta1: { type: 'float', low: 0, high: 1 } }, sgd: { momentum: { type: 'float', low: 0, high: 1 } } },
    },
  } as const;
  const adam = { lr: 0.1, depth: 3, opt: 'adam', 'opt.adam.beta1': 0.5 };
  const studyOf = () =>
    studyWith(database.db, [{ params: adam, outcome: complete(1) }], {
      space: branches,
      spaceHash: '7'.repeat(64),
      budget: { trials: 20 },
    });
  const queued = async (request: Partial<EnqueueRequest>) => {
    const study = await studyOf();
    const number = await enqueue(database.db, study.id, { params: {}, idempotencyKey: randomUUID(), ...request });
    const { params, seed, repeatOf = null } = await showTrial(database.db, { study: study.name, number });
    return { study: study.name, params, seed, repeatOf };
  };

  test('are drawn by the sampler if left out: without any given, they are what an ask would suggest', async () => {
    const study = await studyOf();
    const number = await enqueue(database.db, study.id, { params: {}, drawsRest: true, idempotencyKey: randomUUID() });
    const drawn = (await showTrial(database.db, { study: study.name, number })).params;
    const twin = await studyOf();
    await createStorage(database.db).ask(twin.id);
    expect(drawn).toEqual((await showTrial(database.db, { study: twin.name, number: 1 })).params);
    checkParams(compileSpace(branches), drawn);
  });

  test('that are given stay, and those that exist only under them are drawn', async () => {
    for (const opt of ['adam', 'sgd']) {
      const { params } = await queued({ params: { opt, lr: 0.02 }, drawsRest: true });
      expect(params).toMatchObject({ opt, lr: 0.02 });
      expect(Object.keys(params)).toEqual(['depth', 'lr', 'opt', opt === 'adam' ? 'opt.adam.beta1' : 'opt.sgd.momentum']);
    }
  });

  test('that are missing are all named at once if nothing is drawn', async () => {
    await expect(queued({ params: { opt: 'adam' } })).rejects.toMatchObject({
      code: 'params_invalid',
      place: 'depth, lr, opt.adam.beta1',
      hint: expect.stringMatching(/depth: a whole number.*; lr: a number from /),
    });
    await expect(queued({ params: { depth: 9 }, drawsRest: true })).rejects.toMatchObject({ place: 'depth', message: '9 does not fit' });
    await expect(queued({ params: { opt: 'sgd', 'opt.adam.beta1': 0.1 }, drawsRest: true })).rejects.toMatchObject({
      place: 'opt.adam.beta1',
    });
    await expect(queued({ params: { width: 9 }, drawsRest: true })).rejects.toMatchObject({ place: 'width' });
  });

  test('are those of another trial, except the given ones', async () => {
    const study = await studyOf();
    const like = { study: study.name, number: 0 };
    expect((await queued({ like, params: { depth: 2 } })).params).toEqual({ ...adam, depth: 2 });
    await expect(queued({ like, params: { opt: 'sgd' } })).rejects.toMatchObject({ place: 'opt.sgd.momentum' });
    expect((await queued({ like, params: { opt: 'sgd' }, drawsRest: true })).params).toMatchObject({ lr: 0.1, depth: 3, opt: 'sgd' });
    const { seed } = await showTrial(database.db, like);
    expect(await queued({ like, sameSeed: true })).toMatchObject({ params: adam, seed, repeatOf: `${study.name}#0` });
    expect(await queued({ like, sameSeed: true, params: { depth: 2 } })).toMatchObject({ seed, repeatOf: null });
    await expect(queued({ like: { ...like, number: 99 } })).rejects.toMatchObject({ code: 'not_found' });
  });

  test('the same request sent again queues nothing, although the history has grown', async () => {
    const { id, name } = await studyOf();
    const request = { params: { lr: 0.5 }, drawsRest: true, idempotencyKey: randomUUID() };
    const first = await enqueue(database.db, id, request);
    await createStorage(database.db).ask(id);
    expect(await enqueue(database.db, id, request)).toBe(first);
    await expect(enqueue(database.db, id, { ...request, drawsRest: false })).rejects.toMatchObject({ code: 'conflict' });
    expect((await showTrial(database.db, { study: name, number: first })).params['lr']).toBe(0.5);
  });
});

describe('a repeated trial', () => {
  test('takes the seed of an ended trial and names it', async () => {
    const pruned: Outcome = { kind: 'pruned', atStep: 1, reason: 'r' };
    const { id, name } = await studyWith(database.db, [{ outcome: complete(1) }, { outcome: pruned }, { outcome: failed }], {
      budget: { trials: 9 },
    });
    for (const number of [0, 1, 2]) {
      const options = { idempotencyKey: randomUUID() };
      if (number < 2)
        await expect(retryTrial(database.db, id, number, options)).rejects.toMatchObject({
          code: 'conflict',
          hint: expect.stringContaining('--same-seed'),
        });
      const next = await retryTrial(database.db, id, number, { ...options, ...(number < 2 && { sameSeed: true }) });
      const [origin, repeat] = [await showTrial(database.db, `${name}#${number}`), await showTrial(database.db, `${name}#${next}`)];
      expect(repeat).toMatchObject({ state: 'queued', params: origin.params, seed: origin.seed });
      expect(repeat.repeatOf).toBe(`${name}#${number}`);
      expect(origin).not.toHaveProperty('repeatOf');
    }
    await expect(retryTrial(database.db, id, 3, { idempotencyKey: randomUUID(), sameSeed: true })).rejects.toMatchObject({
      message: 'trial 3 is queued',
    });
  });

  test('is refused if the seed alone does not repeat it', async () => {
    const { id, storage } = await begin({ trials: 5 });
    await storage.recordResult(id, { params, values: [0.3], by: 'elsewhere', idempotencyKey: randomUUID() });
    await expect(retryTrial(database.db, id, 0, { idempotencyKey: randomUUID(), sameSeed: true })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('entered from elsewhere'),
    });
  });
});

import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/search/trial/trial.ts';
import { removeStudy } from '../../src/storage/commands/remove-study.ts';
import { connect } from '../../src/storage/connect.ts';
import { showTrial } from '../../src/storage/readers/show-trial.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { describeStudy } from '../../src/testing/storage/subject.ts';
import { useDatabase } from '../fixtures/database.ts';
import { attempt, useRoles } from '../fixtures/roles.ts';
import { studyWith } from '../fixtures/trials.ts';

const database = useDatabase();
const urlAs = useRoles(database);

const dailyReturns = { days: ['2018-02-08', '2018-02-09', '2018-03-01'], returns: [0.0125, -1e-17, 0] };
const ended: Readonly<Record<string, Outcome>> = {
  complete: { kind: 'complete', value: 0.5, metrics: {}, dailyReturns },
  pruned: { kind: 'pruned', atStep: 3, reason: 'below the median', dailyReturns },
};

describe('daily returns of the inner validation part', () => {
  test.each(Object.entries(ended))('are kept to the bit with a %s trial', async (_, outcome) => {
    const { name } = await studyWith(database.db, [{ outcome }, { outcome: { kind: 'complete', value: 1, metrics: {} } }]);
    expect((await showTrial(database.db, `${name}#0`)).innerReturns).toEqual(dailyReturns);
    expect((await showTrial(database.db, `${name}#1`)).innerReturns).toBeNull();
  });

  test('with other days or returns are another outcome; the same ones may be sent again', async () => {
    const storage = createStorage(database.db);
    const { id } = await storage.open(describeStudy());
    const taken = await storage.take({ studies: [id], worker: 'w', leaseMs: 60_000 });
    if (taken.kind !== 'taken') throw new Error('nothing to take');
    const { lease } = taken.claimed;
    const outcome = ended['complete']!;
    expect(await storage.finish(lease, outcome)).toBe('alive');
    expect(await storage.finish(lease, outcome)).toBe('alive');
    for (const changed of [
      { ...dailyReturns, returns: [0.0125, 0, 0] },
      { ...dailyReturns, days: ['2018-02-07', '2018-02-09', '2018-03-01'] },
    ])
      expect(await storage.finish(lease, { ...outcome, dailyReturns: changed } as Outcome)).toBe('lost');
    expect(await storage.finish(lease, { kind: 'complete', value: 0.5, metrics: {} })).toBe('lost');
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('of %s fail the trial', async (value) => {
    const outcome: Outcome = { kind: 'complete', value: 1, metrics: {}, dailyReturns: { days: ['2018-02-08'], returns: [value] } };
    const { name } = await studyWith(database.db, [{ outcome }]);
    expect(await showTrial(database.db, `${name}#0`)).toMatchObject({ state: 'failed', error: { code: 'not_finite' }, innerReturns: null });
  });

  test('come with a result from elsewhere, once', async () => {
    const storage = createStorage(database.db);
    const { id, name } = await storage.open(describeStudy());
    const known = { params: { lr: 1e-3, layers: 2 }, values: [0.5], dailyReturns, by: 'elsewhere', idempotencyKey: randomUUID() };
    expect(await storage.recordResult(id, known)).toEqual({ kind: 'added', number: 0 });
    expect(await storage.recordResult(id, known)).toEqual({ kind: 'added', number: 0 });
    const changed = { ...known, dailyReturns: { ...dailyReturns, returns: [0, 0, 0] } };
    await expect(storage.recordResult(id, changed)).rejects.toMatchObject({ code: 'conflict' });
    expect((await showTrial(database.db, `${name}#0`)).innerReturns).toEqual(dailyReturns);
  });

  test('are removed with their study', async () => {
    const { id } = await studyWith(database.db, [{ outcome: ended['complete']! }]);
    const count = async () => (await database.pool.query('select from trial_returns')).rowCount ?? 0;
    const before = await count();
    await removeStudy(database.db, id);
    expect(await count()).toBe(before - 1);
  });

  test('never change, and a worker adds none to a trial that has ended', async () => {
    const { id } = await studyWith(database.db, [
      { outcome: ended['complete']! },
      { outcome: { kind: 'complete', value: 1, metrics: {} } },
    ]);
    const its = (number: number) => `(select id from trials where study_id = ${id} and number = ${number})`;
    const worker = await urlAs('worker');
    for (const url of [worker, database.url])
      for (const statement of [
        `update trial_returns set returns = '{0,0,0}' where trial_id = ${its(0)}`,
        `delete from trial_returns where trial_id = ${its(0)}`,
        'truncate trial_returns',
      ])
        expect(await attempt(url, statement), statement).toMatch(/refuses|permission denied/);
    const add = `insert into trial_returns values (${its(1)}, '{2018-02-08}', '{9}')`;
    expect(await attempt(worker, add)).toMatch('row-level security');
    expect(await attempt(database.url, add)).toBe('done');
  });

  test('are written by a worker with the result that they belong to', async () => {
    const connection = await connect({ databaseUrl: await urlAs('worker'), poolSize: 1 });
    try {
      const { id, name } = await createStorage(database.db).open(describeStudy({ budget: { trials: 2 } }));
      const worker = createStorage(connection.db);
      const taken = await worker.take({ studies: [id], worker: 'w', leaseMs: 60_000 });
      if (taken.kind !== 'taken') throw new Error('nothing to take');
      expect(await worker.finish(taken.claimed.lease, ended['pruned']!)).toBe('alive');
      await worker.recordResult(id, { params: { lr: 1e-3, layers: 2 }, values: [1], dailyReturns, by: 'w', idempotencyKey: randomUUID() });
      for (const number of [0, 1]) expect((await showTrial(database.db, `${name}#${number}`)).innerReturns).toEqual(dailyReturns);
    } finally {
      await connection.close();
    }
  });

  test.each([
    ['in another order', '{2018-02-09,2018-02-08}', '{0,0}'],
    ['twice', '{2018-02-08,2018-02-08}', '{0,0}'],
    ['unknown', '{2018-02-08,null}', '{0,0}'],
    ['without end', '{2018-02-08,infinity}', '{0,0}'],
    ['fewer than the returns', '{2018-02-08}', '{0,0}'],
    ['none', '{}', '{}'],
    ['with a return that is NaN', '{2018-02-08}', '{NaN}'],
    ['with a return that is infinite', '{2018-02-08}', '{-Infinity}'],
  ])('days %s are refused by the database, whoever writes', async (_, days, returns) => {
    const { id } = await studyWith(database.db, [{}]);
    const statement = `insert into trial_returns select id, '${days}', '${returns}' from trials where study_id = ${id}`;
    expect(await attempt(database.url, statement)).toMatch(/check constraint|null value/);
  });
});

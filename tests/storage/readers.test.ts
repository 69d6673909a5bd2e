import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import type { TrialState } from '../../src/search/trial/trial.ts';
import { bestTrials } from '../../src/storage/readers/best-trials.ts';
import { compareStudies } from '../../src/storage/readers/compare-studies.ts';
import { listStudies } from '../../src/storage/readers/list-studies.ts';
import { pageTrials, type TrialQuery } from '../../src/storage/readers/page-trials.ts';
import { readReports } from '../../src/storage/readers/read-reports.ts';
import { showStudy } from '../../src/storage/readers/show-study.ts';
import { showTrial } from '../../src/storage/readers/show-trial.ts';
import { studies } from '../../src/storage/schema/index.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { describeStudy } from '../conformance/storage/subject.ts';
import { useDatabase } from '../fixtures/database.ts';
import { complete, studyWith } from '../fixtures/trials.ts';

const database = useDatabase();

const space = {
  lr: { type: 'float', low: 1e-5, high: 1, log: true },
  opt: { type: 'branch', cases: { adam: { beta1: { type: 'float', low: 0, high: 1 } }, sgd: {} } },
} as const;
const failed = { kind: 'failed', error: { code: 'trial_failed', message: 'boom' } } as const;
const pruned = { kind: 'pruned', atStep: 2, reason: 'worse than the median' } as const;

/** Numbers 0 to 6: values 3, 1, Infinity, failed, pruned, 1 again, queued. */
const mixed = () =>
  studyWith(
    database.db,
    [
      { params: { lr: 0.1, opt: 'sgd' }, outcome: complete(3, { sharpe: 1 }) },
      {
        params: { lr: 0.01, opt: 'adam', 'opt.adam.beta1': 0.9 },
        outcome: complete(1, { sharpe: Number.NaN }),
        reports: [
          [1, 5],
          [2, 4],
        ],
      },
      { params: { lr: 0.001, opt: 'sgd' }, outcome: complete(Number.POSITIVE_INFINITY, { sharpe: 3 }) },
      { params: { lr: 0.5, opt: 'sgd' }, outcome: failed },
      {
        params: { lr: 0.2, opt: 'adam', 'opt.adam.beta1': 0.5 },
        outcome: pruned,
        reports: [
          [1, 9],
          [2, Number.NaN],
        ],
      },
      { params: { lr: 0.3, opt: 'sgd' }, outcome: complete(1, { sharpe: 2 }) },
      { params: { lr: 0.4, opt: 'sgd' } },
    ],
    { space },
  );

const everyPage = async (study: string, query: TrialQuery): Promise<readonly number[]> => {
  const numbers: number[] = [];
  let cursor: string | undefined;
  do {
    const page = await pageTrials(database.db, study, { ...query, cursor });
    numbers.push(...page.items.map(({ number }) => number));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return numbers;
};

describe('pages of trials', () => {
  test.each([
    ['number', [0, 1, 2, 3, 4, 5, 6]],
    ['-number', [6, 5, 4, 3, 2, 1, 0]],
    ['value', [1, 5, 0, 2, 3, 4, 6]],
    ['-value', [2, 0, 5, 1, 3, 4, 6]],
    ['finishedAt', [0, 1, 2, 3, 4, 5, 6]],
    ['-worker', [5, 4, 3, 2, 1, 0, 6]],
    ['-opt', [6, 5, 3, 2, 0, 4, 1]],
    ['param:lr', [2, 1, 0, 4, 5, 6, 3]],
    ['opt', [1, 4, 0, 2, 3, 5, 6]],
    ['-opt.adam.beta1', [1, 4, 0, 2, 3, 5, 6]],
    ['metric:sharpe', [0, 5, 2, 1, 3, 4, 6]],
    ['-metric:sharpe', [2, 5, 0, 1, 3, 4, 6]],
    ['lastValue', [1, 0, 2, 3, 4, 5, 6]],
    ['startedAt', [0, 1, 2, 3, 4, 5, 6]],
  ])('sorted by %s: missing and NaN last, ties by number, the same whatever the page size', async (sort, expected) => {
    const { name } = await mixed();
    for (const limit of [1, 3, 200]) expect(await everyPage(name, { sort, limit })).toEqual(expected);
  });

  test.each([
    ['lr<0.05', [1, 2]],
    ['lr <= 1e-2', [1, 2]],
    ['opt=adam', [1, 4]],
    ['opt!=adam and value<5', [0, 5]],
    ['param:opt.adam.beta1>0.6', [1]],
    ['metric:sharpe>=1', [0, 2, 5]],
    ['value>2', [0, 2]],
    ['number>=5', [5, 6]],
    ["opt=adam' or '1'='1", []],
    ['startedAt>2999-01-01', []],
    ['worker=host:1:cpu', [0, 1, 2, 3, 4, 5]],
  ])('filtered by %s', async (where, expected) => {
    const { name } = await mixed();
    const page = await pageTrials(database.db, name, { where });
    expect(page.items.map(({ number }) => number)).toEqual(expected);
    expect(page.total).toBe(expected.length);
  });

  test('several filters and states hold together', async () => {
    const { name } = await mixed();
    expect(await everyPage(name, { where: ['lr>0.05', 'opt=sgd'], state: ['complete', 'failed'] })).toEqual([0, 3, 5]);
    expect(await everyPage(name, { state: 'queued' })).toEqual([6]);
  });

  test.each([
    [{ where: 'nonsense' }, 'where', 'no filter'],
    [{ where: 'lrr<1' }, 'where', 'no field'],
    [{ where: 'lr<small' }, 'where', 'is none'],
    [{ where: 'startedAt<yesterday' }, 'where', 'is none'],
    [{ sort: 'value; drop table trials' }, 'sort', 'no field'],
    [{ sort: '__proto__' }, 'sort', 'no field'],
    [{ limit: 1000 }, 'limit', '1 to 200'],
    [{ cursor: 'abc' }, 'cursor', 'another list'],
  ])('%o is a usage error with its place', async (query, place, message) => {
    const { name } = await mixed();
    await expect(pageTrials(database.db, name, query)).rejects.toMatchObject({
      code: 'usage',
      place,
      message: expect.stringContaining(message),
      hint: expect.any(String),
    });
  });

  test('a cursor of another sort is refused', async () => {
    const { name } = await mixed();
    const { next } = await pageTrials(database.db, name, { sort: 'value', limit: 2 });
    await expect(pageTrials(database.db, name, { sort: '-value', limit: 2, cursor: next ?? '' })).rejects.toMatchObject({ code: 'usage' });
  });

  test('trials that arrive between two pages shift nothing', async () => {
    const { name, id } = await mixed();
    const storage = createStorage(database.db);
    await storage.open({ ...describeStudy({ name, space }), budget: { trials: 100 } });
    const first = await pageTrials(database.db, name, { sort: '-number', limit: 3 });
    for (let i = 0; i < 5; i++) await storage.ask(id);
    const second = await pageTrials(database.db, name, { sort: '-number', limit: 200, cursor: first.next ?? '' });
    expect([...first.items, ...second.items].map(({ number }) => number)).toEqual([6, 5, 4, 3, 2, 1, 0]);
    expect(second.total).toBe(12);
  });

  test('a large study is sorted by what has an index, and says so; a filtered list counts only so far', async () => {
    const { name, id } = await studyWith(database.db, [], { space });
    await database.db.execute(sql`
      insert into trials (study_id, number, params, seed, revision) select ${id}, i, '{"lr":0.5}', i, 2 from generate_series(0, 10000) as i`);
    await database.db.update(studies).set({ nextNumber: 1_000_000 }).where(eq(studies.id, id));
    await expect(pageTrials(database.db, name, { sort: 'worker' })).rejects.toMatchObject({
      place: 'sort',
      hint: expect.stringContaining('finishedAt'),
    });
    expect(await pageTrials(database.db, name, { where: 'number>=1', limit: 1 })).not.toHaveProperty('totalAtLeast');
    expect(await pageTrials(database.db, name, { where: 'lr=0.5', limit: 1 })).toMatchObject({ total: 10_000, totalAtLeast: true });
    expect(await pageTrials(database.db, name, { sort: '-param:lr', limit: 1 })).toMatchObject({
      total: 1_000_000,
      items: [{ number: 10_000 }],
    });
  });

  test('five thousand trials page to the end, each exactly once, and the best is found', async () => {
    const { name, id } = await studyWith(database.db, [], { direction: 'maximize', space });
    await database.db.execute(sql`
      insert into trials (study_id, number, state, params, seed, attempt, revision, worker, started_at, finished_at, value, metric_names, metric_values)
      select ${id}, i, 'complete', json_build_object('lr', 0.5, 'opt', 'sgd'), i, 1, 2, 'w', now(), now() + i * interval '1 ms', sin(i), '{}', '{}' from generate_series(0, 4999) as i`);
    const numbers = await everyPage(name, { sort: '-value', limit: 200 });
    const expected = Array.from({ length: 5000 }, (_, i) => i).toSorted((a, b) => Math.sin(b) - Math.sin(a));
    expect(numbers).toEqual(expected);
    const all = Array.from({ length: 5000 }, (_, i) => i);
    for (const sort of ['duration', 'param:lr']) expect(await everyPage(name, { sort, limit: 200 })).toEqual(all);
    for (const sort of ['-duration', '-opt']) expect(await everyPage(name, { sort, limit: 200 })).toEqual(all.toReversed());
    const best = await bestTrials(database.db, name, { top: 3 });
    expect(best.trials.map(({ number }) => number)).toEqual(expected.slice(0, 3));
  });
});

describe('a trial', () => {
  test('has the keys that scripts rely on, and flags figures that JSON cannot hold', async () => {
    const { name } = await mixed();
    const { items } = await pageTrials(database.db, name);
    expect(items[2]).toMatchObject({
      address: `${name}#2`,
      state: 'complete',
      value: null,
      metrics: { sharpe: 3 },
      nonFinite: { value: 'Infinity' },
      attempt: 1,
    });
    expect(items[1]).toMatchObject({ value: 1, metrics: { sharpe: null }, nonFinite: { 'metrics.sharpe': 'NaN' } });
    expect(items[3]).toMatchObject({ state: 'failed', value: null, error: failed.error });
    expect(items[4]).toMatchObject({
      state: 'pruned',
      value: null,
      reason: pruned.reason,
      lastReport: { step: 2, value: null },
      nonFinite: { lastReport: 'NaN' },
    });
    expect(items[0]).not.toHaveProperty('nonFinite');
    expect(items[0]?.startedAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(items[6]).toMatchObject({ state: 'queued', startedAt: null, finishedAt: null, durationMs: null, worker: null });
    expect(Object.keys(items[1]?.params ?? {})).toEqual(['lr', 'opt', 'opt.adam.beta1']);
  });

  test('in detail shows reports, attempts and artifacts of every attempt', async () => {
    const storage = createStorage(database.db);
    const study = await studyWith(database.db, [{}]);
    const claim = async () => (await storage.claim({ studies: [study.id], worker: 'w', leaseMs: 60_000 }))!.lease;
    const first = await claim();
    await storage.report(first, { step: 1, value: 9 });
    await storage.release(first);
    const second = await claim();
    await storage.report(second, { step: 1, value: 8, metrics: { loss: Number.POSITIVE_INFINITY } });
    await storage.attach(second, { role: 'policy', hash: 'a'.repeat(64), bytes: 3 });
    await storage.finish(second, complete(8));
    const trial = await showTrial(database.db, `${study.name}#0`);
    expect(trial.reports).toEqual([
      { attempt: 1, step: 1, value: 9, metrics: {} },
      { attempt: 2, step: 1, value: 8, metrics: { loss: null }, nonFinite: { loss: 'Infinity' } },
    ]);
    expect(trial.attempts).toMatchObject([
      { attempt: 1, worker: 'w', ending: 'released', endedAt: expect.any(String) },
      { attempt: 2, ending: 'complete' },
    ]);
    expect(trial.artifacts).toEqual([{ attempt: 2, role: 'policy', hash: 'a'.repeat(64), bytes: 3 }]);
    expect(trial.validation).toBeNull();
  });

  test('that does not exist is said not to, with a hint', async () => {
    const { name } = await mixed();
    await expect(showTrial(database.db, `${name}#99`)).rejects.toMatchObject({
      code: 'not_found',
      hint: expect.stringContaining('0 to 6'),
    });
    await expect(showTrial(database.db, `${name}x#0`)).rejects.toMatchObject({
      code: 'not_found',
      hint: expect.stringContaining(`did you mean ${name}`),
    });
    await expect(pageTrials(database.db, 'zebra')).rejects.toMatchObject({ code: 'not_found', hint: 'assay study ls shows all' });
  });
});

test('long curves are thinned evenly, first and last report kept, and the reply says of how many', async () => {
  const reports = Array.from({ length: 101 }, (_, i) => [i, i] as const);
  const { name } = await studyWith(database.db, [{ reports, outcome: complete(1) }]);
  const { items, total } = await readReports(database.db, `${name}#0`, 11);
  expect(total).toBe(101);
  expect(items.map(({ step }) => step)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
  expect((await readReports(database.db, `${name}#0`)).items).toHaveLength(101);
});

describe('best trials', () => {
  test('follow the direction; ties go to the earlier number, and infinite values rank', async () => {
    const values = [2, 5, 5, Number.NEGATIVE_INFINITY];
    const trials = values.map((value) => ({ outcome: complete(value) }));
    const up = await studyWith(database.db, trials, { direction: 'maximize' });
    const down = await studyWith(database.db, trials, { direction: 'minimize' });
    const numbers = async (study: string) => (await bestTrials(database.db, study, { top: 4 })).trials.map(({ number }) => number);
    expect(await numbers(up.name)).toEqual([1, 2, 0, 3]);
    expect(await numbers(down.name)).toEqual([3, 0, 1, 2]);
  });

  test('by a metric leave NaN out, and an unknown metric is named', async () => {
    const { name } = await mixed();
    const best = await bestTrials(database.db, name, { top: 9, metric: 'sharpe' });
    expect(best).toMatchObject({ study: name, direction: 'minimize', metric: 'sharpe' });
    expect(best.trials.map(({ number }) => number)).toEqual([0, 5, 2]);
    await expect(bestTrials(database.db, name, { metric: 'sharp' })).rejects.toMatchObject({
      code: 'not_found',
      hint: expect.stringContaining('sharpe'),
    });
  });

  test('of a study without complete trials are none', async () => {
    const { name } = await studyWith(database.db, [{ outcome: failed }]);
    expect((await bestTrials(database.db, name)).trials).toEqual([]);
  });
});

describe('studies', () => {
  test('say what one wants to know before opening them', async () => {
    const { name } = await mixed();
    const item = await showStudy(database.db, name);
    const counts: Record<TrialState, number> = { queued: 1, running: 0, complete: 4, pruned: 1, failed: 1, cancelled: 0 };
    expect(item).toMatchObject({
      name,
      state: 'idle',
      direction: 'minimize',
      best: 1,
      bestAddress: `${name}#1`,
      counts,
      budget: { trials: 7 },
      etaMs: null,
      space,
    });
    expect(item.trialsPerHour).toBeGreaterThan(0);
    expect(Object.keys(item.space)).toEqual(['lr', 'opt']);
  });

  test('are running while a trial runs, and complete when the budget is used up', async () => {
    const { name, id } = await studyWith(database.db, [{ outcome: complete(1) }, {}]);
    const storage = createStorage(database.db);
    const claimed = await storage.claim({ studies: [id], worker: 'w', leaseMs: 60_000 });
    expect(await showStudy(database.db, name)).toMatchObject({ state: 'running', etaMs: expect.any(Number) });
    await storage.finish(claimed!.lease, failed);
    expect(await showStudy(database.db, name)).toMatchObject({ state: 'complete', counts: { complete: 1, failed: 1 } });
  });

  test('are listed newest first, in pages, found by a part of the name and by state', async () => {
    const names: string[] = [];
    for (let i = 0; i < 3; i++) names.unshift((await studyWith(database.db, [{ outcome: complete(i) }], { name: `paged-${i}` })).name);
    const first = await listStudies(database.db, { q: 'paged-', limit: 2 });
    const second = await listStudies(database.db, { q: 'paged-', limit: 2, cursor: first.next ?? '' });
    expect([...first.items, ...second.items].map(({ name }) => name)).toEqual(names);
    expect([first.total, second.total, second.next]).toEqual([3, 3, null]);
    expect((await listStudies(database.db, { q: 'paged-', state: 'complete' })).total).toBe(3);
    expect((await listStudies(database.db, { q: 'paged-', state: 'running' })).items).toEqual([]);
  });

  test('compared side by side show spread and only the parameters that differ', async () => {
    const params = (lr: number) => ({ lr, layers: 2 });
    const a = await studyWith(database.db, [
      { params: params(0.1), outcome: complete(1) },
      { params: params(0.2), outcome: complete(3) },
    ]);
    const b = await studyWith(database.db, [
      { params: params(0.3), outcome: complete(2) },
      { params: params(0.4), outcome: complete(Number.POSITIVE_INFINITY) },
    ]);
    const { studies, params: differing } = await compareStudies(database.db, [a.name, b.name]);
    expect(studies[0]).toMatchObject({ study: a.name, n: 2, mean: 2, median: 2, sd: Math.SQRT2, best: { number: 0 } });
    expect(studies[1]).toMatchObject({ n: 1, mean: 2, sd: null });
    expect(differing).toEqual([{ name: 'lr', values: [0.1, 0.3] }]);
  });
});

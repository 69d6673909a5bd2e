import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { describeFront } from '../../src/cli/output/front.ts';
import type { Goal } from '../../src/search/trial/history.ts';
import type { Outcome } from '../../src/search/trial/trial.ts';
import { bestTrials } from '../../src/storage/readers/best-trials.ts';
import { compareStudies } from '../../src/storage/readers/compare-studies.ts';
import { completeTrials } from '../../src/storage/readers/complete-trials.ts';
import { listStudies } from '../../src/storage/readers/list-studies.ts';
import { pageTrials } from '../../src/storage/readers/page-trials.ts';
import { showStudy } from '../../src/storage/readers/show-study.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { describeStudy } from '../../src/testing/storage/subject.ts';
import { useDatabase } from '../fixtures/database.ts';
import { complete, studyWith } from '../fixtures/trials.ts';

const database = useDatabase();

const objectives: readonly Goal[] = [
  { name: 'sharpe', direction: 'maximize', reference: 0 },
  { name: 'drawdown', direction: 'minimize', reference: 1 },
];
const pair = (sharpe: number, drawdown: number, constraints?: readonly number[], days = 1): Outcome => ({
  kind: 'complete',
  value: sharpe,
  values: [sharpe, drawdown],
  ...(constraints !== undefined && { constraints }),
  metrics: { days },
});

/** The front is 3, 0, 1 (the best Sharpe ratio first); 2 is dominated, 4 misses a constraint, 5 has an infinite drawdown. */
const several = (change: { readonly name?: string; readonly objectives?: readonly Goal[] } = {}) =>
  studyWith(
    database.db,
    [
      { outcome: pair(2, 0.5, [-1], 3) },
      { outcome: pair(1, 0.25, [0, -2]) },
      { outcome: pair(1, 0.5) },
      { outcome: pair(3, 0.75) },
      { outcome: pair(9, 0, [-1, 0.1]) },
      { outcome: pair(0.5, Number.POSITIVE_INFINITY), reports: [[1, 0.5]] },
      { outcome: { kind: 'failed', error: { code: 'c', message: 'm' } } },
      {},
    ],
    { direction: 'maximize', objectives, ...change },
  );

const numbersOf = (items: readonly { readonly number: number }[]) => items.map(({ number }) => number);

describe('the best of several objectives', () => {
  test('are the feasible trials that no other dominates, the best in the first objective first', async () => {
    const { name } = await several();
    const best = await bestTrials(database.db, name);
    expect(numbersOf(best.trials)).toEqual([3, 0, 1]);
    // By hand: columns 0-1, 1-2 and 2-3 of the Sharpe ratio, each down to its smallest drawdown.
    expect(best.front).toEqual({ size: 3, hypervolume: 0.75 + 0.5 + 0.25 });
    expect(best).toMatchObject({ study: name, direction: 'maximize', objectives, metric: null, objective: null });
    const top = await bestTrials(database.db, name, { top: 2 });
    expect({ numbers: numbersOf(top.trials), size: top.front?.size }).toEqual({ numbers: [3, 0], size: 3 });
  });

  test('have a hypervolume only with a reference point, given or declared', async () => {
    const { name } = await several({ objectives: objectives.map((goal) => ({ ...goal, reference: null })) });
    expect((await bestTrials(database.db, name)).front).toEqual({ size: 3, hypervolume: null });
    expect((await bestTrials(database.db, name, { reference: [2, 1] })).front?.hypervolume).toBe(0.25);
    await expect(bestTrials(database.db, name, { reference: [2] })).rejects.toMatchObject({ code: 'usage', place: 'reference' });
  });

  test('of 20,000 trials that all are trade-offs in four objectives have the hypervolume of 500 of them, and say so', async () => {
    const goals = ['a', 'b', 'c', 'd'].map((name): Goal => ({ name, direction: 'minimize', reference: 1 }));
    const { id, name } = await studyWith(database.db, [], { objectives: goals });
    await database.db.execute(sql`
      insert into trials (study_id, number, state, params, seed, attempt, revision, worker, started_at, finished_at, value, objective_values, metric_names, metric_values)
      select ${id}, n, 'complete', '{}', n, 1, n + 2, 'w', now(), now(), a, array[a, b, c, 1 - (a + b + c) / 3], '{}', '{}'
      from (select n, n / 20000.0::float8 as a, n * 7919 % 20000 / 20000.0::float8 as b, n * 104729 % 20000 / 20000.0::float8 as c
        from generate_series(0, 19999) as n) as drawn`);
    const { front, trials } = await bestTrials(database.db, name);
    // That of the plane which the trials lie on is a half; that of some of them is less.
    expect(front).toEqual({ size: 20_000, hypervolume: expect.closeTo(0.45, 1) as number, measured: 500 });
    expect(front!.hypervolume).toBeLessThan(0.5);
    expect(describeFront(front!)).toMatch(/^20000 trials of the Pareto set, hypervolume at least 0\.\d+: that of 500 of them$/);
    expect(trials).toHaveLength(200);
  });

  test('can be ranked by one objective or a metric alone', async () => {
    const { name } = await several();
    const by = async (query: object) => bestTrials(database.db, name, { top: 3, ...query });
    const drawdown = await by({ objective: 'drawdown' });
    expect(numbersOf(drawdown.trials)).toEqual([1, 0, 2]);
    expect(drawdown).toMatchObject({ direction: 'minimize', objective: 'drawdown', front: null });
    expect(numbersOf((await by({ metric: 'days' })).trials)).toEqual([0, 1, 2]);
    await expect(by({ objective: 'drawdwn' })).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('did you mean drawdown?') as string,
    });
    await expect(by({ objective: 'sharpe', metric: 'days' })).rejects.toMatchObject({ code: 'usage' });
  });

  test('of one objective with constraints is the best that meets them', async () => {
    const { name } = await studyWith(database.db, [
      { outcome: { kind: 'complete', value: 1, constraints: [0.1], metrics: {} } },
      { outcome: { kind: 'complete', value: 2, constraints: [0], metrics: {} } },
      { outcome: complete(3) },
    ]);
    expect(numbersOf((await bestTrials(database.db, name, { top: 5 })).trials)).toEqual([1, 2]);
    expect(await showStudy(database.db, name)).toMatchObject({ best: 2, bestAddress: `${name}#1`, objectives: null });
    await expect(bestTrials(database.db, name, { objective: 'sharpe' })).rejects.toMatchObject({
      hint: expect.stringContaining('no name') as string,
    });
    await expect(bestTrials(database.db, name, { reference: [1, 2] })).rejects.toMatchObject({ place: 'reference' });
  });
});

describe('trials of several objectives', () => {
  test('show every value by name, their constraints, and flags of what JSON cannot hold', async () => {
    const { name } = await several();
    const { items } = await pageTrials(database.db, name);
    expect(items[4]).toMatchObject({ value: 9, values: { sharpe: 9, drawdown: 0 }, constraints: [-1, 0.1], feasible: false });
    expect(items[1]).toMatchObject({ feasible: true });
    expect(items[5]).toMatchObject({ values: { sharpe: 0.5, drawdown: null }, nonFinite: { 'values.drawdown': 'Infinity' } });
    expect(items[2]).not.toHaveProperty('constraints');
    for (const item of items.slice(6)) expect(item).not.toHaveProperty('values');
  });

  test('sort and filter by an objective and by feasibility', async () => {
    const { name } = await several();
    const page = async (query: object) => numbersOf((await pageTrials(database.db, name, query)).items);
    expect(await page({ sort: 'objective:drawdown' })).toEqual([4, 1, 0, 2, 3, 5, 6, 7]);
    expect(await page({ sort: '-objective:drawdown' })).toEqual([5, 3, 2, 0, 1, 4, 6, 7]);
    expect(await page({ where: 'objective:drawdown<=0.5 and feasible=true' })).toEqual([0, 1, 2]);
    expect(await page({ where: 'feasible=false' })).toEqual([4]);
    await expect(page({ sort: 'objective:calmar' })).rejects.toMatchObject({ code: 'usage', place: 'sort' });
  });

  test('are listed under the best value of the first objective', async () => {
    const { name } = await several();
    const { items } = await listStudies(database.db, { q: name });
    expect(items[0]).toMatchObject({ best: 3, bestAddress: `${name}#3`, direction: 'maximize', objectives });
  });

  test('are compared by one objective', async () => {
    const [one, other] = [await several(), await several()];
    const names = [one.name, other.name];
    const first = await compareStudies(database.db, names);
    expect(first.studies[0]).toMatchObject({ direction: 'maximize', best: { number: 3 }, bestFigure: 3, n: 6 });
    const second = await compareStudies(database.db, names, { objective: 'drawdown' });
    expect(second.studies[1]).toMatchObject({ direction: 'minimize', best: { number: 1 }, bestFigure: 0.25, n: 5, mean: 0.4 });
    expect((await compareStudies(database.db, names, { metric: 'days' })).studies[0]).toMatchObject({ bestFigure: 3 });
    await expect(compareStudies(database.db, names, { metric: 'days', objective: 'drawdown' })).rejects.toMatchObject({ code: 'usage' });
  });

  test('give importance the same data as samplers', async () => {
    const { name } = await several();
    const { history, objectives: goals } = await completeTrials(database.db, name);
    expect(goals).toEqual(objectives);
    expect(history.directions).toEqual(['maximize', 'minimize']);
    expect(history.observations[1]).toMatchObject({ value: 1, values: [1, 0.25], constraints: [0, -2] });
  });
});

test('a study continues only with the same objectives in the same order and the same metric to prune on', async () => {
  const { name } = await several();
  const open = (change: object) => createStorage(database.db).open(describeStudy({ name, direction: 'maximize', objectives, ...change }));
  expect(await open({ objectives: [objectives[0]!, { ...objectives[1]!, reference: 2 }] })).toMatchObject({ created: false });
  for (const change of [
    { objectives: [objectives[1]!, objectives[0]!], direction: 'minimize' },
    { objectives: null },
    { objectives: [{ ...objectives[0]!, name: 'calmar' }, objectives[1]!] },
    { pruneOn: { metric: 'sharpe', direction: 'maximize' } },
  ])
    await expect(open(change)).rejects.toMatchObject({ code: 'space_changed', hint: expect.any(String) as string });
});

test('the database refuses invalid values', async () => {
  const { id } = await several();
  const insert = (columns: string, values: string) =>
    database.pool.query(`insert into trials (study_id, number, state, params, seed, revision, worker, started_at, finished_at, metric_names, metric_values, ${columns})
      values (${id}, 99, 'complete', '{}', 1, 1, 'w', now(), now(), '{}', '{}', ${values})`);
  for (const [columns, values] of [
    ['value, objective_values', "1, '{2,1}'"],
    ['value, objective_values', "1, '{1,NaN}'"],
    ['value, constraints', "1, '{NaN}'"],
  ] as const)
    await expect(insert(columns, values)).rejects.toMatchObject({ code: '23514' });
});

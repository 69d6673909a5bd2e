import { eq, type SQL, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { useDatabase } from '../../../tests/fixtures/database.ts';
import { mixedStudy } from '../../../tests/fixtures/mixed-study.ts';
import { complete, studyWith } from '../../../tests/fixtures/trials.ts';
import { removeStudy } from '../../storage/commands/remove-study.ts';
import { findStudy } from '../../storage/readers/find.ts';
import { columnOfField, columnOfFilter } from '../../storage/readers/trial-columns.ts';
import { studies } from '../../storage/schema/index.ts';
import type { StudyRow } from '../../storage/schema/rows.ts';
import { createStorage } from '../../storage/storage.ts';
import { describeStudy } from '../../testing/storage/subject.ts';
import { type ColumnStore, createColumnStore } from './columns.ts';

const database = useDatabase();

const fieldsOf = (study: StudyRow, names: readonly string[]) =>
  names.map((name) => ({ key: name, expression: columnOfField(study, name, 'where') }));

const valuesOf = (store: ColumnStore, study: StudyRow) =>
  store.withColumns(study, [], ({ n, value }, revision) => ({ n, value: [...value], revision }));

test('columns hold what is stored: values, choices by their place, branches, filters; NaN where there is nothing', async () => {
  const { name } = await mixedStudy(database.db);
  const study = await findStudy(database.db, name);
  const store = createColumnStore(database.db, 1e6);
  const wanted = fieldsOf(study, ['param:opt', 'param:opt.adam.beta1', 'metric:sharpe']);
  const filter = { key: 'where', expression: columnOfFilter(study, ['lr>=0.1', 'opt=sgd']) };
  // A column that cannot be read fails its own request, and no later one.
  const broken = { key: 'broken', expression: sql`(state::text)::float8` };
  await expect(store.withColumns(study, [broken], () => null)).rejects.toThrow();
  expect(() => columnOfField(study, 'worker', 'where')).toThrow(expect.objectContaining({ code: 'usage' }));
  const read = await store.withColumns(study, [...wanted, filter], ({ n, further, value, feasible }) => ({
    n,
    value: [...value],
    feasible: [...feasible],
    further: Object.fromEntries([...further].map(([key, column]) => [key, [...column]])),
  }));
  const none = Number.NaN;
  expect(read).toEqual({
    n: 6,
    value: [3, 1, Number.POSITIVE_INFINITY, none, none, 1],
    feasible: [1, 1, 1, 1, 1, 1],
    further: {
      'param:opt': [1, 0, 1, 1, 0, 1],
      'param:opt.adam.beta1': [none, 0.9, none, none, 0.5, none],
      'metric:sharpe': [1, none, 3, none, none, 2],
      where: [1, 0, 0, 1, 0, 1],
    },
  });
});

test('a choice among numbers is a column of places in its list, as any choice', async () => {
  const space = { batch: { type: 'choice', choices: [64, 16, 0.5] }, mixed: { type: 'choice', choices: ['auto', 8] } } as const;
  const params = [
    { batch: 16, mixed: 8 },
    { batch: 0.5, mixed: 'auto' },
    { batch: 64, mixed: 8 },
  ];
  const { name } = await studyWith(
    database.db,
    params.map((one, i) => ({ params: one, outcome: complete(i) })),
    { space },
  );
  const study = await findStudy(database.db, name);
  const wanted = fieldsOf(study, ['param:batch', 'param:mixed']);
  const read = await createColumnStore(database.db, 1e6).withColumns(study, wanted, ({ further }) =>
    wanted.map(({ key }) => [...further.get(key)!]),
  );
  expect(read).toEqual([
    [1, 2, 0],
    [1, 0, 1],
  ]);
});

test('places of choices are those of the space that a study has now, also where its columns are kept from before', async () => {
  const before = { opt: { type: 'choice', choices: ['adam', 'sgd'] } } as const;
  const after = { opt: { type: 'choice', choices: ['lion', 'adam', 'sgd'] } } as const;
  const trials = (['sgd', 'adam'] as const).map((opt, i) => ({ params: { opt }, outcome: complete(i) }));
  const { name } = await studyWith(database.db, trials, { space: before, spaceHash: '1'.repeat(64) });
  const store = createColumnStore(database.db, 1e6);
  const placesIn = (study: StudyRow) =>
    store.withColumns(study, fieldsOf(study, ['param:opt']), ({ further }) => [...further.get('param:opt')!]);
  const old = await findStudy(database.db, name);
  expect(await placesIn(old)).toEqual([1, 0]);
  await createStorage(database.db).open(describeStudy({ name, budget: { trials: 2 }, space: after, spaceHash: '2'.repeat(64) }));
  expect(await placesIn(await findStudy(database.db, name))).toEqual([2, 1]);
  // A request that had read the study before is answered as of then.
  expect(await placesIn(old)).toEqual([1, 0]);
});

test('any number of columns is read, and those that were not used for longest are not kept', async () => {
  const { name } = await studyWith(
    database.db,
    Array.from({ length: 3 }, (_, i) => ({ outcome: complete(i, { m0: i, m999: 10 * i }) })),
  );
  const study = await findStudy(database.db, name);
  const store = createColumnStore(database.db, 1e7);
  const many = Array.from({ length: 1000 }, (_, i) => `metric:m${i}`);
  const read = (names: readonly string[]) =>
    store.withColumns(study, fieldsOf(study, names), ({ further }) => names.map((one) => [...further.get(one)!]));
  const all = await read(many);
  expect([all[0], all[999]]).toEqual([
    [0, 1, 2],
    [0, 10, 20],
  ]);
  expect(all[500]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  // Kept now, and read beside the trials that ended since.
  expect(await read(many)).toEqual(all);
  const withAll = store.bytes();
  expect(await read(['metric:m999'])).toEqual([all[999]]);
  expect(store.bytes()).toBeLessThan(withAll / 3);
});

test('requests at the same time see the same, and a column that is asked for later is filled for earlier trials', async () => {
  const { name } = await studyWith(
    database.db,
    Array.from({ length: 20 }, (_, i) => ({ outcome: complete(i, { m: 2 * i }) })),
  );
  const study = await findStudy(database.db, name);
  const store = createColumnStore(database.db, 1e6);
  const all = await Promise.all(Array.from({ length: 8 }, () => valuesOf(store, study)));
  for (const one of all) expect(one).toEqual({ n: 20, value: Array.from({ length: 20 }, (_, i) => i), revision: study.revision });
  const metric = await store.withColumns(study, fieldsOf(study, ['metric:m']), ({ further }) => [...further.get('metric:m')!]);
  expect(metric).toEqual(Array.from({ length: 20 }, (_, i) => 2 * i));
});

test('what was not used for longest is dropped beyond the bound, and read again when it is wanted', async () => {
  const made = [];
  for (let i = 0; i < 4; i++) {
    const { name } = await studyWith(
      database.db,
      Array.from({ length: 30 }, (_, k) => ({ outcome: complete(100 * i + k, { m: k }) })),
    );
    made.push(await findStudy(database.db, name));
  }
  // A study of 30 trials takes 30 times 42 bytes, and 240 with the metric.
  const most = 3000;
  const store = createColumnStore(database.db, most);
  for (const round of [1, 2])
    for (const [i, study] of made.entries()) {
      const metric = await store.withColumns(study, fieldsOf(study, ['metric:m']), ({ further }) => [...further.get('metric:m')!]);
      expect(metric, `round ${round}`).toEqual(Array.from({ length: 30 }, (_, k) => k));
      expect(store.bytes()).toBeLessThanOrEqual(most);
      expect((await valuesOf(store, study)).value[3]).toBe(100 * i + 3);
    }
  expect(store.bytes()).toBeGreaterThan(0);
  const narrow = createColumnStore(database.db, 10);
  expect((await valuesOf(narrow, made[0]!)).n).toBe(30);
  expect(narrow.bytes()).toBe(0);
});

test('requests of a study read one after the other, also where it is dropped between them', async () => {
  const { name } = await studyWith(database.db, [{ outcome: complete(1) }]);
  const study = await findStudy(database.db, name);
  let [reading, most] = [0, 0];
  const counted = new Proxy(database.db, {
    get: (db, key) =>
      key === 'execute'
        ? async (query: SQL) => {
            reading += 1;
            most = Math.max(most, reading);
            return db.execute(query).finally(() => (reading -= 1));
          }
        : Reflect.get(db, key),
  });
  const store = createColumnStore(counted, 10);
  const [first, second] = [valuesOf(store, study), valuesOf(store, study)];
  await first;
  const all = await Promise.all([second, valuesOf(store, study), valuesOf(store, study)]);
  expect(all.map(({ value }) => value)).toEqual([[1], [1], [1]]);
  expect(most).toBe(1);
});

test('a study that has gone is not found, and one with its name or a database restored from before begins anew', async () => {
  const first = await studyWith(database.db, [{ outcome: complete(1) }, { outcome: complete(2) }], { name: 'anew' });
  const store = createColumnStore(database.db, 1e6);
  const old = await findStudy(database.db, 'anew');
  expect((await valuesOf(store, old)).value).toEqual([1, 2]);
  await removeStudy(database.db, first.id);
  await expect(valuesOf(store, old)).rejects.toThrow(expect.objectContaining({ code: 'not_found' }));
  await studyWith(database.db, [{ outcome: complete(7) }], { name: 'anew' });
  const study = await findStudy(database.db, 'anew');
  expect((await valuesOf(store, study)).value).toEqual([7]);
  await database.db.execute(sql`alter table trials disable trigger user`);
  await database.db.execute(sql`update trials set value = 8, revision = 1 where study_id = ${study.id}`);
  await database.db.execute(sql`alter table trials enable trigger user`);
  await database.db.update(studies).set({ revision: 1 }).where(eq(studies.id, study.id));
  expect((await valuesOf(store, study)).value).toEqual([8]);
});

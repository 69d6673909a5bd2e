import { createHash } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { trialStates } from '../../src/search/trial/trial.ts';
import { bestTrials } from '../../src/storage/readers/best-trials.ts';
import { pageTrials, type TrialQuery } from '../../src/storage/readers/page-trials.ts';
import { studies } from '../../src/storage/schema/index.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { describeStudy } from '../../src/testing/storage/subject.ts';
import { useDatabase } from '../fixtures/database.ts';
import { mixedStudy, mixedSpace as space } from '../fixtures/mixed-study.ts';
import { studyWith } from '../fixtures/trials.ts';

const database = useDatabase();
/** Of tests that change nothing. */
const mixed = once(() => mixedStudy(database.db));

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

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

  test.each([
    ['startedAt<yesterday', 'is a time'],
    ['startedAt>1', 'is a time'],
    ['startedAt>01/12/2026', 'is a time'],
    ['finishedAt<2026-02-30', 'is a time'],
    ['lr<1 or lr>2', 'is a number'],
    ['lr="0.1"', 'is a number'],
    ['lr==1', 'is no filter'],
    ['lr<', 'is no filter'],
    ['lr<1 and', 'is a number'],
    ['opt="adam', 'never closed'],
    ['opt="adam" lr<1', 'is no filter'],
    ['opt=1', 'is one of adam, sgd'],
    ['opt<null', 'cannot be compared by size'],
    ['feasible=yes', 'true or false'],
  ])('%s is refused with what to do', async (where, message) => {
    const { name } = await mixed();
    await expect(pageTrials(database.db, name, { where })).rejects.toMatchObject({
      code: 'usage',
      place: 'where',
      message: expect.stringContaining(message),
      hint: expect.any(String),
    });
  });

  describe('choices of several types', () => {
    const choices = ['1', 1, null, 128, 16, 4, 8, true, 'a b', 'x and y', 'say "no"', 'null', 'Ä', -0.5] as const;
    const anyOf = once(() => {
      const params = choices.map((choice) => ({ params: { c: choice } }));
      const space = { c: { type: 'choice', choices } } as const;
      return studyWith(database.db, params, { space, spaceHash: 'f'.repeat(64), budget: { trials: choices.length } });
    });
    const found = async (where: string) => {
      const { name } = await anyOf();
      return (await pageTrials(database.db, name, { where })).items.map(({ params }) => params['c']);
    };

    test.each([
      ['c=1', [1]],
      ['c="1"', ['1']],
      ["c='1'", ['1']],
      ['c=1.0', [1]],
      ['c<=16', [1, 16, 4, 8, -0.5]],
      ['c>8 and c!=16', [128]],
      ['c=null', [null]],
      ['c="null"', ['null']],
      ['c=true', [true]],
      ['c="a b"', ['a b']],
      ['c=a b', ['a b']],
      ['c="x and y"', ['x and y']],
      ["c='x and y' and number<100", ['x and y']],
      ['c="say \\"no\\""', ['say "no"']],
      ['c=\'say "no"\'', ['say "no"']],
      ['c>="a b"', ['a b', 'x and y', 'say "no"', 'null', 'Ä']],
      ['c=Ä', ['Ä']],
    ])('%s', async (where, expected) => {
      expect(await found(where)).toEqual(expected);
    });

    test('!= finds values of every other type', async () => {
      expect(await found('c!=1')).toEqual(choices.filter((choice) => choice !== 1));
      expect(await found('c!=null')).toEqual(choices.filter((choice) => choice !== null));
    });

    test('are sorted numbers first, by size, then texts, then truth values; null comes last', async () => {
      const { name } = await anyOf();
      const ascending = [-0.5, 1, 4, 8, 16, 128, '1', 'a b', 'null', 'say "no"', 'x and y', 'Ä', true];
      const valuesOf = async (sort: string, limit: number) => {
        const order = await everyPage(name, { sort, limit });
        return order.map((number) => choices[number]);
      };
      for (const limit of [1, 4, 200]) {
        expect(await valuesOf('c', limit)).toEqual([...ascending, null]);
        expect(await valuesOf('-c', limit)).toEqual([...ascending.toReversed(), null]);
      }
    });

    test('numbers and null are sorted as numbers, by the index, in a study of any size', async () => {
      const depths = [null, 4, 8, 16, 128] as const;
      const space = { depth: { type: 'choice', choices: depths } } as const;
      const params = [16, null, 128, 4, 8].map((depth) => ({ params: { depth } }));
      const { name, id } = await studyWith(database.db, params, { space, spaceHash: '9'.repeat(64), budget: { trials: 5 } });
      await database.db.update(studies).set({ nextNumber: 1_000_000 }).where(eq(studies.id, id));
      expect(await everyPage(name, { sort: 'depth', limit: 2 })).toEqual([3, 4, 0, 2, 1]);
      expect(await everyPage(name, { sort: '-depth', limit: 2 })).toEqual([2, 0, 4, 3, 1]);
      expect(await everyPage(name, { where: 'depth<=16' })).toEqual([0, 3, 4]);
      expect(await everyPage(name, { where: 'depth=null' })).toEqual([1]);
    });
  });

  test('null finds a missing value, time, or parameter of another branch', async () => {
    const { name } = await mixed();
    expect(await everyPage(name, { where: 'value=null' })).toEqual([3, 4, 6]);
    expect(await everyPage(name, { where: 'value!=null' })).toEqual([0, 1, 2, 5]);
    expect(await everyPage(name, { where: 'startedAt=null' })).toEqual([6]);
    expect(await everyPage(name, { where: 'opt.adam.beta1=null' })).toEqual([0, 2, 3, 5, 6]);
    expect(await everyPage(name, { where: 'value=Infinity' })).toEqual([2]);
    expect(await everyPage(name, { where: 'feasible=true' })).toEqual([0, 1, 2, 5]);
  });

  test('a time as lists show it is found; a time without a zone is UTC', async () => {
    const { name } = await mixedStudy(database.db);
    await database.db.execute(sql`
      insert into trials (study_id, number, state, params, seed, attempt, revision, worker, started_at, finished_at, value, metric_names, metric_values)
      select id, 7, 'complete', '{}', 1, 1, 2, 'w', '2026-01-31 12:00:00.123456+00', '2026-01-31 13:00:00+00', 1, '{}', '{}' from studies where name = ${name}`);
    for (const where of [
      'startedAt=2026-01-31T12:00:00.123Z',
      'startedAt=2026-01-31T14:00:00.123+02:00',
      'finishedAt=2026-01-31T13:00',
      'finishedAt="2026-01-31 13:00:00" and startedAt>2026-01-31 and startedAt<2026-02-01',
    ])
      expect(await everyPage(name, { where })).toEqual([7]);
  });

  test('several filters and states are joined by and', async () => {
    const { name } = await mixed();
    expect(await everyPage(name, { where: ['lr>0.05', 'opt=sgd'], state: ['complete', 'failed'] })).toEqual([0, 3, 5]);
    expect(await everyPage(name, { state: 'queued' })).toEqual([6]);
    expect(await everyPage(name, { where: 'state=queued' })).toEqual([6]);
    expect(await everyPage(name, { where: 'lr>0.05 and opt=sgd and state!=pruned' })).toEqual(
      await everyPage(name, { where: ['lr>0.05', 'opt=sgd'], state: trialStates.filter((state) => state !== 'pruned') }),
    );
  });

  test.each([
    [{ where: 'nonsense' }, 'where', 'no filter'],
    [{ where: 'lrr<1' }, 'where', 'no field'],
    [{ where: 'state=completed' }, 'where', 'is one of'],
    [{ where: 'lr<small' }, 'where', 'is a number, not'],
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
    const { name, id } = await mixedStudy(database.db);
    const storage = createStorage(database.db);
    await storage.open({ ...describeStudy({ name, space }), budget: { trials: 100 } });
    const first = await pageTrials(database.db, name, { sort: '-number', limit: 3 });
    for (let i = 0; i < 5; i++) await storage.ask(id);
    const second = await pageTrials(database.db, name, { sort: '-number', limit: 200, cursor: first.next ?? '' });
    expect([...first.items, ...second.items].map(({ number }) => number)).toEqual([6, 5, 4, 3, 2, 1, 0]);
    expect(second.total).toBe(12);
  });

  test('choices longer than an index can hold are sorted by their beginning', async () => {
    // Nothing that could be compressed.
    const noise = Array.from({ length: 100 }, (_, i) => createHash('sha512').update(`${i}`).digest('base64')).join('');
    const prompts = { prompt: { type: 'choice', choices: [`b ${noise}`, `a ${noise}`] } } as const;
    const storage = createStorage(database.db);
    const { id, name } = await storage.open(describeStudy({ space: prompts, spaceHash: 'e'.repeat(64), budget: { trials: 8 } }));
    for (let i = 0; i < 8; i++) expect(await storage.ask(id)).toEqual({ kind: 'queued', number: i });
    const begins = new Map(
      (await pageTrials(database.db, name)).items.map(({ number, params }) => [number, String(params['prompt']).charAt(0)]),
    );
    const sorted = await everyPage(name, { sort: 'param:prompt', limit: 3 });
    expect(sorted.map((number) => begins.get(number))).toEqual([...begins.values()].sort());
    expect(new Set(begins.values()).size).toBe(2);
  });

  test('a large study refuses sorts without an index; a filtered list counts up to a limit', async () => {
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

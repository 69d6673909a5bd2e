import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { trialCsvColumns } from '../../src/cli/output/trial-columns.ts';
import type { FlatParams } from '../../src/search/space/param.ts';
import { enqueue } from '../../src/storage/commands/enqueue-trial.ts';
import { bestTrials } from '../../src/storage/readers/best-trials.ts';
import { compareStudies } from '../../src/storage/readers/compare-studies.ts';
import { listStudies, type StudySort } from '../../src/storage/readers/list-studies.ts';
import { pageTrials } from '../../src/storage/readers/page-trials.ts';
import { showStudy } from '../../src/storage/readers/show-study.ts';
import { showTrial } from '../../src/storage/readers/show-trial.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { describeStudy } from '../../src/testing/storage/subject.ts';
import { useDatabase } from '../fixtures/database.ts';
import { complete, studyWith } from '../fixtures/trials.ts';

const database = useDatabase();

describe('a study that tries configurations again', () => {
  const wanted = [
    { x: 0.1, value: 1 },
    { x: 0.2, value: 3 },
    { x: 0.1, value: 6 },
    { x: 0.2, value: 3.5 },
    { x: 0.3, value: 5 },
  ];
  const replicated = () =>
    studyWith(
      database.db,
      wanted.map(({ x, value }) => ({ params: { x }, outcome: complete(value) })),
      { replicates: 2 },
    );

  test('is compared by the means of its configurations, not by its luckiest trial', async () => {
    const { name } = await replicated();
    const { trials } = await bestTrials(database.db, name, { top: 5 });
    expect(trials.map(({ number, value, configuration }) => ({ number, value, configuration }))).toEqual([
      { number: 1, value: 3, configuration: { n: 2, mean: 3.25, sd: expect.closeTo(Math.sqrt(0.125), 12) as number, worst: 3.5 } },
      { number: 0, value: 1, configuration: { n: 2, mean: 3.5, sd: expect.closeTo(Math.sqrt(12.5), 12) as number, worst: 6 } },
      { number: 4, value: 5, configuration: { n: 1, mean: 5, sd: null, worst: 5 } },
    ]);
    expect(await showStudy(database.db, name)).toMatchObject({ best: 3.25, bestAddress: `${name}#1`, replicates: 2 });
    const { studies } = await compareStudies(database.db, [name]);
    expect(studies[0]).toMatchObject({ bestFigure: 3.25, n: 3, mean: expect.closeTo(11.75 / 3, 12) as number });
  });

  test('says of each trial what all of its parameters showed, in lists, alone and in a spreadsheet', async () => {
    const { name } = await replicated();
    const { items } = await pageTrials(database.db, name, { sort: 'number' });
    expect(items.map(({ configuration }) => [configuration?.n, configuration?.mean, configuration?.worst])).toEqual([
      [2, 3.5, 6],
      [2, 3.25, 3.5],
      [2, 3.5, 6],
      [2, 3.25, 3.5],
      [1, 5, 5],
    ]);
    expect((await showTrial(database.db, `${name}#2`)).configuration).toEqual(items[2]!.configuration);
    const cells = trialCsvColumns(items).filter(({ title }) => title.startsWith('replicates'));
    expect(cells.map(({ title, exact }) => [title, exact!(items[4]!)])).toEqual([
      ['replicates', 1],
      ['replicatesMean', 5],
      ['replicatesSd', null],
      ['replicatesWorst', 5],
    ]);
    const infinite = await studyWith(
      database.db,
      [1, Number.POSITIVE_INFINITY].map((value) => ({ params: { x: 0.1 }, outcome: complete(value) })),
      { replicates: 2 },
    );
    const [first] = (await pageTrials(database.db, infinite.name)).items;
    expect(first).toMatchObject({
      configuration: { n: 2, mean: null, worst: null },
      nonFinite: { 'configuration.mean': 'Infinity', 'configuration.worst': 'Infinity' },
    });
    const once = await studyWith(database.db, [{ outcome: complete(1) }]);
    expect((await pageTrials(database.db, once.name)).items[0]).not.toHaveProperty('configuration');
  });

  test('is compared by each trial, and any study by its parameters, where a query says so', async () => {
    const { name } = await replicated();
    const once = await studyWith(
      database.db,
      wanted.map(({ x, value }) => ({ params: { x }, outcome: complete(value) })),
    );
    const by = async (group: 'parameters' | 'none' | undefined) => {
      const { studies } = await compareStudies(database.db, [name, once.name], { group });
      return studies.map(({ group: counted, n, bestFigure, best }) => [counted, n, bestFigure, best?.number]);
    };
    const [grouped, single] = [
      ['parameters', 3, 3.25, 1],
      ['none', 5, 1, 0],
    ];
    expect(await by(undefined)).toEqual([grouped, single]);
    expect(await by('parameters')).toEqual([grouped, grouped]);
    expect(await by('none')).toEqual([single, single]);
  });

  test('takes each configuration as often as it says, whoever asks', async () => {
    const storage = createStorage(database.db);
    const study = await storage.open(describeStudy({ replicates: 3, budget: { trials: 9 } }));
    for (let i = 0; i < 9; i++) {
      // Another process each time.
      const other = createStorage(database.db);
      const taken = await other.take({ studies: [study.id], worker: 'w', leaseMs: 60_000 });
      if (taken.kind !== 'taken') throw new Error('nothing to take');
      await other.finish(taken.claimed.lease, complete(i));
    }
    const { items } = await pageTrials(database.db, study.name, { sort: 'number' });
    const params = items.map((trial) => JSON.stringify(trial.params));
    expect(new Set(params).size).toBe(3);
    expect(new Set(items.map(({ number }) => number)).size).toBe(9);
    for (const one of new Set(params)) expect(params.filter((other) => other === one)).toHaveLength(3);
  });
});

test('studies are sorted by name, change and number of trials, in pages, either way', async () => {
  const [complete2, complete1, complete3] = [2, 1, 3].map((n) => Array.from({ length: n }, () => ({ outcome: complete(n) })));
  await studyWith(database.db, complete2!, { name: 'sorted-b' });
  await studyWith(database.db, complete1!, { name: 'sorted-c' });
  await studyWith(database.db, complete3!, { name: 'sorted-a' });
  const read = async (sort: StudySort) => {
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const { items, next }: Awaited<ReturnType<typeof listStudies>> = await listStudies(database.db, {
        q: 'sorted-',
        sort,
        limit: 1,
        cursor,
      });
      names.push(...items.map(({ name }) => name.slice(-1)));
      cursor = next ?? undefined;
    } while (cursor !== undefined);
    return names.join('');
  };
  for (const [sort, order] of [
    ['name', 'abc'],
    ['updated', 'bca'],
    ['created', 'bca'],
    ['trials', 'cba'],
  ] as const) {
    expect(await read(sort), sort).toBe(order);
    expect(await read(`-${sort}`), `-${sort}`).toBe(order.split('').toReversed().join(''));
  }
  const { next } = await listStudies(database.db, { q: 'sorted-', sort: 'name', limit: 1 });
  await expect(listStudies(database.db, { q: 'sorted-', sort: '-name', cursor: next! })).rejects.toMatchObject({ place: 'cursor' });
});

test('a configuration queued by hand is tried as often as the study says; what completes another is no repetition', async () => {
  const storage = createStorage(database.db);
  const study = await storage.open(describeStudy({ replicates: 3, budget: { trials: 9 } }));
  const next = async (): Promise<FlatParams> => {
    const taken = await storage.take({ studies: [study.id], worker: 'w', leaseMs: 60_000 });
    if (taken.kind !== 'taken') throw new Error('nothing to take');
    await storage.finish(taken.claimed.lease, complete(1));
    return taken.claimed.params;
  };
  const queued = { lr: 1e-3, layers: 2 };
  await enqueue(database.db, study.id, { params: queued, idempotencyKey: randomUUID() });
  expect(await next()).toEqual(queued);
  await enqueue(database.db, study.id, { params: { layers: 2 }, drawsRest: true, idempotencyKey: randomUUID() });
  const drawn = await next();
  expect(drawn).not.toEqual(queued);
  expect([await next(), await next()]).toEqual([queued, queued]);
  expect([await next(), await next()]).toEqual([drawn, drawn]);
});

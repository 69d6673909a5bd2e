import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { SharedTable } from '../../src/core/table.ts';
import { sessionHashes } from '../../src/market/store/session-hashes.ts';
import type { FlatParams } from '../../src/search/space/param.ts';
import type { StudyDescription, StudyId } from '../../src/search/study/storage.ts';
import type { FoldWindow } from '../../src/search/study/walk-forward.ts';
import { removeStudy } from '../../src/storage/commands/remove-study.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { countLooks, countStudyLooks, type Days, looksCounter, recordLooks } from '../../src/storage/validations/looks.ts';
import { readEvidence } from '../../src/storage/validations/read-evidence.ts';
import { readValidation } from '../../src/storage/validations/read-validation.ts';
import { othersAtVault } from '../../src/storage/validations/read-vault.ts';
import { openValidation, type ValidationPlan } from '../../src/storage/validations/save-validation.ts';
import { refuseMovedFolds } from '../../src/storage/validations/search-record.ts';
import { countTriedOnSameData } from '../../src/storage/validations/tried.ts';
import { recordDataDays } from '../../src/storage/verbs/record-data-days.ts';
import { useArtifacts } from '../fixtures/artifacts.ts';
import { useDatabase } from '../fixtures/database.ts';
import { plan, validateTrial, windows } from '../fixtures/evaluations.ts';
import { complete, searchEndMs, sourceHash, studyWith, type WantedTrial } from '../fixtures/trials.ts';

const database = useDatabase();
const store = useArtifacts();

const freshHash = (): string => randomBytes(32).toString('hex');
const params = (lr: number): FlatParams => ({ lr, layers: 2 });
const outcome = complete(1, { sharpeDaily: 0.1 });
const trial = (lr: number): WantedTrial => ({ params: params(lr), outcome });

const study = (wanted: readonly WantedTrial[], hash: string, change: Partial<StudyDescription> = {}) =>
  studyWith(database.db, wanted, change, { name: 'bars', hash });

/** Begins a validation of these trials, which gives no result. */
const begin = (id: StudyId, trials: readonly number[], hash: string, change: Partial<ValidationPlan> = {}) =>
  openValidation(database.db, plan(id, { trials, definition: { data: [{ name: 'bars', hash }], source: sourceHash }, ...change }));

const looksAt = (hash: string, days: readonly Days[] = windows(2)) => countLooks(database.db, [hash], days);

describe('a look', () => {
  test('counts from the moment at which a validation begins, before any result', async () => {
    const hash = freshHash();
    const { id } = await study([trial(0.001), trial(0.002)], hash);
    expect(await looksAt(hash)).toBe(0);
    expect(await countStudyLooks(database.db, id)).toBeNull();
    await begin(id, [0, 1], hash);
    expect(await looksAt(hash)).toBe(2);
    expect(await countStudyLooks(database.db, id)).toBe(2);
  });

  test('is one for each distinct model: more seeds, a repeat and another name of study or data add none', async () => {
    const hash = freshHash();
    const first = await study([trial(0.001)], hash);
    await begin(first.id, [0], hash);
    await begin(first.id, [0], hash, { seeds: [1, 2, 3, 4] });
    const second = await study([{ params: { layers: 2, lr: 1e-3 }, outcome }], hash);
    await begin(second.id, [0], hash, { definition: { data: [{ name: 'other', hash }], source: sourceHash } });
    expect(await looksAt(hash)).toBe(1);
    await begin(second.id, [0], hash, { definition: { data: [{ name: 'other', hash }], source: 'c'.repeat(64) } });
    expect(await looksAt(hash)).toBe(2);
  });

  test('counts on every content of data that was read, and on no other', async () => {
    const [a, b] = [freshHash(), freshHash()];
    const { id } = await study([trial(0.001), trial(0.002)], a);
    const data = [a, b].map((hash) => ({ name: hash, hash }));
    await begin(id, [0], a, { definition: { data, source: sourceHash } });
    const { id: later } = await begin(id, [1], a);
    expect([await looksAt(a), await looksAt(b), await looksAt(freshHash())]).toEqual([2, 1, 0]);
    expect(await countLooks(database.db, [a, b], windows(2))).toBe(2);
    const also = freshHash();
    await recordLooks(database.db, { kind: 'validation', validation: later, trials: [1], data: [also] });
    expect(await looksAt(also)).toBe(1);
  });

  test('of an ablation counts for each setting', async () => {
    const hash = freshHash();
    const { id } = await study([trial(0.001)], hash);
    const data = [{ name: 'bars', hash }];
    await begin(id, [0], hash);
    for (const arm of [{}, { 'environment.overnight': 'hold' }, { 'environment.overnight': 'hold' }])
      await begin(id, [0], hash, { arm: 'hold', definition: { data, source: sourceHash, arm } });
    expect(await looksAt(hash)).toBe(2);
  });

  test('is unknown where no data are named', async () => {
    expect(await countLooks(database.db, [], windows(1))).toBeNaN();
    expect(await looksAt(freshHash(), [])).toBeNaN();
  });
});

test('the same days of the same data are counted once for one answer', async () => {
  const [a, b] = [freshHash(), freshHash()];
  const { id } = await study([trial(0.001)], a);
  await begin(id, [0], a);
  let queries = 0;
  const execute = (...args: Parameters<typeof database.db.execute>) => {
    queries += 1;
    return database.db.execute(...args);
  };
  const count = looksCounter({ execute } as unknown as typeof database.db);
  const answers = await Promise.all([
    count([a, b], windows(2)),
    count([b, a, a], windows(2)),
    count([a], windows(2)),
    count([a, b], windows(1)),
  ]);
  expect([answers, queries]).toEqual([[1, 1, 1, 1], 3]);
});

test('of overlapping ranges the day with the most looks counts', async () => {
  const hash = freshHash();
  const { id } = await study(
    [1, 2, 3, 4].map((n) => trial(n / 1000)),
    hash,
  );
  const folds = windows(6);
  // Two models on folds 0 to 2, a third on 2 to 4, a fourth on 5.
  await begin(id, [0, 1], hash, { folds: folds.slice(0, 3) });
  await begin(id, [2], hash, { folds: folds.slice(2, 5) });
  await begin(id, [3], hash, { folds: folds.slice(5) });
  const at = (from: number, to: number) => looksAt(hash, folds.slice(from, to));
  expect(await at(0, 2)).toBe(2);
  expect(await at(0, 3)).toBe(3);
  expect(await at(3, 5)).toBe(1);
  expect(await at(5, 6)).toBe(1);
  expect(await at(0, 6)).toBe(3);
  // A day within a longer range that was looked at, and a range around it.
  const day = 86_400_000;
  const { testStart } = folds[2]!;
  expect(await looksAt(hash, [{ testStart: testStart + day, testEnd: testStart + 2 * day }])).toBe(3);
  expect(await looksAt(hash, [{ testStart: testStart - 90 * day, testEnd: testStart + 90 * day }])).toBe(3);
  expect(await looksAt(hash, [{ testStart: testStart + 90 * day, testEnd: testStart + 91 * day }])).toBe(0);
  // Ends are exclusive.
  expect(await looksAt(hash, [{ testStart: folds[5]!.testEnd, testEnd: folds[5]!.testEnd + day }])).toBe(0);
});

describe('data that grow', () => {
  const folds = windows(4);
  /** A table of one symbol with a session in the middle of each fold's test, whose closes begin with the given ones. */
  const tableOf = (hash: string, closes: readonly number[], symbol = 'A'): SharedTable => {
    const column = (values: readonly number[]) => Float64Array.from(values.flatMap((value) => [value, value + 1]));
    const prices = Object.fromEntries(['open', 'high', 'low', 'close', 'volume'].map((field) => [`${symbol}.${field}`, column(closes)]));
    const time = closes.flatMap((_, fold) => [folds[fold]!.testStart + 1000, folds[fold]!.testStart + 61_000]);
    const columns = { time: Float64Array.from(time), session: Float64Array.from(closes.flatMap((_, fold) => [fold, fold])), ...prices };
    return { name: hash.slice(0, 6), hash, rows: 2 * closes.length, columns, meta: { symbols: [symbol] } };
  };
  const known = (table: SharedTable) => recordDataDays(database.db, table.hash, sessionHashes(table));
  const at = (hash: string, from: number, to: number) => looksAt(hash, folds.slice(from, to));

  test('keep the looks at the days that they had, under whatever name; a day with other bars begins at 0', async () => {
    const [short, long, other] = [freshHash(), freshHash(), freshHash()];
    const { id } = await study([trial(0.001), trial(0.002)], short);
    await known(tableOf(short, [1, 2, 3]));
    await begin(id, [0, 1], short, { folds: folds.slice(0, 3) });
    expect(await at(long, 0, 4)).toBe(0);
    await known(tableOf(long, [1, 2, 3, 4], 'B'));
    await known(tableOf(other, [9, 2.5, 3]));
    expect([await at(long, 0, 4), await at(long, 0, 1), await at(long, 3, 4)]).toEqual([2, 2, 0]);
    // Of the other data the third day alone has the same bars.
    expect([await at(other, 0, 2), await at(other, 2, 3)]).toEqual([0, 2]);
    const later = await study([trial(0.001)], long);
    await begin(later.id, [0], long, { folds });
    // The same parameters on more data are trained anew: one look more.
    expect([await at(long, 0, 3), await at(long, 3, 4), await at(short, 0, 3)]).toEqual([3, 1, 3]);
    expect(await countStudyLooks(database.db, later.id)).toBe(3);
  });

  test('are written down once, the sessions behind a vault later, and cannot be changed', async () => {
    const hash = freshHash();
    const rows = async () =>
      (await database.pool.query<{ n: number }>('select count(*)::int as n from data_days where data_hash = $1', [hash])).rows[0]!.n;
    await known(tableOf(hash, [1, 2]));
    await known(tableOf(hash, [1, 2]));
    expect(await rows()).toBe(2);
    await known(tableOf(hash, [1, 2, 3]));
    expect(await rows()).toBe(3);
    await known({ ...tableOf(freshHash(), [1]), meta: null });
    for (const change of ['delete from data_days', `update data_days set bars_hash = 'x'`, 'truncate data_days'])
      await expect(database.pool.query(change)).rejects.toThrow('its rows are final');
  });
});

describe('data that were searched and never validated', () => {
  const day = 86_400_000;
  /** A content with a session a day from the second to `until`, which ends at midnight before the third of them. */
  const sessions = (until: number) =>
    Array.from({ length: until }, (_, at) => ({ startsMs: searchEndMs + (at - 4) * day, hash: at.toString(16).padStart(64, '0') }));

  test('keep their trials in the bar for luck, and their days from the vault, when they grow by a day', async () => {
    const storage = createStorage(database.db);
    const [short, long] = [freshHash(), freshHash()];
    await storage.recordDataDays(short, sessions(6));
    const first = await study([trial(0.001), trial(0.002)], short);
    await storage.recordDataDays(long, sessions(7));
    const second = await study([trial(0.003)], long);
    expect(await countTriedOnSameData(database.db, second.id)).toBe(3);
    const vault = { dataset: 'bars', hash: long, sessions: 4, fromMs: sessions(4)[3]!.startsMs, untilMs: searchEndMs + 3 * day };
    expect(await othersAtVault(database.db, second.name, vault)).toContain(first.name);
    await removeStudy(database.db, first.id);
    expect(await countTriedOnSameData(database.db, second.id)).toBe(3);
    expect(await othersAtVault(database.db, second.name, vault)).toContain(first.name);
    expect(await othersAtVault(database.db, second.name, { ...vault, fromMs: searchEndMs + day })).toEqual([]);
  });

  test('are known whatever else is written of their content: no row takes the place of another', async () => {
    const storage = createStorage(database.db);
    const [short, long] = [freshHash(), freshHash()];
    const [first, ...others] = sessions(3);
    const row = (startsMs: number, hash: string) => storage.recordDataDays(short, [{ startsMs, hash }]);
    await row(searchEndMs + 900 * day, freshHash());
    await row(searchEndMs + 900 * day, first!.hash);
    await storage.recordDataDays(short, [first!, ...others]);
    await storage.recordDataDays(long, sessions(3));
    const { id } = await study([trial(0.001)], short);
    const folds = [{ ...windows(1)[0]!, trainEnd: first!.startsMs, testStart: first!.startsMs, testEnd: first!.startsMs + day }];
    await begin(id, [0], short, { folds });
    expect(await looksAt(long, folds)).toBe(1);
  });
});

test('the evidence of a trial has the looks of all studies, its own models, and what a removal leaves', async () => {
  const hash = freshHash();
  const [own, other] = [await study([trial(0.001), trial(0.002), trial(0.002)], hash), await study([trial(0.003)], hash)];
  const definition = { data: [{ name: 'bars', hash }], source: sourceHash };
  for (const number of [0, 1, 2]) await validateTrial(database.db, store, own.id, number, { definition });
  await begin(other.id, [0], hash);
  const { evidence } = await readEvidence(database.db, store, `${own.name}#2`);
  expect(evidence.looks).toBe(3);
  // Trials 1 and 2 are the same model, for which the asked one stands; seeds 1 and 2 earned the same but for the last day of a fold.
  expect(evidence.judged.map(({ number }) => number)).toEqual([2, 0]);
  expect(evidence.judged[0]!.dailyReturns).toHaveLength(6);
  expect(evidence.judged[0]!.dailyReturns[2]).toBeCloseTo((1 / 1000 + 2 / 1000) / 2, 12);
  await removeStudy(database.db, other.id);
  expect((await readEvidence(database.db, store, `${own.name}#2`)).evidence.looks).toBe(3);
  expect((await readValidation(database.db, own.name)).items.map(({ looks }) => looks)).toEqual([3, 3, 3]);
});

test('the evidence has the inner returns of complete trials, and those of pruned ones marked', async () => {
  const hash = freshHash();
  const dailyReturns = { days: ['2018-02-08', '2018-02-09'], returns: [0.01, -0.02] };
  const { id, name } = await study(
    [
      { outcome: { kind: 'complete', value: 1, metrics: {}, dailyReturns } },
      { outcome },
      { outcome: { kind: 'pruned', atStep: 1, reason: 'worse', dailyReturns } },
    ],
    hash,
  );
  await validateTrial(database.db, store, id, 0, { definition: { data: [{ name: 'bars', hash }], source: sourceHash } });
  const { evidence } = await readEvidence(database.db, store, `${name}#0`);
  expect(evidence.search.innerReturns).toEqual([
    { number: 0, ...dailyReturns },
    { number: 2, pruned: true, ...dailyReturns },
  ]);
});

describe('the same definition under another name of the study', () => {
  const tried = (id: StudyId) => countTriedOnSameData(database.db, id);
  /** Trials of one sampler's seed: the same parameters, source and seeds in every study. */
  const alike = [{ outcome }, { outcome: { kind: 'pruned', atStep: 1, reason: 'worse' } }] as const;

  test('adds nothing to the trials that luck is counted by, also when either is removed', async () => {
    const hash = freshHash();
    const first = await study(alike, hash);
    const second = await study([...alike, { outcome }], hash);
    const third = await study(alike, hash);
    expect([await tried(first.id), await tried(second.id), await tried(third.id)]).toEqual([3, 3, 3]);
    await removeStudy(database.db, first.id);
    expect([await tried(second.id), await tried(third.id)]).toEqual([3, 3]);
    await removeStudy(database.db, second.id);
    expect(await tried(third.id)).toBe(3);
    const fourth = await study(alike.slice(0, 1), hash);
    expect(await tried(fourth.id)).toBe(3);
  });

  test.each<[string, Partial<StudyDescription>]>([
    ['seed', { seed: 4711 }],
    ['source', { module: { url: 'file:///other.ts', sourceHash: 'c'.repeat(64), packagesHash: null, gitCommit: null, gitDirty: false } }],
  ])('counts again with another %s', async (_, change) => {
    const hash = freshHash();
    const first = await study(alike, hash);
    await study(alike, hash, change);
    expect(await tried(first.id)).toBe(4);
  });

  test('counts again with other parameters or other data', async () => {
    const hash = freshHash();
    const first = await study([trial(0.001)], hash);
    await study([trial(0.002)], hash);
    expect(await tried(first.id)).toBe(2);
  });

  test('counts by itself where its source is not known', async () => {
    const hash = freshHash();
    const first = await study(alike, hash);
    const second = await study(alike, hash);
    expect(await tried(first.id)).toBe(2);
    await database.db.transaction(async (tx) => {
      await tx.execute('set local session_replication_role = replica');
      await tx.execute(`update attempts set source_hash = null from trials where trial_id = id and study_id = ${second.id}`);
    });
    expect(await tried(first.id)).toBe(4);
    await removeStudy(database.db, second.id);
    expect(await tried(first.id)).toBe(4);
  });
});

test('the same source and data are judged on the same folds: neither the tests nor what trains for them may move', async () => {
  const { id, name } = await study([trial(0.001)], freshHash());
  const { folds, definition } = plan(id);
  const moved = (change: Partial<FoldWindow>, of = definition) =>
    refuseMovedFolds(
      database.db,
      { id, name },
      of,
      folds.map((fold) => ({ ...fold, ...change })),
    );
  await moved({ trainStart: 0 });
  await openValidation(database.db, plan(id));
  await moved({});
  await expect(moved({ testEnd: folds[1]!.testEnd + 1 })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining(`${name} were tested from ${new Date(folds[0]!.testStart).toISOString()} before`) as string,
  });
  for (const change of [{ trainStart: folds[0]!.trainStart + 1 }, { trainEnd: folds[0]!.trainEnd - 1 }])
    await expect(moved(change)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('were trained on other days before') as string,
    });
  await moved({ trainStart: 0 }, { ...definition, data: [{ name: 'bars', hash: 'f'.repeat(64) }] });
});

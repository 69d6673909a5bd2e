import { expect, test } from 'vitest';
import type { FoldWindow } from '../../src/search/study/walk-forward.ts';
import { readPaths } from '../../src/storage/validations/read-paths.ts';
import { openValidation, saveEvaluation } from '../../src/storage/validations/save-validation.ts';
import { sharpe } from '../../src/validation/metrics.ts';
import { cpcv } from '../../src/validation/statistics/cpcv.ts';
import { useArtifacts } from '../fixtures/artifacts.ts';
import { useDatabase } from '../fixtures/database.ts';
import { evaluation, plan, policyOf } from '../fixtures/evaluations.ts';
import { bars, complete, searchEndMs, studyWith } from '../fixtures/trials.ts';

const database = useDatabase();
const store = useArtifacts();
const day = 86_400_000;

/** Folds of three groups of two days, of which each tests one: the search window before them and the other groups train. */
const folds: readonly FoldWindow[] = cpcv(3, 1).splits.map(([group], fold) => {
  const part = (from: number, sessions: number) => ({
    start: searchEndMs + from * day,
    end: searchEndMs + (from + sessions) * day,
    sessions,
  });
  const test = { ...part(2 * group!, 2), group: group! };
  const train = [part(-9, 8), ...(group === 2 ? [] : [part(5, 1)])];
  return {
    fold,
    trainStart: train[0]!.start,
    trainEnd: train.at(-1)!.end,
    testStart: test.start,
    testEnd: test.end,
    purgedBars: 390,
    parts: { train, test: [test], purgedSessions: 1, embargoedSessions: 0, embargoedBars: 0 },
  };
});

test('paths are those of complete seeds, with the quantiles of all their ratios', async () => {
  const { id, name } = await studyWith(database.db, [{ outcome: complete(0.4) }], { direction: 'maximize' });
  expect(await readPaths(database.db, `${name}#0`)).toMatchObject({ scheme: null, items: [], sharpeDaily: { p50: null } });

  const scheme = 'cpcv:3,1';
  const validation = await openValidation(
    database.db,
    plan(id, { seeds: [1, 2, 3], folds, scheme, definition: { ...plan(id).definition, scheme } }),
  );
  const returnsOf = (seed: number, fold: number) => [0.01 * seed, -0.002 * (fold + 1)];
  for (const seed of [1, 2, 3])
    for (const { fold } of folds.slice(0, seed === 3 ? 2 : 3))
      await saveEvaluation(database.db, store, validation, {
        subject: { kind: 'policy', number: 0, seed, policy: policyOf(0, seed, fold) },
        fold,
        evaluation: { ...evaluation(1), dailyReturns: returnsOf(seed, fold) },
        data: [bars],
      });
  const paths = await readPaths(database.db, `${name}#0`);
  const ratios = [1, 2].map((seed) => sharpe([0, 1, 2].flatMap((fold) => returnsOf(seed, fold))));
  expect(paths).toMatchObject({ scheme, seeds: [1, 2], asked: 3 });
  expect(paths.folds).toEqual([
    { fold: 0, groups: [0], trainedSessions: 9, testedSessions: 2, purgedSessions: 1, embargoedSessions: 0 },
    { fold: 1, groups: [1], trainedSessions: 9, testedSessions: 2, purgedSessions: 1, embargoedSessions: 0 },
    { fold: 2, groups: [2], trainedSessions: 8, testedSessions: 2, purgedSessions: 1, embargoedSessions: 0 },
  ]);
  expect(paths.items.map(({ seed, path, days, sharpeDaily }) => [seed, path, days, sharpeDaily])).toEqual([
    [1, 0, 6, ratios[0]],
    [2, 0, 6, ratios[1]],
  ]);
  expect(paths.sharpeDaily).toEqual({
    p05: expect.closeTo(ratios[0]! + 0.05 * (ratios[1]! - ratios[0]!), 12),
    p50: expect.closeTo((ratios[0]! + ratios[1]!) / 2, 12),
    p95: expect.closeTo(ratios[0]! + 0.95 * (ratios[1]! - ratios[0]!), 12),
  });
  expect(await readPaths(database.db, `${name}#0`, 'cpcv:6,2')).toMatchObject({ scheme: null });
});

test('a path that is active on fewer days than the study asks has the ratio 0, as its evaluations have', async () => {
  const { id, name } = await studyWith(database.db, [{ outcome: complete(0.4) }], { direction: 'maximize' });
  const scheme = 'cpcv:3,1';
  const wanted = plan(id, { seeds: [1, 2], folds, scheme, definition: { ...plan(id).definition, scheme } });
  const validation = await openValidation(database.db, wanted);
  // Active on 3 of 6 days.
  for (const [seed, leastActiveShare] of [
    [1, 0.5],
    [2, 0.6],
  ] as const)
    for (const { fold } of folds)
      await saveEvaluation(database.db, store, validation, {
        subject: { kind: 'policy', number: 0, seed, policy: policyOf(0, seed, fold) },
        fold,
        evaluation: { ...evaluation(1), metrics: { leastActiveShare }, dailyReturns: [0.01 * (fold + 1), 0] },
        data: [bars],
      });
  const { items } = await readPaths(database.db, `${name}#0`);
  expect(items.map(({ sharpeDaily }) => sharpeDaily)).toEqual([sharpe([0.01, 0, 0.02, 0, 0.03, 0]), 0]);
});

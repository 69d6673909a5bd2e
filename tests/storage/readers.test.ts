import { describe, expect, test } from 'vitest';
import type { TrialState } from '../../src/search/trial/trial.ts';
import { bestTrials } from '../../src/storage/readers/best-trials.ts';
import { compareStudies } from '../../src/storage/readers/compare-studies.ts';
import { listStudies } from '../../src/storage/readers/list-studies.ts';
import { pageTrials } from '../../src/storage/readers/page-trials.ts';
import { readReports } from '../../src/storage/readers/read-reports.ts';
import { readRecommendations } from '../../src/storage/readers/recommendations.ts';
import { showStudy } from '../../src/storage/readers/show-study.ts';
import { showTrial } from '../../src/storage/readers/show-trial.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { useDatabase } from '../fixtures/database.ts';
import { failed, mixedStudy, pruned, mixedSpace as space } from '../fixtures/mixed-study.ts';
import { complete, studyWith } from '../fixtures/trials.ts';

const database = useDatabase();
const mixed = () => mixedStudy(database.db);

describe('recommendations', () => {
  test("rank a study's configurations, and say what is not finite", async () => {
    const { name } = await mixed();
    const { study, direction, items } = await readRecommendations(database.db, name, 5);
    expect({ study, direction }).toEqual({ study: name, direction: 'minimize' });
    expect(items.map(({ address, observed, nonFinite }) => ({ address, observed, nonFinite }))).toContainEqual({
      address: `${name}#2`,
      observed: null,
      nonFinite: { observed: 'Infinity' },
    });
    expect(items[0]).toMatchObject({
      observed: 1,
      trials: [1],
      expected: null,
      inWords: expect.stringMatching(/too few trials/) as string,
    });
    await expect(readRecommendations(database.db, name, 0)).rejects.toThrow(/items/);
  });
});

describe('a trial', () => {
  test('has the documented keys and flags numbers that JSON cannot hold', async () => {
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
      { attempt: 2, step: 1, value: 8, metrics: { loss: null }, nonFinite: { 'metrics.loss': 'Infinity' } },
    ]);
    expect(trial.attempts).toMatchObject([
      { attempt: 1, worker: 'w', ending: 'released', endedAt: expect.any(String) },
      { attempt: 2, ending: 'complete' },
    ]);
    expect(trial.artifacts).toEqual([{ attempt: 2, role: 'policy', hash: 'a'.repeat(64), bytes: 3 }]);
    expect(trial.validation).toBeNull();
  });

  test('that does not exist is refused with a hint', async () => {
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

test('long curves are thinned evenly with first and last report, and the total is given', async () => {
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
  test('have a summary of state, counts and best value', async () => {
    const { name } = await mixed();
    const item = await showStudy(database.db, name);
    const counts: Record<TrialState, number> = { queued: 1, running: 0, paused: 0, complete: 4, pruned: 1, failed: 1, cancelled: 0 };
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
    expect(item.trialsPerHour).toBeNull();
    expect(Object.keys(item.space)).toEqual(['lr', 'opt']);
  });

  test('are running while a trial runs, and complete when the budget is used up', async () => {
    const { name, id } = await studyWith(database.db, [{ outcome: complete(1) }, {}]);
    const storage = createStorage(database.db);
    const claimed = await storage.claim({ studies: [id], worker: 'w', leaseMs: 60_000 });
    expect(await showStudy(database.db, name)).toMatchObject({
      state: 'running',
      etaMs: expect.any(Number),
      trialsPerHour: expect.any(Number),
    });
    await storage.finish(claimed!.lease, failed);
    expect(await showStudy(database.db, name)).toMatchObject({
      state: 'complete',
      trialsPerHour: null,
      counts: { complete: 1, failed: 1 },
    });
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

  test('are compared for values of any size without an overflow', async () => {
    const values = async (...all: number[]) => {
      const { name } = await studyWith(
        database.db,
        all.map((value) => ({ outcome: complete(value, { m: value }) })),
      );
      const [compared] = (await compareStudies(database.db, [name])).studies;
      const [metric] = (await compareStudies(database.db, [name], { metric: 'm' })).studies;
      expect(metric).toMatchObject({ n: compared!.n, mean: compared!.mean, sd: compared!.sd });
      return compared!;
    };
    expect(await values(1e155, 3e155)).toMatchObject({ n: 2, mean: 2e155, median: 2e155, sd: Math.SQRT2 * 1e155 });
    expect(await values(1e308, 1.5e308, 1e308)).toMatchObject({ n: 3, median: 1e308, mean: expect.closeTo(1.1666666666666667e308, -295) });
    expect(await values(-1.7e308, 1.7e308)).toMatchObject({ mean: 0, median: 0, sd: null, nonFinite: { sd: 'Infinity' } });
    expect(await values(1e308, 5e-324, 1)).toMatchObject({ n: 3, median: 1 });
    const { sd, mean } = await values(1e-200, 3e-200);
    expect(mean).toBeCloseTo(2e-200, 210);
    expect((sd ?? 0) / 1e-200).toBeCloseTo(Math.SQRT2, 12);
    expect(await values(Number.POSITIVE_INFINITY)).toMatchObject({ n: 0, mean: null, sd: null });
    expect(
      (await compareStudies(database.db, [(await studyWith(database.db, [{ outcome: complete(Number.NEGATIVE_INFINITY) }])).name]))
        .studies[0],
    ).toMatchObject({
      bestFigure: null,
      nonFinite: { bestFigure: '-Infinity' },
    });
  });
});

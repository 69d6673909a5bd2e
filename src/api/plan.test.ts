import { expect, test } from 'vitest';
import { answersOf, apiClient } from '../../tests/fixtures/api.ts';
import { useArtifacts } from '../../tests/fixtures/artifacts.ts';
import { useDatabase } from '../../tests/fixtures/database.ts';
import { validateTrial } from '../../tests/fixtures/evaluations.ts';
import { complete, studyWith } from '../../tests/fixtures/trials.ts';
import type { PlannedWindow } from '../search/study/study-ahead.ts';
import { planSchema } from './routes/plan.ts';

const database = useDatabase();
const store = useArtifacts();
const get = answersOf(database);

const windowOf = (use: PlannedWindow['use'], fold: number | null, sessions: number): PlannedWindow => ({
  use,
  fold,
  firstDay: '2018-01-02',
  lastDay: '2018-03-01',
  sessions,
  purged: 0,
});
const known = {
  evidence: { steps: 23_400, days: 60, folds: 4, shortestFold: 15 },
  ahead: { windows: [windowOf('inner validation', null, 20), windowOf('vault', null, 12)], sessionsPerYear: 252, seedsPerTrial: 2 },
};
const trials = [{ outcome: complete(0.4) }, { outcome: complete(0.2) }];

test('a stored study is planned without its file; numbers of the query count', async () => {
  const { name } = await studyWith(database.db, trials, known);
  const plan = await get(`/v1/studies/${name}/plan`, planSchema);
  expect(plan).toMatchObject({
    study: name,
    policy: 'default',
    windows: known.ahead.windows,
    evidence: known.evidence,
    planned: { trials: 2, seedsPerTrial: 2, models: 3, seeds: 3, folds: 4, looks: 3, days: 60, innerDays: 20, level: 0.005 },
    trainings: { search: 4, validation: 36 },
  });
  // The worked figures of the specification: 60 days, three looks, level .005.
  expect(plan.power!.dailySharpe).toBeCloseTo(0.524, 3);
  expect(plan.power!.annualSharpe).toBeCloseTo(8.3, 1);
  expect(plan.warnings.join()).toContain('60 days cannot show an annual Sharpe ratio below 8.3');
  const other = await get(`/v1/studies/${name}/plan?top=2&seeds=5&looks=10`, planSchema);
  expect(other).toMatchObject({ planned: { models: 2, seeds: 5, looks: 10 }, trainings: { validation: 40 } });
  expect(other.power!.perLook).toBeCloseTo(1 - 0.995 ** (1 / 10), 12);
});

test('looks at its days so far count, and the tag changes with them', async () => {
  const data = { name: 'looked-at', hash: '9'.repeat(64) };
  const { id, name } = await studyWith(database.db, trials, known, data);
  await validateTrial(database.db, store, id, 0);
  await validateTrial(database.db, store, id, 1);
  const path = `/v1/studies/${name}/plan?top=1`;
  const looks = (await get(path, planSchema)).planned.looks;
  expect(looks).toBeGreaterThanOrEqual(2);
  expect((await get(`${path}&looks=1`, planSchema)).planned.looks).toBe(1);
  const tag = (await apiClient({ db: database.db }).request(path)).headers.get('etag')!;
  expect((await apiClient({ db: database.db }).request(path, { headers: { 'If-None-Match': tag } })).status).toBe(304);
});

test('what cannot be planned is said: no folds stored, no such study, fewer looks than models, no number', async () => {
  const { name } = await studyWith(database.db, trials);
  const api = apiClient({ db: database.db });
  for (const [path, status, says] of [
    [`/v1/studies/${name}/plan`, 404, 'no folds of'],
    ['/v1/studies/absent/plan', 404, 'there is no study absent'],
    [`/v1/studies/${(await studyWith(database.db, trials, known)).name}/plan?looks=2`, 400, '2 looks are fewer than the 3 models'],
    [`/v1/studies/${name}/plan?seeds=0`, 400, 'whole number from 1'],
    [`/v1/studies/${name}/plan?days=3`, 400, 'days'],
  ] as const) {
    const answer = await api.request(path);
    const text = await answer.text();
    expect([path, answer.status, text]).toEqual([path, status, expect.stringContaining(says)]);
    expect(JSON.parse(text)).toMatchObject({ code: expect.any(String) as string });
  }
});

import { expect, test } from 'vitest';
import { answersOf, apiClient } from '../../tests/fixtures/api.ts';
import { useDatabase } from '../../tests/fixtures/database.ts';
import { mixedStudy } from '../../tests/fixtures/mixed-study.ts';
import { complete, studyWith } from '../../tests/fixtures/trials.ts';
import { removeStudy } from '../storage/commands/remove-study.ts';
import { createStorage } from '../storage/storage.ts';
import { contourChartSchema } from './routes/charts/contour.ts';
import { curvesChartSchema } from './routes/charts/curves.ts';
import { edfChartSchema } from './routes/charts/edf.ts';
import { frontChartSchema } from './routes/charts/front.ts';
import { historyChartSchema } from './routes/charts/history.ts';
import { importanceChartSchema } from './routes/charts/importance.ts';
import { parallelChartSchema } from './routes/charts/parallel.ts';
import { sliceChartSchema } from './routes/charts/slice.ts';

const database = useDatabase();

const get = answersOf(database);

const common = { revision: expect.any(Number), objective: null };

test('the history has every trial with a value or a report, and the best so far', async () => {
  const { name, revision } = await mixedStudy(database.db);
  expect(await get(`/v1/studies/${name}/charts/history`, historyChartSchema)).toEqual({
    ...{ revision, objective: null, metric: null, direction: 'minimize', axis: 'number' },
    // Trial 6 is queued, trial 3 failed without a report, the last report of trial 4 is NaN.
    ...{ total: 6, used: 4, shown: 4, reduced: 'none' },
    ...{ x: [0, 1, 2, 5], y: [3, 1, null, 1], number: [0, 1, 2, 5], state: ['c', 'c', 'c', 'c'] },
    best: { x: [0, 1], y: [3, 1], number: [0, 1], of: 2 },
    nonFinite: { 'y.2': 'Infinity' },
  });
});

test('a chart is of the trials that meet the states and filters, and of a metric where one is asked for', async () => {
  const { name } = await mixedStudy(database.db);
  const path = `/v1/studies/${name}/charts/history`;
  const some = await get(`${path}?where=${encodeURIComponent('lr>=0.1 and opt=sgd')}&where=number<5`, historyChartSchema);
  expect(some).toMatchObject({ total: 2, used: 1, x: [0] });
  expect(await get(`${path}?states=pruned,failed`, historyChartSchema)).toMatchObject({ total: 2, used: 0, x: [] });
  const sharpe = await get(`${path}?metric=sharpe`, historyChartSchema);
  expect(sharpe).toMatchObject({ metric: 'sharpe', total: 6, used: 3, x: [0, 2, 5], y: [1, 3, 2] });
});

test('importance by every method', async () => {
  const { name } = await studyWith(
    database.db,
    Array.from({ length: 30 }, (_, i) => ({ params: { x: (i % 10) / 10, y: (i % 7) / 7 }, outcome: complete((i % 10) / 10) })),
    { space: { x: { type: 'float', low: 0, high: 1 }, y: { type: 'float', low: 0, high: 1 } } },
  );
  for (const method of ['ped-anova', 'fanova', 'mdi']) {
    const chart = await get(`/v1/studies/${name}/charts/importance?method=${method}`, importanceChartSchema);
    expect(chart).toMatchObject({ ...common, method, total: 30, used: 30, shown: 30, trialsUsed: 30 });
    expect(chart.items.map((item) => item.name)).toEqual(['x', 'y']);
  }
});

test('of very many parameters the charts take what they can read, and say so', async () => {
  const float = { type: 'float', low: 0, high: 1 } as const;
  const wide = (n: number) => ({ space: Object.fromEntries(Array.from({ length: n }, (_, i) => [`p${i}`, float])) });
  const outcomes = [1, 2].map((value) => ({ outcome: complete(value) }));
  const many = await studyWith(database.db, outcomes, wide(1100));
  const chart = await get(`/v1/studies/${many.name}/charts/parallel`, parallelChartSchema);
  expect(chart).toMatchObject({ params: 1100, looked: 1000, varying: 1000 });
  expect(chart.axes).toHaveLength(30);
  expect(await get(`/v1/studies/${many.name}/charts/parallel?params=p1099`, parallelChartSchema)).toMatchObject({
    params: 1100,
    looked: 1,
  });
  const refused = await apiClient({ db: database.db }).request(`/v1/studies/${many.name}/charts/importance`);
  expect([refused.status, await refused.json()]).toEqual([
    400,
    expect.objectContaining({ code: 'usage', detail: expect.stringContaining('1100'), hint: expect.stringContaining('assay importance') }),
  ]);
});

test('curves end where their trials ended; NaN is flagged', async () => {
  const { name } = await mixedStudy(database.db);
  const chart = await get(`/v1/studies/${name}/charts/curves`, curvesChartSchema);
  expect(chart).toMatchObject({
    ...{ total: 6, used: 2, shown: 2, reduced: 'none', axis: 'step', metric: null },
    curves: [
      { number: 1, state: 'c', attempt: 1, step: [1, 2], value: [5, 4], reports: 2, endedAt: 2 },
      { number: 4, state: 'p', attempt: 1, step: [1, 2], value: [9, null], reports: 2, endedAt: 2 },
    ],
    band: { step: [1, 2], q50: [7, 4], n: [2, 1], trials: 2, of: 2 },
    nonFinite: { 'curves.1.value.1': 'NaN' },
  });
  expect((await get(`/v1/studies/${name}/charts/curves?numbers=4,5`, curvesChartSchema)).curves.map(({ number }) => number)).toEqual([4]);
});

test('a study that is removed and made again under the same name shows nothing of the old one', async () => {
  const outcomes = (value: number) => [{ outcome: complete(value) }, { outcome: complete(value + 1) }];
  const old = await studyWith(database.db, outcomes(1), { name: 'again' });
  const api = apiClient({ db: database.db });
  const first = await api.request('/v1/studies/again/charts/history');
  expect(await first.json()).toMatchObject({ y: [1, 2] });
  await removeStudy(database.db, old.id);
  await studyWith(database.db, outcomes(5), { name: 'again' });
  const second = await api.request('/v1/studies/again/charts/history', { headers: { 'If-None-Match': first.headers.get('etag')! } });
  expect(second.status).toBe(200);
  expect(await second.json()).toMatchObject({ y: [5, 6] });
});

test('running trials are there with each request, and their end is not missed', async () => {
  const storage = createStorage(database.db);
  const { name, id } = await studyWith(database.db, [{ outcome: complete(3) }, {}]);
  const api = apiClient({ db: database.db });
  const history = async () => (await api.request(`/v1/studies/${name}/charts/history`)).json();
  const claimed = await storage.claim({ studies: [id], worker: 'host:1:cpu', leaseMs: 60_000 });
  expect(await history()).toMatchObject({ total: 2, used: 1, x: [0] });
  await storage.report(claimed!.lease, { step: 1, value: 7 });
  expect(await history()).toMatchObject({ total: 2, used: 2, y: [3, 7], state: ['c', 'r'] });
  await storage.release(claimed!.lease);
  expect(await history()).toMatchObject({ total: 1, used: 1, y: [3] });
  const again = await storage.claim({ studies: [id], worker: 'host:1:cpu', leaseMs: 60_000 });
  await storage.finish(again!.lease, complete(2));
  expect(await history()).toMatchObject({ total: 2, y: [3, 2], state: ['c', 'c'], best: { number: [0, 1] } });
});

const objectives = [
  { name: 'gain', direction: 'maximize', reference: 0 },
  { name: 'risk', direction: 'minimize', reference: 1 },
] as const;

test('charts of parameters: lines, slices and cells, with branches and an infinite value', async () => {
  const { name } = await mixedStudy(database.db);
  const path = `/v1/studies/${name}/charts`;
  const parallel = await get(`${path}/parallel`, parallelChartSchema);
  expect(parallel).toMatchObject({
    ...{ total: 4, used: 4, shown: 4, reduced: 'none', varying: 2 },
    axes: [
      { name: 'lr', kind: 'float', log: true, low: 1e-5, high: 1 },
      { name: 'opt', kind: 'choice', labels: ['adam', 'sgd'] },
    ],
    columns: { lr: [0.1, 0.01, 0.001, 0.3], opt: [1, 0, 1, 1] },
    ...{ number: [0, 1, 2, 5], value: [3, 1, null, 1], nonFinite: { 'value.2': 'Infinity' }, weight: [1, 1, 1, 1] },
  });
  const slice = await get(`${path}/slice?params=opt.adam.beta1,lr&states=complete,pruned`, sliceChartSchema);
  expect(slice).toMatchObject({
    total: 5,
    used: 4,
    params: [
      { name: 'opt.adam.beta1', used: 1, x: [0.9], y: [1] },
      { name: 'lr', used: 4 },
    ],
  });
  const contour = await get(`${path}/contour?pair=opt,lr&cells=4`, contourChartSchema);
  expect(contour).toMatchObject({
    used: 4,
    x: [0, 1],
    z: [
      [null, null],
      [null, null],
      [1, null],
      [null, 2],
    ],
    n: [
      [0, 0],
      [0, 1],
      [1, 0],
      [0, 2],
    ],
  });
  for (const [query, field] of [
    ['slice?params=lrr', 'params'],
    ['contour?pair=lr', 'pair'],
    ['contour?pair=lr,lr', 'pair'],
    ['front', 'study'],
    ['history?points=3', 'points'],
    ['history?where=lr<', 'where'],
  ]) {
    const answer = await apiClient({ db: database.db }).request(`${path}/${query}`);
    expect([answer.status, ((await answer.json()) as { errors: readonly { field: string }[] }).errors[0]?.field], query).toEqual([
      400,
      field,
    ]);
  }
});

test('distributions of several studies, whose changes bring another tag', async () => {
  const [a, b] = [await mixedStudy(database.db), await studyWith(database.db, [{ outcome: complete(2) }, {}])];
  const path = `/v1/studies/${a.name}/charts/edf?studies=${b.name}`;
  expect(await get(path, edfChartSchema)).toMatchObject({
    ...{ total: 4, used: 4, shown: 3, reduced: 'bins' },
    items: [
      { study: a.name, value: [1, 3, null], share: [0.5, 0.75, 1] },
      { study: b.name, total: 1, value: [2], share: [1] },
    ],
  });
  const api = apiClient({ db: database.db });
  const tag = (await api.request(path)).headers.get('etag')!;
  const again = () => api.request(path, { headers: { 'If-None-Match': tag } });
  expect((await again()).status).toBe(304);
  const storage = createStorage(database.db);
  const claimed = await storage.claim({ studies: [b.id], worker: 'host:1:cpu', leaseMs: 60_000 });
  await storage.finish(claimed!.lease, complete(4));
  expect((await again()).status).toBe(200);
});

test('several objectives: the front and its hypervolume, and charts of one of them', async () => {
  const pair = (gain: number, risk: number) =>
    ({ outcome: { kind: 'complete', value: gain, values: [gain, risk], constraints: [risk - 0.9], metrics: {} } }) as const;
  const { name } = await studyWith(database.db, [pair(1, 0.5), pair(2, 0.75), pair(3, 1), pair(0.5, 0.75)], {
    direction: 'maximize',
    objectives,
  });
  expect(await get(`/v1/studies/${name}/charts/front`, frontChartSchema)).toMatchObject({
    ...{ total: 4, used: 4, shown: 4, reduced: 'none', size: 2, objectives },
    points: {
      values: { gain: [1, 2, 3, 0.5], risk: [0.5, 0.75, 1, 0.75] },
      onFront: [true, true, false, false],
      feasible: [true, true, false, true],
    },
    hypervolume: { number: [0, 1], value: [0.5, 0.75] },
  });
  expect(await get(`/v1/studies/${name}/charts/history?objective=risk`, historyChartSchema)).toMatchObject({
    ...{ objective: 'risk', direction: 'minimize', y: [0.5, 0.75, 1, 0.75], state: ['c', 'c', 'i', 'c'], best: { number: [0] } },
  });
});

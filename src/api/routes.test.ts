import type { z } from '@hono/zod-openapi';
import { expect, test } from 'vitest';
import { answersOf, apiClient } from '../../tests/fixtures/api.ts';
import { useArtifacts } from '../../tests/fixtures/artifacts.ts';
import { useDatabase } from '../../tests/fixtures/database.ts';
import { askedBy, validateTrial } from '../../tests/fixtures/evaluations.ts';
import { complete, studyWith } from '../../tests/fixtures/trials.ts';
import { promote } from '../registry/promote.ts';
import { controlStudy } from '../storage/commands/control-study.ts';
import { models } from '../storage/schema/index.ts';
import { createStorage } from '../storage/storage.ts';
import { readEvidence } from '../storage/validations/read-evidence.ts';
import { describeStudy } from '../testing/storage/subject.ts';
import { bestSchema } from './routes/best.ts';
import { comparisonSchema } from './routes/compare.ts';
import { historyPageSchema, modelDetailSchema, modelsSchema } from './routes/models.ts';
import { reportsSchema } from './routes/reports.ts';
import { studiesPageSchema, studyDetailSchema } from './routes/studies.ts';
import { trialDetailSchema, trialsPageSchema } from './routes/trials.ts';
import { returnsSchema, validationsSchema } from './routes/validation.ts';

const database = useDatabase();
const store = useArtifacts();

const get = answersOf(database);

const space = {
  lr: { type: 'float', low: 1e-5, high: 1, log: true },
  layers: { type: 'int', low: 1, high: 4 },
  act: { type: 'choice', choices: ['relu', null, 3, true] },
  opt: { type: 'branch', cases: { adam: { beta1: { type: 'float', low: 0, high: 1, step: 0.25 } }, sgd: {} } },
} as const;
const failure = { kind: 'failed', error: { code: 'trial_failed', message: 'boom', hint: 'do not' } } as const;
const objectives = [
  { name: 'gain', direction: 'maximize', reference: 0 },
  { name: 'risk', direction: 'minimize', reference: 1 },
] as const;
const params = (lr: number) => ({ lr, layers: 2, act: null, opt: 'sgd' });

/** Numbers 0 to 4: values 3, 1 (with reports), Infinity; failed; queued. */
const mixed = (name?: string) =>
  studyWith(
    database.db,
    [
      { params: params(0.1), outcome: complete(3, { sharpe: 1 }) },
      {
        params: params(0.01),
        outcome: complete(1, { sharpe: Number.NaN }),
        reports: [
          [1, 5],
          [2, Number.NaN],
          [3, 4],
        ],
      },
      { params: params(0.001), outcome: complete(Number.POSITIVE_INFINITY, { sharpe: 3 }) },
      { params: params(0.5), outcome: failure },
      { params: params(0.4) },
    ],
    { space, ...(name !== undefined && { name }) },
  );

test('studies are listed with filters, in pages', async () => {
  for (const name of ['listed-a', 'listed-b', 'listed-c']) await mixed(name);
  const first = await get('/v1/studies?q=listed&limit=2', studiesPageSchema);
  expect(first).toMatchObject({
    total: 3,
    items: [{ name: 'listed-c', best: 1, counts: { complete: 3, queued: 1 } }, { name: 'listed-b' }],
  });
  const second = await get(`/v1/studies?q=listed&limit=2&cursor=${first.next}`, studiesPageSchema);
  expect(second).toMatchObject({ total: 3, next: null, items: [{ name: 'listed-a' }] });
  expect(await get('/v1/studies?q=listed&state=complete', studiesPageSchema)).toEqual({ items: [], next: null, total: 0 });
});

test('a study comes with its space, nested branches and all', async () => {
  const { name } = await mixed();
  const study = await get(`/v1/studies/${name}`, studyDetailSchema);
  expect(study).toMatchObject({ name, state: 'idle', space, sampler: { id: 'random', options: {} }, module: { gitDirty: false } });
  expect(study.createdAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
});

test('a module outside of the checkout is not named by its place on the machine that opened the study', async () => {
  const module = { url: 'file:///home/ada/secret-project/study.ts', sourceHash: 'a', packagesHash: null, gitCommit: null, gitDirty: false };
  const [away, here] = [
    await studyWith(database.db, [], { module }),
    await studyWith(database.db, [], { module: { ...module, url: 'assay:studies/x.ts' } }),
  ];
  const shown = await get(`/v1/studies/${away.name}`, studyDetailSchema);
  expect(shown.module).toEqual({ ...module, url: null });
  expect(JSON.stringify(shown)).not.toContain('secret-project');
  expect((await get(`/v1/studies/${here.name}`, studyDetailSchema)).module.url).toBe('assay:studies/x.ts');
});

test('what a trial needs of the machine is said as far as the study says it', async () => {
  const { name } = await studyWith(database.db, [], { needs: { threads: 2 } });
  expect((await get(`/v1/studies/${name}`, studyDetailSchema)).needs).toEqual({ threads: 2 });
});

test('trials are filtered by state and values, and sorted', async () => {
  const { name } = await mixed();
  const numbers = async (query: string) =>
    (await get(`/v1/studies/${name}/trials${query}`, trialsPageSchema)).items.map(({ number }) => number);
  expect(await numbers('')).toEqual([0, 1, 2, 3, 4]);
  expect(await numbers('?sort=-value')).toEqual([2, 0, 1, 3, 4]);
  expect(await numbers('?state=failed,queued')).toEqual([3, 4]);
  expect(await numbers('?state=failed&state=complete')).toEqual([0, 1, 2, 3]);
  expect(await numbers(`?where=${encodeURIComponent('lr<0.2 and value>=1')}`)).toEqual([0, 1, 2]);
  expect(await numbers(`?where=${encodeURIComponent('lr<0.2')}&where=${encodeURIComponent('lr>0.005')}&sort=param:lr`)).toEqual([1, 0]);
});

test('only the fields that were asked for', async () => {
  const { name } = await mixed();
  const api = apiClient({ db: database.db });
  const answer = await api.request(`/v1/studies/${name}/trials?fields=number,value,metrics&sort=value`);
  expect(await answer.json()).toMatchObject({ total: 5, next: null });
  const { items } = (await (await api.request(`/v1/studies/${name}/trials?fields=number,value&where=number<3`)).json()) as {
    items: object[];
  };
  expect(items).toEqual([
    { number: 0, value: 3 },
    { number: 1, value: 1 },
    { number: 2, value: null, nonFinite: { value: 'Infinity' } },
  ]);
  const refused = await api.request(`/v1/studies/${name}/trials?fields=number,loss`);
  expect(refused.status).toBe(400);
});

test('numbers that JSON cannot hold are null and flagged', async () => {
  const { name } = await mixed();
  const { items } = await get(`/v1/studies/${name}/trials`, trialsPageSchema);
  expect(items[2]).toMatchObject({ value: null, nonFinite: { value: 'Infinity' } });
  expect(items[1]).toMatchObject({ metrics: { sharpe: null }, nonFinite: { 'metrics.sharpe': 'NaN' } });
  expect(items[0]).not.toHaveProperty('nonFinite');
});

test('pages run to the end without a double while trials are added', async () => {
  const { name, id } = await studyWith(
    database.db,
    Array.from({ length: 7 }, (_, i) => ({ outcome: complete(i % 3) })),
  );
  const storage = createStorage(database.db);
  await storage.open({ ...describeStudy({ name }), budget: { trials: 100 } });
  const seen: number[] = [];
  let path = `/v1/studies/${name}/trials?sort=value&limit=2`;
  for (let pages = 0; pages < 20; pages++) {
    const { items, next } = await get(path, trialsPageSchema);
    seen.push(...items.map(({ number }) => number));
    if (next === null) break;
    if (pages < 3) await storage.ask(id);
    path = `/v1/studies/${name}/trials?sort=value&limit=2&cursor=${next}`;
  }
  expect(seen.slice(0, 7)).toEqual([0, 3, 6, 1, 4, 2, 5]);
  expect(seen).toHaveLength(10);
  expect(new Set(seen).size).toBe(10);
});

test('a trial comes with reports, attempts and artifacts', async () => {
  const { name } = await mixed();
  expect(await get(`/v1/studies/${name}/trials/1`, trialDetailSchema)).toMatchObject({
    address: `${name}#1`,
    reports: [{ step: 1 }, { step: 2, value: null, nonFinite: { value: 'NaN' } }, { step: 3 }],
    reportsTotal: 3,
    attempts: [{ attempt: 1, ending: 'complete' }],
    artifacts: [],
    validation: null,
  });
  expect(await get(`/v1/studies/${name}/trials/3`, trialDetailSchema)).toMatchObject({ state: 'failed', error: failure.error });
});

test('reports are thinned to maxPoints', async () => {
  const { name } = await mixed();
  const { items, total } = await get(`/v1/studies/${name}/trials/1/reports?maxPoints=2`, reportsSchema);
  expect([items.map(({ step }) => step), total]).toEqual([[1, 3], 3]);
  expect((await get(`/v1/studies/${name}/trials/1/reports`, reportsSchema)).items).toHaveLength(3);
});

test('the best trials, by the objective or a metric', async () => {
  const { name } = await mixed();
  const best = await get(`/v1/studies/${name}/best`, bestSchema);
  expect(best).toMatchObject({ study: name, direction: 'minimize', metric: null, trials: [{ number: 1, value: 1 }] });
  const bySharpe = await get(`/v1/studies/${name}/best?top=5&metric=sharpe`, bestSchema);
  expect(bySharpe.trials.map(({ number }) => number)).toEqual([0, 2]);
});

test('several objectives: the Pareto set with its hypervolume, values by name, constraints, comparison by one of them', async () => {
  const pair = (gain: number, risk: number) =>
    ({ kind: 'complete', value: gain, values: [gain, risk], constraints: [risk - 0.9], metrics: {} }) as const;
  const outcomes = [pair(1, 0.5), pair(2, 0.75), pair(3, 1), { ...pair(0, 0), values: [0, Number.NEGATIVE_INFINITY] }];
  const { name } = await studyWith(
    database.db,
    outcomes.map((outcome) => ({ outcome })),
    { direction: 'maximize', objectives },
  );
  const best = await get(`/v1/studies/${name}/best`, bestSchema);
  expect(best).toMatchObject({ objectives, front: { size: 3, hypervolume: 0.75 }, trials: [{ number: 1 }, { number: 0 }, { number: 3 }] });
  expect(best.trials[2]).toMatchObject({ values: { gain: 0, risk: null }, nonFinite: { 'values.risk': '-Infinity' } });
  const measured = await get(`/v1/studies/${name}/best?reference=1.5,1&top=1`, bestSchema);
  expect(measured).toMatchObject({ front: { size: 3, hypervolume: 0.125 }, trials: [{ number: 1 }] });
  const risk = await get(`/v1/studies/${name}/best?objective=risk`, bestSchema);
  expect(risk).toMatchObject({ direction: 'minimize', objective: 'risk', front: null, trials: [{ number: 3 }] });
  const page = await get(`/v1/studies/${name}/trials?sort=-objective:risk&where=feasible=false`, trialsPageSchema);
  expect(page.items).toMatchObject([{ number: 2, feasible: false, constraints: [expect.closeTo(0.1)] }]);
  expect(await get(`/v1/studies/${name}`, studyDetailSchema)).toMatchObject({ objectives, pruneOn: null, best: 2 });
  const compared = await get(`/v1/compare?studies=${name}&objective=risk`, comparisonSchema);
  expect(compared).toMatchObject({ objective: 'risk', studies: [{ direction: 'minimize', best: { number: 3 }, bestFigure: null, n: 3 }] });
});

test('studies are compared in the order asked for', async () => {
  const [a, b] = [await mixed(), await mixed()];
  const comparison = await get(`/v1/compare?studies=${b.name},${a.name}&metric=sharpe`, comparisonSchema);
  expect(comparison).toMatchObject({ metric: 'sharpe', studies: [{ study: b.name, n: 2, mean: 2 }, { study: a.name }], params: [] });
});

test('a study without a complete trial is compared, too: it has no best one', async () => {
  const [{ name }, without] = [await mixed(), await studyWith(database.db, [{ outcome: failure }])];
  const { studies } = await get(`/v1/compare?studies=${without.name},${name}`, comparisonSchema);
  expect(studies).toMatchObject([{ best: null, bestFigure: null, n: 0 }, { best: { number: 1 } }]);
});

test('a validation comes with its folds and baselines; a trial without one has none', async () => {
  const { name, id } = await mixed();
  await validateTrial(database.db, store, id, 1);
  const { items } = await get(`/v1/studies/${name}/trials/1/validation`, validationsSchema);
  expect(items).toMatchObject([{ address: `${name}#1`, expected: 4, baselines: [{ name: 'flat' }] }]);
  expect(items[0]?.folds).toHaveLength(4);
  expect((await get(`/v1/studies/${name}/trials/1`, trialDetailSchema)).validation).toEqual(items[0]);
  expect(await get(`/v1/studies/${name}/trials/0/validation`, validationsSchema)).toEqual({ items: [] });
  const returns = await get(`/v1/studies/${name}/trials/1/returns`, returnsSchema);
  const stored = (await readEvidence(database.db, store, `${name}#1`)).evidence.seeds;
  const policy = returns.items.filter(({ subject }) => subject === 'policy');
  expect(policy.map(({ dailyReturns }) => dailyReturns)).toEqual(
    stored.flatMap(({ folds }) => folds.map((fold) => [...fold.dailyReturns])),
  );
  expect(returns.items.at(-1)).toMatchObject({ subject: 'flat', seed: null, testStart: expect.stringMatching(/Z$/) });
  expect(await get(`/v1/studies/${name}/trials/0/returns`, returnsSchema)).toEqual({ address: `${name}#0`, items: [] });
});

test('Prometheus finds the counts of each study, what is left to run and how long requests take', async () => {
  const { name, id } = await mixed();
  const api = apiClient({ db: database.db });
  await controlStudy(database.db, id, 'stop', 'me');
  const waiting = await studyWith(database.db, [{ outcome: complete(3) }]);
  await createStorage(database.db).open({ ...describeStudy({ name: waiting.name }), budget: { trials: 100 } });
  await api.request(`/v1/studies/${name}`);
  const answer = await api.request('/metrics');
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const text = await answer.text();
  expect(text).toContain(`assay_study_trials{study="${name}",state="failed"} 1\n`);
  expect(text).toContain(`assay_study_best_value{study="${name}"} 1\n`);
  expect(text).toContain(`assay_study_trials_to_run{study="${name}"} 0\n`);
  expect(text).toContain(`assay_study_trials_to_run{study="${waiting.name}"} 99\n`);
  expect(text).toContain('assay_http_request_seconds_count{method="GET",route="/v1/studies/:study",status="200"} ');
});

test('models come with versions, aliases and every decision, page by page', async () => {
  const { name, id } = await mixed();
  await validateTrial(database.db, store, id, 1);
  const evidence = await readEvidence(database.db, store, `${name}#1`);
  const { hash } = await store.put(new TextEncoder().encode('a policy'));
  const gateResult = {
    gate: 'return',
    version: '1',
    severity: 'refuse',
    observed: 0.02,
    threshold: 0.01,
    op: '>=',
    because: 'worst seed',
  } as const;
  for (const passed of [true, false]) {
    await promote(database.db, store, {
      model: 'pairs',
      alias: 'champion',
      address: `${name}#1`,
      gateResults: [{ ...gateResult, passed }],
      policies: askedBy('default'),
      evidence,
      policyHash: hash,
      data: [],
      by: { user: 'ada', host: 'engine' },
      code: { gitCommit: null, gitDirty: false, lockfileHash: 'e'.repeat(64), node: 'v20' },
    });
  }
  expect(await get('/v1/models', modelsSchema)).toMatchObject({
    items: [{ name: 'pairs', versions: 1, aliases: [{ alias: 'champion' }] }],
    next: null,
    total: 1,
  });
  await database.db.insert(models).values([{ name: 'alpha' }, { name: 'zeta' }]);
  const names: string[] = [];
  for (let next: string | null = ''; next !== null; ) {
    const page: z.infer<typeof modelsSchema> = await get(`/v1/models?limit=2${next === '' ? '' : `&cursor=${next}`}`, modelsSchema);
    expect(page.total).toBe(3);
    names.push(...page.items.map((item) => item.name));
    next = page.next;
  }
  expect(names).toEqual(['alpha', 'pairs', 'zeta']);
  expect(await get('/v1/models/pairs', modelDetailSchema)).toMatchObject({
    versions: [{ address: 'pairs@1', trial: `${name}#1`, policyHash: hash }],
  });
  const first = await get('/v1/models/pairs/history?limit=1', historyPageSchema);
  expect(first).toMatchObject({ total: 2, items: [{ kind: 'refused', passed: false, version: null }] });
  const second = await get(`/v1/models/pairs/history?limit=1&cursor=${first.next}`, historyPageSchema);
  expect(second).toMatchObject({ next: null, items: [{ kind: 'promoted', version: 1, by: 'ada@engine' }] });
});

test('probes answer, and readiness asks the database', async () => {
  const api = apiClient({ db: database.db });
  expect(await (await api.request('/healthz')).json()).toEqual({ status: 'ok' });
  expect(await (await api.request('/readyz')).json()).toEqual({ status: 'ready' });
});

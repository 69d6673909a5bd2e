import { join } from 'node:path';
import { type SQL, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { answersOf, apiClient } from '../../tests/fixtures/api.ts';
import { useArtifacts } from '../../tests/fixtures/artifacts.ts';
import { useDatabase } from '../../tests/fixtures/database.ts';
import { askedBy, evaluation, gateResult, judgeTrial, plan, policyOf, validateTrial, windows } from '../../tests/fixtures/evaluations.ts';
import { bars, complete, studyWith } from '../../tests/fixtures/trials.ts';
import { promote } from '../registry/promote.ts';
import type { Outcome } from '../search/trial/trial.ts';
import { readEvidence } from '../storage/validations/read-evidence.ts';
import { readReturns } from '../storage/validations/read-returns.ts';
import { openValidation, saveEvaluation } from '../storage/validations/save-validation.ts';
import { deflatedSharpe, sampleOf, varianceWithoutSkill } from '../validation/deflated-sharpe.ts';
import { boardSchema } from './routes/board.ts';
import { degradationChartSchema } from './routes/charts/degradation.ts';
import { equitySchema } from './routes/charts/equity.ts';
import { foldLayoutSchema } from './routes/charts/folds.ts';
import { luckChartSchema } from './routes/charts/luck.ts';
import { overfitChartSchema } from './routes/charts/overfit.ts';
import { sameDataChartSchema } from './routes/charts/same-data.ts';
import { timelineChartSchema } from './routes/charts/timeline.ts';
import { dataSetsSchema } from './routes/data.ts';

const database = useDatabase();
const store = useArtifacts();
const get = answersOf(database);

const space = { lr: { type: 'float', low: 1e-5, high: 1, log: true } } as const;

const sharpes = [0.3, 0.1, 0.2];
const outcomes = sharpes.map((sharpeDaily, i) => ({
  params: { lr: 10 ** -(i + 1) },
  outcome: complete(sharpeDaily, { sharpeDaily, turnover: 1 }),
}));

test('the fold strip: parts, gaps, what the search saw, and the return of each test by seed', async () => {
  const { name, id } = await studyWith(database.db, outcomes, { space });
  const path = `/v1/studies/${name}/trials/0/validation/folds`;
  expect(await get(path, foldLayoutSchema)).toMatchObject({ folds: [], seeds: [], search: { end: '2018-02-10T00:00:00.000Z' } });
  await validateTrial(database.db, store, id, 0);
  const { folds, seeds } = await get(path, foldLayoutSchema);
  expect(seeds).toEqual([1, 2]);
  expect(folds.map(({ seen }) => seen)).toEqual([null, null]);
  const [window] = windows(2);
  expect(folds[0]).toMatchObject({
    fold: 0,
    train: [{ start: new Date(window!.trainStart).toISOString(), end: new Date(window!.trainEnd).toISOString(), sessions: null }],
    test: [{ start: new Date(window!.testStart).toISOString(), end: new Date(window!.testEnd).toISOString() }],
    purge: { bars: 390, start: new Date(window!.trainEnd).toISOString(), end: new Date(window!.testStart).toISOString() },
    embargo: null,
    returns: { seed: [1, 2] },
  });
  const gain = (sharpe: number) => 1.01 * 0.98 * (1 + sharpe / 1000) - 1;
  for (const [i, value] of folds[0]!.returns.totalReturn.entries()) expect(value).toBeCloseTo(gain(i + 1), 12);
  expect(folds[0]!.worst).toBeCloseTo(gain(1), 12);
});

test('a seed without a figure on a fold makes its worst return unknown, and charts say what they have not', async () => {
  const { name, id } = await studyWith(database.db, outcomes, { space });
  const wanted = plan(id);
  const validation = await openValidation(database.db, wanted);
  for (const { fold } of wanted.folds)
    for (const seed of wanted.seeds)
      await saveEvaluation(database.db, store, validation, {
        subject: { kind: 'policy', number: 0, seed, policy: policyOf(0, seed, fold) },
        fold,
        evaluation: evaluation(seed === 2 && fold === 0 ? Number.NaN : seed),
        data: [bars],
      });
  const path = `/v1/studies/${name}`;
  const { folds, nonFinite } = await get(`${path}/trials/0/validation/folds`, foldLayoutSchema);
  expect(folds.map(({ worst }) => worst)).toEqual([null, expect.any(Number)]);
  expect(nonFinite).toEqual({ 'folds.0.returns.totalReturn.1': 'NaN', 'folds.0.worst': 'NaN' });
  const { items, used, shown } = await get(`${path}/charts/degradation?metric=sharpe`, degradationChartSchema);
  expect(items).toMatchObject([{ number: 0, outOfSample: null, low: 1, high: 2, without: 1, seeds: 2, folds: 2 }]);
  expect([used, shown]).toEqual([0, 0]);
  const beside = await get(`${path}/charts/same-data?param=lr&metric=sharpe`, sameDataChartSchema);
  expect(beside.unknown).toBe(1);
  // Place 0 is this study's.
  expect(beside.study).not.toContain(0);
});

test('equity compounds the stored returns; steps are those of one fold and seed', async () => {
  const { name, id } = await studyWith(database.db, outcomes, { space });
  const path = `/v1/studies/${name}/trials/0/validation/equity`;
  expect(await get(path, equitySchema)).toMatchObject({ folds: [], worstSeed: null });
  await validateTrial(database.db, store, id, 0);
  const days = await get(path, equitySchema);
  expect(days).toMatchObject({ steps: false, drawdownLimit: 0.02, worstSeed: 1 });
  expect(days.folds.map(({ fold, points, dates, index }) => ({ fold, points, dates, index }))).toEqual([
    { fold: 0, points: 3, dates: null, index: [0, 1, 2] },
    { fold: 1, points: 3, dates: null, index: [0, 1, 2] },
  ]);
  const { items } = await readReturns(database.db, `${name}#0`);
  for (const { fold, lines } of days.folds)
    for (const line of lines) {
      const returns = items.find((item) => item.fold === fold && item.subject === line.subject && item.seed === line.seed)!.dailyReturns;
      let [account, peak] = [1, 1];
      for (const [day, value] of returns.entries()) {
        account *= 1 + value!;
        peak = Math.max(peak, account);
        expect(line.equity[day]).toBeCloseTo(account, 5);
        expect(line.drawdown[day]).toBeCloseTo(1 - account / peak, 5);
      }
      expect(line.totalReturn).toBeCloseTo(account - 1, 12);
    }
  expect(days.folds[0]!.lines.map(({ subject, seed }) => [subject, seed])).toEqual([
    ['policy', 1],
    ['policy', 2],
    ['flat', null],
  ]);
  // Steps lie in the artifact store: <data directory>/artifacts/ab/<hash>.
  const dataDir = join(String(store.pathOf('a'.repeat(64))), '../../..');
  const answer = await apiClient({ db: database.db, dataDir }).request(`${path}?fold=1&seed=2`);
  expect(await answer.json()).toMatchObject({
    ...{ steps: true },
    folds: [{ fold: 1, points: 3, dates: null, lines: [{ subject: 'policy', seed: 2, equity: [3.1, 3.1, 3.0969] }] }],
  });
  const api = apiClient({ db: database.db });
  expect((await api.request(`${path}?fold=1`)).status).toBe(400);
  expect((await api.request(`${path}?fold=9&seed=2`)).status).toBe(404);
});

test('in sample against out of sample, and luck as the gate has it', async () => {
  const { name, id } = await studyWith(database.db, outcomes, { space });
  const empty = await get(`/v1/studies/${name}/charts/luck`, luckChartSchema);
  expect(empty).toMatchObject({
    number: null,
    observed: null,
    days: 0,
    curve: { trials: [] },
    trialsTried: 3,
    trialsOnSameData: expect.any(Number),
  });
  for (const number of [0, 2]) await judgeTrial(database.db, store, id, number, number / 1000);
  const chart = await get(`/v1/studies/${name}/charts/degradation?metric=sharpe`, degradationChartSchema);
  expect(chart).toMatchObject({ total: 3, used: 2, metric: 'sharpe' });
  expect(chart.items).toMatchObject([
    { number: 0, inSample: 0.3, outOfSample: 1, low: 1, high: 1, seeds: 2, folds: 4, complete: true },
    { number: 2, inSample: 0.2 },
  ]);

  // The lowest value is the best: trial 2 of the validated ones.
  const luck = await get(`/v1/studies/${name}/charts/luck`, luckChartSchema);
  const asked = await get(`/v1/studies/${name}/charts/luck?number=2`, luckChartSchema);
  expect(luck).toEqual(asked);
  const { evidence } = await readEvidence(database.db, store, `${name}#2`);
  const probabilities = evidence.seeds.map(({ seed, folds }) => {
    const returns = folds.flatMap(({ dailyReturns }) => dailyReturns);
    return { seed, probability: deflatedSharpe(sampleOf(returns), varianceWithoutSkill(returns.length), evidence.search.trialsOnSameData) };
  });
  const worst = probabilities.reduce((a, b) => (b.probability < a.probability ? b : a));
  expect(luck).toMatchObject({ number: 2, seed: worst.seed, days: 20, trialsTried: 3, trialsOnSameData: evidence.search.trialsOnSameData });
  expect(luck.probability).toBeCloseTo(worst.probability, 12);
  expect(luck.histogram.n.reduce((sum, n) => sum + n, 0)).toBe(3);
  expect(luck.curve.trials).toContain(luck.trialsOnSameData);
  expect(luck.curve.bar[luck.curve.trials.indexOf(luck.trialsOnSameData)]).toBeCloseTo(luck.expectedMaximum!, 4);
});

test('a parameter against out of sample over all studies on the same data, and who reads the data', async () => {
  const data = { name: 'shared', hash: 'e'.repeat(64) };
  const definition = { definition: { data: [data], source: 'b'.repeat(64) } };
  const [one, two, away] = [
    await studyWith(database.db, outcomes, { space }, data),
    await studyWith(database.db, outcomes, { space: { lr: { type: 'float', low: 1e-6, high: 1, log: true } } }, data),
    await studyWith(database.db, outcomes, { space }, bars),
  ];
  const path = `/v1/studies/${one.name}/charts/same-data?param=lr&metric=sharpe`;
  const api = apiClient({ db: database.db });
  const tag = (await api.request(path)).headers.get('etag')!;
  await validateTrial(database.db, store, one.id, 1, definition);
  await validateTrial(database.db, store, two.id, 0, definition);
  await validateTrial(database.db, store, away.id, 0);
  expect((await api.request(path, { headers: { 'If-None-Match': tag } })).status).toBe(200);
  expect(await get(path, sameDataChartSchema)).toMatchObject({
    ...{ total: 2, used: 2, shown: 2, others: 0, metric: 'sharpe', axis: { name: 'lr', log: true } },
    ...{ studies: [one.name, two.name], study: [0, 1], number: [1, 0], x: [0.01, 0.1] },
    ...{ outOfSample: [1.55, 1.55], low: [1, 1], high: [2.1, 2.1] },
  });
  const { items } = await get('/v1/data?q=shared', dataSetsSchema);
  expect(items).toMatchObject([
    {
      ...data,
      here: false,
      range: null,
      readers: [one.name, two.name].sort().map((study) => ({ study, trials: 3, validated: 1 })),
    },
  ]);
});

test('of very many studies on the same data the newest are read, and the chart says how many there are', async () => {
  const data = { name: 'crowded', hash: 'c'.repeat(64) };
  const definition = { definition: { data: [data], source: 'b'.repeat(64) } };
  const one = await studyWith(database.db, outcomes, { space }, data);
  await validateTrial(database.db, store, one.id, 1, definition);
  const copied = (table: 'studies' | 'study_data' | 'validations', changed: SQL): SQL => {
    const own = sql.raw(table === 'studies' ? 'id' : 'study_id');
    return sql`insert into ${sql.raw(table)} overriding system value
      select (jsonb_populate_record(source, ${changed})).* from ${sql.raw(table)} as source, generate_series(1, 60) as i where source.${own} = ${one.id}`;
  };
  await database.db.execute(copied('studies', sql`jsonb_build_object('id', 100000 + i, 'name', 'crowd-' || i)`));
  await database.db.execute(copied('study_data', sql`jsonb_build_object('study_id', 100000 + i)`));
  await database.db.execute(copied('validations', sql`jsonb_build_object('id', 100000 + i, 'study_id', 100000 + i)`));
  await database.db.execute(
    sql`select setval(pg_get_serial_sequence('studies', 'id'), 200000), setval(pg_get_serial_sequence('validations', 'id'), 200000)`,
  );
  const newest = await studyWith(database.db, outcomes, { space }, data);
  await validateTrial(database.db, store, newest.id, 0, definition);
  const chart = await get(`/v1/studies/${one.name}/charts/same-data?param=lr&metric=sharpe`, sameDataChartSchema);
  expect(chart).toMatchObject({ studies: [one.name, newest.name], used: 2, asked: 50, onSameData: 62 });
});

test('overfitting: halves that pick a trial that does worse elsewhere', async () => {
  const days = Array.from({ length: 32 }, (_, i) => new Date(Date.UTC(2018, 0, 1 + i)).toISOString().slice(0, 10));
  const trial = (k: number): { readonly outcome: Outcome } => ({
    outcome: {
      ...{ kind: 'complete', value: k, metrics: {} },
      dailyReturns: { days, returns: days.map((_, i) => Math.sin(k * 7 + i * (k + 1)) / 100) },
    },
  });
  const { name } = await studyWith(
    database.db,
    Array.from({ length: 12 }, (_, k) => trial(k)),
  );
  const chart = await get(`/v1/studies/${name}/charts/overfit`, overfitChartSchema);
  expect(chart).toMatchObject({ because: null, total: 12, used: 12, trials: 12, days: 32, severity: expect.any(String) });
  const sum = (n: readonly number[]): number => n.reduce((all, one) => all + one, 0);
  expect([sum(chart.logits.n), sum(chart.winners.halves)]).toEqual([chart.combinations, chart.combinations]);
  // No bin holds both signs, and the lower ones are those below the median.
  expect(sum(chart.logits.n.filter((_, i) => chart.logits.x1[i]! <= 1e-12))).toBe(chart.belowMedian);
  expect(chart.pbo).toBeCloseTo(chart.belowMedian / chart.combinations, 12);
  expect(chart.probabilityOfLoss).toBeCloseTo(chart.losing / chart.combinations, 12);
  expect(sum(chart.ranks.first as number[])).toBe(78);
  expect(chart.winners.medianRank.every((rank) => rank! >= 1 && rank! <= 12)).toBe(true);
  const few = await studyWith(database.db, [trial(0)]);
  expect(await get(`/v1/studies/${few.name}/charts/overfit`, overfitChartSchema)).toMatchObject({
    because: expect.stringMatching(/too few/),
    pbo: null,
  });
});

test('the timeline has every attempt in its lane, and sums them up beyond the asked number', async () => {
  const { name } = await studyWith(database.db, [...outcomes, ...Array.from({ length: 12 }, () => ({ outcome: complete(1) }))]);
  await database.db.execute(sql`alter table attempts disable trigger user`);
  await database.db.execute(sql`
    update attempts set started_at = to_timestamp(1000 + 10 * number), ended_at = to_timestamp(1005 + 10 * number)
    from trials join studies on studies.id = study_id where trials.id = trial_id and name = ${name}`);
  await database.db.execute(sql`alter table attempts enable trigger user`);
  const path = `/v1/studies/${name}/charts/timeline`;
  const chart = await get(path, timelineChartSchema);
  const numbers = Array.from({ length: 15 }, (_, i) => i);
  expect(chart).toMatchObject({ total: 15, used: 15, shown: 15, reduced: 'none', origin: 1_000_000, until: 1_145_000, lanesTotal: 1 });
  expect(chart.lanes).toEqual([
    {
      name: 'host:1:cpu',
      attempts: 15,
      spans: {
        number: numbers,
        attempt: numbers.map(() => 1),
        start: numbers.map((i) => 10_000 * i),
        end: numbers.map((i) => 10_000 * i + 5000),
        ending: numbers.map(() => 'c'),
      },
    },
  ]);
  const some = await get(`${path}?by=device&from=1020000&to=1041000&states=complete`, timelineChartSchema);
  expect(some).toMatchObject({ used: 3, origin: 1_020_000, until: 1_041_000, lanes: [{ name: 'host:cpu', spans: { number: [2, 3, 4] } }] });
  const dense = await get(`${path}?maxPoints=10`, timelineChartSchema);
  expect(dense).toMatchObject({ used: 15, shown: 0, reduced: 'bins' });
  const { t0, busy } = dense.lanes[0]!.density!;
  // Fifteen attempts of five seconds each.
  expect(busy.reduce((all, share) => all + share, 0) * (t0[1]! - t0[0]!)).toBeCloseTo(75_000, -2);
});

test('the board of a model: where its aliases stand, and what each version rests on', async () => {
  const { name, id } = await studyWith(database.db, outcomes, { space });
  await validateTrial(database.db, store, id, 1);
  const evidence = await readEvidence(database.db, store, `${name}#1`);
  const { hash } = await store.put(new TextEncoder().encode('a policy for the board'));
  for (const passed of [true, false])
    await promote(database.db, store, {
      ...{
        model: 'board',
        alias: 'champion',
        address: `${name}#1`,
        policies: askedBy('default'),
        evidence,
        policyHash: hash,
        data: [bars],
      },
      gateResults: [gateResult({ passed }), gateResult({ gate: 'hint', severity: 'warn', passed: false })],
      by: { user: 'ada', host: 'engine' },
      code: { gitCommit: null, gitDirty: false, lockfileHash: 'e'.repeat(64), node: 'v20' },
    });
  const board = await get('/v1/models/board/board', boardSchema);
  expect(board).toMatchObject({
    ...{ name: 'board', versions: 1, records: 2 },
    columns: [{ alias: 'champion', version: 1, previous: null }],
    cards: [{ address: 'board@1', trial: `${name}#1`, aliases: ['champion'], gates: { passed: 1, warned: 1, refused: 0 }, data: [bars] }],
    ledger: [{ kind: 'refused' }, { kind: 'promoted' }],
  });
  expect((await apiClient({ db: database.db }).request('/v1/models/absent/board')).status).toBe(404);
});

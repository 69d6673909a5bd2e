import { describe, expect, test } from 'vitest';
import { createApi } from '../../../src/api/app.ts';
import { bestTrials } from '../../../src/storage/readers/best-trials.ts';
import { completeValues } from '../../../src/storage/readers/complete-values.ts';
import { summariseAll } from '../../../src/storage/readers/study-item.ts';
import { useDatabase } from '../../fixtures/database.ts';
import { useMlflow } from '../../fixtures/mlflow.ts';
import { complete, studyWith } from '../../fixtures/trials.ts';

const database = useDatabase();
const client = useMlflow(database);
const { told, refusal, newRun } = client;

const metricOf = async (run: string, key: string) => {
  const { run: found } = await told('GET', `runs/get?run_id=${run}`);
  return found.data.metrics.find((metric: { key: string }) => metric.key === key);
};

describe('metrics', () => {
  test('a run has of each metric the point with the largest step, time and value, and the same point once', async () => {
    const { run } = await newRun();
    // The largest comes neither first nor last.
    const points = [
      [2, 10, 1],
      [3, 5, 1],
      [3, 7, 1],
      [3, 7, 4],
      [3, 7, 4],
      [3, 7, 2],
      [1, 99, 9],
    ];
    for (const [step, timestamp, value] of points) await told('POST', 'runs/log-metric', { run_id: run, key: 'm', step, timestamp, value });
    expect(await metricOf(run, 'm')).toEqual({ key: 'm', step: 3, timestamp: 7, value: 4 });
    const { metrics } = await told('GET', `metrics/get-history?run_id=${run}&metric_key=m`);
    expect(metrics.map(({ step, timestamp, value }: Record<string, number>) => [step, timestamp, value])).toEqual([
      [1, 99, 9],
      [2, 10, 1],
      [3, 5, 1],
      [3, 7, 1],
      [3, 7, 2],
      [3, 7, 4],
    ]);
    const page = await told('GET', `metrics/get-history?run_id=${run}&metric_key=m&max_results=4`);
    const rest = await told('GET', `metrics/get-history?run_id=${run}&metric_key=m&max_results=4&page_token=${page.next_page_token}`);
    expect([page.metrics.length, rest.metrics.length]).toEqual([4, 2]);
  });

  test('calls that arrive together are all kept, and one that is refused costs the others nothing', async () => {
    const [one, other] = [await newRun(), await newRun()];
    await told('POST', 'runs/delete', { run_id: other.run });
    const calls = Array.from({ length: 40 }, (_, step) =>
      client.call('POST', 'runs/log-metric', {
        run_id: step % 4 === 3 ? other.run : one.run,
        key: `k${step % 2}`,
        step,
        timestamp: 1,
        value: step,
      }),
    );
    const statuses = (await Promise.all(calls)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 400)).toHaveLength(10);
    expect((await metricOf(one.run, 'k0')).value).toBe(38);
    expect((await metricOf(one.run, 'k1')).value).toBe(37);
  });

  test('int64 comes back digit by digit, as number or text, and what is none is refused', async () => {
    const { run } = await newRun();
    const body = `{"run_id":"${run}","key":"m","step":9223372036854775807,"timestamp":"1","value":"-Infinity"}`;
    expect((await client.send('POST', 'runs/log-metric', { body })).status).toBe(200);
    expect(await (await client.send('GET', `metrics/get-history?run_id=${run}&metric_key=m`)).text()).toContain(
      '"value" : "-Infinity", "timestamp" : 1, "step" : 9223372036854775807',
    );
    for (const step of ['9223372036854775808', 1.5, 'x', {}])
      expect(await refusal('POST', 'runs/log-metric', { run_id: run, key: 'm', step, value: 1 })).toBe('400 INVALID_PARAMETER_VALUE');
    expect(await refusal('POST', 'runs/log-metric', { run_id: run, key: 'm', timestamp: '9223372036854775807', value: 1 })).toBe(
      '400 INVALID_PARAMETER_VALUE',
    );
  });
});

test('of a refused batch nothing is there; limits are those of MLflow', async () => {
  const { run } = await newRun();
  await told('POST', 'runs/log-parameter', { run_id: run, key: 'lr', value: '1' });
  const metrics = [{ key: 'm', value: 1, timestamp: 1, step: 1 }];
  const refused = async (batch: object) =>
    expect(await refusal('POST', 'runs/log-batch', { run_id: run, metrics, tags: [{ key: 't', value: 'x' }], ...batch })).toBe(
      '400 INVALID_PARAMETER_VALUE',
    );
  await refused({
    params: [
      { key: 'new', value: '1' },
      { key: 'lr', value: '2' },
    ],
  });
  await refused({
    params: [
      { key: 'a', value: '1' },
      { key: 'a', value: '2' },
    ],
  });
  await refused({ params: [{ key: 'a', value: 'x'.repeat(6001) }] });
  await refused({ tags: [{ key: 't', value: 'x'.repeat(8001) }] });
  await refused({ metrics: [{ key: 'x'.repeat(251), value: 1 }] });
  await refused({ metrics: Array.from({ length: 1001 }, () => metrics[0]) });
  await refused({ params: Array.from({ length: 101 }, (_, i) => ({ key: `p${i}`, value: '1' })) });
  const { run: found } = await told('GET', `runs/get?run_id=${run}`);
  expect([found.data.metrics, found.data.params.length, found.data.tags.length]).toEqual([[], 1, 1]);
  const { status } = await client.call('POST', 'runs/log-batch', { run_id: run, tags: [{ key: 't', value: 'x'.repeat(1_100_000) }] });
  expect(status).toBe(413);
});

test('a run may end, go on, and end otherwise; the counts of its study follow', async () => {
  const { run, study } = await newRun({ tags: [{ key: 'assay.objective', value: 'sharpe' }] });
  const counts = async () => (await summariseAll(database.db)).find(({ name }) => name === study)!.counts;
  const none = { queued: 0, running: 0, paused: 0, complete: 0, pruned: 0, failed: 0, cancelled: 0 };
  const update = (status: string) => told('POST', 'runs/update', { run_id: run, status, end_time: 1_790_000_005_000 });
  await told('POST', 'runs/log-metric', { run_id: run, key: 'sharpe', step: 1, timestamp: 1, value: 1.5 });
  for (const [status, state] of [
    ['FAILED', 'failed'],
    ['KILLED', 'cancelled'],
    ['RUNNING', 'running'],
    ['FINISHED', 'complete'],
    ['FAILED', 'failed'],
    ['SCHEDULED', 'queued'],
    ['FINISHED', 'complete'],
    ['FINISHED', 'complete'],
  ] as const) {
    const { run_info: info } = await update(status);
    expect(info.status).toBe(status);
    expect(await counts(), status).toEqual({ ...none, [state]: 1 });
  }
  await told('POST', 'runs/log-parameter', { run_id: run, key: 'lr', value: '0.25' });
  const { trials } = await bestTrials(database.db, study);
  expect(trials[0]).toMatchObject({ value: 1.5, metrics: { sharpe: 1.5 }, params: { lr: 0.25 }, state: 'complete' });
});

test('a finished run without an objective is complete without a value, and ranks nowhere', async () => {
  const { run, study } = await newRun();
  await told('POST', 'runs/log-metric', { run_id: run, key: 'loss', step: 1, timestamp: 1, value: 0.5 });
  await told('POST', 'runs/update', { run_id: run, status: 'FINISHED' });
  const item = (await summariseAll(database.db)).find(({ name }) => name === study)!;
  expect(item).toMatchObject({ best: null, bestAddress: null, counts: { complete: 1 } });
  expect((await bestTrials(database.db, study)).trials).toEqual([]);
  expect((await bestTrials(database.db, study, { metric: 'loss' })).trials).toMatchObject([{ value: null, metrics: { loss: 0.5 } }]);
  const { rows } = await database.pool.query<{ id: number }>('select id from studies where name = $1', [study]);
  expect(await completeValues(database.db, rows[0]!.id)).toEqual([]);
  const app = createApi({ db: database.db, dataDir: client.folder });
  for (const path of ['', '/trials', '/best', '/importance', '/charts/history', '/charts/parallel'])
    expect((await app.request(`/v1/studies/${study}${path}`)).status, path).toBeLessThan(500);
});

test('studies of our own are experiments that nobody may write to', async () => {
  const study = await studyWith(database.db, [
    {
      params: { x: 0.25 },
      reports: [
        [1, 0.5],
        [2, 0.75],
      ],
      outcome: complete(0.75, { trades: 3 }),
    },
  ]);
  const { runs } = await told('POST', 'runs/search', {
    experiment_ids: [String(study.id)],
    filter: "params.x = '0.25' and metrics.objective > 0.5",
  });
  expect(runs).toHaveLength(1);
  const run = runs[0].info.run_id;
  expect(runs[0].data.metrics.map(({ key, value }: Record<string, unknown>) => [key, value])).toEqual([
    ['objective', 0.75],
    ['trades', 3],
  ]);
  expect((await told('GET', `runs/get?run_id=${run}`)).run).toEqual(runs[0]);
  for (const [path, body] of [
    ['log-metric', { key: 'm', value: 1 }],
    ['log-parameter', { key: 'm', value: '1' }],
    ['set-tag', { key: 'm', value: '1' }],
    ['update', { status: 'FAILED' }],
    ['delete', {}],
    ['log-inputs', {}],
  ] as const)
    expect(await refusal('POST', `runs/${path}`, { run_id: run, ...body }), path).toBe('400 INVALID_PARAMETER_VALUE');
  expect(await refusal('POST', 'runs/create', { experiment_id: String(study.id) })).toBe('400 INVALID_PARAMETER_VALUE');
});

test('Default is there before its first run', async () => {
  expect((await told('GET', 'experiments/get?experiment_id=0')).experiment).toMatchObject({ name: 'Default', experiment_id: '0' });
  expect(await refusal('POST', 'experiments/delete', { experiment_id: '0' })).toBe('400 INVALID_PARAMETER_VALUE');
  const { run } = await told('POST', 'runs/create', {});
  expect(run.info).toMatchObject({
    experiment_id: '0',
    status: 'RUNNING',
    artifact_uri: `mlflow-artifacts:/0/${run.info.run_id}/artifacts`,
  });
  expect((await told('POST', 'runs/search', { experiment_ids: ['0'] })).runs).toHaveLength(1);
});

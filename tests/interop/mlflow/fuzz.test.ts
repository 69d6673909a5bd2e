import fc from 'fast-check';
import { expect, test } from 'vitest';
import { useDatabase } from '../../fixtures/database.ts';
import { useMlflow } from '../../fixtures/mlflow.ts';

const client = useMlflow(useDatabase());
const { newRun } = client;

test('no body, query or filter makes a fault of the server', async () => {
  const { experiment, run } = await newRun();
  const word = fc.oneof(
    fc.constantFrom(
      run,
      experiment,
      '0',
      '',
      'm',
      'RUNNING',
      'NaN',
      '\u0000',
      '\ud800',
      '__proto__',
      '9'.repeat(25),
      "metrics.m > 1 and params.p = 'x'",
      "tags.`a` LIKE '\\'",
      'start_time DESC',
    ),
    fc.string({ maxLength: 8 }),
  );
  const value = fc.letrec((tie) => ({
    one: fc.oneof(
      { maxDepth: 2 },
      word,
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('one'), { maxLength: 3 }),
      fc.dictionary(word, tie('one'), { maxKeys: 3 }),
    ),
  })).one;
  const field = fc.constantFrom(
    'run_id',
    'run_uuid',
    'experiment_id',
    'experiment_ids',
    'name',
    'key',
    'value',
    'step',
    'timestamp',
    'metrics',
    'params',
    'tags',
    'filter',
    'order_by',
    'max_results',
    'page_token',
    'status',
    'end_time',
    'start_time',
    'datasets',
    'models',
    'metric_key',
    'experiment_name',
    'view_type',
    'run_view_type',
    'run_name',
    'artifact_location',
    'user_id',
    'alias',
    'version',
  );
  const call = fc.constantFrom(
    'experiments/create',
    'experiments/search',
    'experiments/set-experiment-tag',
    'runs/create',
    'runs/update',
    'runs/log-metric',
    'runs/log-batch',
    'runs/log-parameter',
    'runs/set-tag',
    'runs/delete-tag',
    'runs/log-inputs',
    'runs/outputs',
    'runs/search',
    'logged-models',
    'logged-models/search',
    'runs/restore',
  );
  const query = fc.constantFrom(
    'runs/get',
    'metrics/get-history',
    'experiments/get',
    'experiments/get-by-name',
    'registered-models/get',
    'registered-models/alias',
    'model-versions/get',
    'model-versions/search',
    'registered-models/search',
  );
  await fc.assert(
    fc.asyncProperty(call, fc.dictionary(field, value, { maxKeys: 6 }), fc.boolean(), async (path, fields, withRun) => {
      const { status } = await client.call('POST', path, withRun ? { run_id: run, experiment_ids: [experiment], ...fields } : fields);
      expect(status).toBeLessThan(500);
    }),
    { numRuns: 300 },
  );
  await fc.assert(
    fc.asyncProperty(query, fc.dictionary(field, word, { maxKeys: 4 }), async (path, fields) => {
      expect((await client.call('GET', `${path}?${new URLSearchParams(fields).toString()}`)).status).toBeLessThan(500);
    }),
    { numRuns: 100 },
  );
  for (const body of ['', '{', '[]', 'null', '"x"', 'NaN', '{"run_id":', '\ufeff{}'])
    expect((await client.send('POST', 'runs/log-metric', { body })).status).toBe(400);
});

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApi } from '../../../src/api/app.ts';
import { type Serving, serve } from '../../../src/api/serve.ts';
import { useDatabase } from '../../fixtures/database.ts';
import { complete, studyWith } from '../../fixtures/trials.ts';

/** A Python that has MLflow 3 ('': none). */
const python = process.env['ASSAY_MLFLOW'] ?? '';
if (python === '') console.warn('skipped: the real client of MLflow, since ASSAY_MLFLOW names no Python that has it');

test.runIf(process.env['ASSAY_REQUIRE_MLFLOW'] === '1')('CI has a Python with MLflow', () => {
  expect(python).not.toBe('');
});

const token = 'a-token-of-this-test-1234';

describe.skipIf(python === '')("MLflow's own client", () => {
  const database = useDatabase();
  const faults: unknown[] = [];
  let folder = '';
  let serving: Serving;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-mlflow-'));
    const app = createApi({ db: database.db, dataDir: folder, token, onFault: (error) => faults.push(error) });
    serving = await serve({ host: '127.0.0.1', port: 0, token }, app.fetch);
  });
  afterAll(async () => {
    await serving.close();
    await rm(folder, { recursive: true, force: true });
    expect(faults).toEqual([]);
  });

  const run = (file: string, args: readonly string[]): Promise<{ readonly code: number | null; readonly out: string }> =>
    new Promise((resolve, reject) => {
      const child = spawn(python, ['-B', fileURLToPath(new URL(file, import.meta.url)), ...args], {
        cwd: folder,
        env: {
          PATH: process.env['PATH'],
          HOME: folder,
          MLFLOW_TRACKING_URI: serving.url,
          MLFLOW_TRACKING_TOKEN: token,
          MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0',
          MLFLOW_DISABLE_TELEMETRY: 'true',
          MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: 'false',
          GIT_PYTHON_REFRESH: 'quiet',
          PYTHONWARNINGS: 'ignore',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let out = '';
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (out += chunk.toString()));
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, out }));
    });

  test('lives its whole story: runs, metrics, artifacts, search, resume, models, the registry', async () => {
    const native = await studyWith(database.db, [
      {
        params: { x: 0.25 },
        reports: [
          [1, 0.5],
          [2, 0.75],
        ],
        outcome: complete(0.75),
      },
    ]);
    const { code, out } = await run('story.py', [native.name]);
    expect(code, out).toBe(0);
    const { rows } = await database.pool.query<{ value: number; state: string; name: string }>(
      `select trials.value, trials.state, studies.name from trials join tracked_runs on trial_id = trials.id join studies on studies.id = study_id
        where replace(run_id::text, '-', '') = $1`,
      [/told (\w+)/.exec(out)?.[1]],
    );
    expect(rows).toEqual([{ value: 1.5, state: 'complete', name: 'trading-story' }]);
  });

  test('runs the example', async () => {
    const { code, out } = await run('../../../examples/python/mlflow_tracking.py', []);
    expect(code, out).toBe(0);
    expect(out).toContain('best: lr-');
    const answer = await fetch(`${serving.url}/v1/studies/mlflow-example/trials`, { headers: { Authorization: `Bearer ${token}` } });
    const { items } = (await answer.json()) as { readonly items: readonly { readonly params: object; readonly value: number | null }[] };
    expect(items).toHaveLength(3);
    expect(items[0]).toMatchObject({
      state: 'complete',
      params: { learning_rate: expect.any(Number), layers: 2 },
      metrics: { sharpe: expect.any(Number) },
    });
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { afterAll, expect, inject, test } from 'vitest';
import { generateDataset } from '../../src/market/store/generate-dataset.ts';
import { prepareRun } from '../../src/runner/supervisor/prepare-run.ts';
import type { RunOptions } from '../../src/runner/supervisor/run-study.ts';
import { retryTrial } from '../../src/storage/commands/retry-trial.ts';
import { showTrial } from '../../src/storage/readers/show-trial.ts';
import { type TestDatabase, untilRow, useDatabase } from '../fixtures/database.ts';
import { type SupervisedRun, startRun } from '../fixtures/supervised-run.ts';

const databases = [useDatabase(), useDatabase()] as const;
const trading = [useDatabase(), useDatabase()] as const;
const file = fileURLToPath(new URL('../fixtures/studies/repeatable.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'assay-deterministic-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = ({ url: databaseUrl }: TestDatabase, trials: number, study: Partial<RunOptions> = {}) =>
  startRun({ file, trials, workers: 1, deterministic: true, databaseUrl, dataDir: inject('testDataDir'), ...study });

async function whole({ end }: SupervisedRun): Promise<void> {
  const { error, exitCode, summary } = await end;
  expect({ error, exitCode, end: summary?.end }).toEqual({ exitCode: 0, end: 'finished' });
}

const run = (database: TestDatabase, trials: number): Promise<void> => whole(start(database, trials));

/** Everything but times, keys, attempts and the names of workers. Numbers as text, so that not one bit is lost. */
async function recordOf({ db }: TestDatabase) {
  const { rows: trials } = await db.execute(sql`
    select number, state, params::text, seed, value::text, at_step, reason, error::text, (select json_agg((name, value::text) order by name)
      from unnest(metric_names, metric_values) as metrics (name, value) where name !~ 'seconds|PerSecond') as metrics
    from trials order by number`);
  const { rows: reports } = await db.execute(sql`
    select number, step, reports.value::text, reports.metric_names, reports.metric_values::text
    from reports join trials on trials.id = trial_id and trials.attempt = reports.attempt order by number, step`);
  return { trials, reports };
}

test('one worker gives the same study twice, bit for bit, in two databases and over two runs; a trial can be had again', {
  timeout: 240_000,
}, async () => {
  const [first, second] = databases;
  await run(first, 24);
  for (const trials of [10, 24]) await run(second, trials);
  const [one, other] = [await recordOf(first), await recordOf(second)];
  expect(other).toEqual(one);
  expect(one.trials).toHaveLength(24);
  const states = new Set(one.trials.map(({ state }) => state));
  expect(states).toEqual(new Set(['complete', 'failed', 'pruned']));
  expect(one.reports.length).toBeGreaterThan(20);

  const best = Number(one.trials.find(({ state }) => state === 'complete')?.['number']);
  const { rows } = await first.db.execute<{ id: number }>(sql`select id from studies`);
  const again = await retryTrial(first.db, rows[0]!.id, best, { idempotencyKey: crypto.randomUUID(), sameSeed: true, raiseBudget: true });
  await run(first, 25);
  const [origin, repeat] = [await showTrial(first.db, `repeatable#${best}`), await showTrial(first.db, `repeatable#${again}`)];
  const { value, params, metrics, reports, seed } = origin;
  expect(repeat).toMatchObject({ state: 'complete', value, params, metrics, reports, seed, repeatOf: `repeatable#${best}` });
});

/** A SAC agent that saves checkpoints while it learns; the pruner and the sampler see what it reports. */
const tradingSource = `import { defineStudy, float, type Infer, median, tpe, tradingTask } from 'assay';
const space = { lr: float(1e-4, 1e-2, { log: true }) };
export default defineStudy({
  name: 'learning', direction: 'maximize', space, sampler: tpe({ startupTrials: 3 }), pruner: median({ startupTrials: 2 }), maxAttempts: 20,
  ...tradingTask<Infer<typeof space>>({
    dataset: 'market',
    training: { environments: 2, updates: 900, episodeSteps: 60, rewardScale: 2000 },
    sessions: { searchSessions: 8, innerSessions: 3, purgeSessions: 1, testSessions: 2, folds: 2 },
    reports: 6,
    checkpointSeconds: 0.02,
    agent: ({ lr }) => ({ hidden: [8], batchSize: 16, warmupSteps: 40, initialTemperature: 0.02, learningRate: lr }),
    reward: () => ({ betaVolatility: 0 }),
  }),
});
`;

test('a trading study gives the same bits twice, also where its worker is killed and a trial goes on from its checkpoint', {
  timeout: 120_000,
}, async () => {
  const dataDir = join(folder, 'data');
  // The lease of the killed worker outlives its restart, after a second: the next trial has to wait for the one that it held.
  const study = { file: join(folder, 'learning.ts'), dataDir, leaseMs: 4000, graceMs: 500 };
  generateDataset('planted', { dataDir, name: 'market', seed: 1, sessions: 12 });
  writeFileSync(study.file, tradingSource);
  const [undisturbed, disturbed] = trading;
  await whole(start(undisturbed, 6, study));

  const killed = start(disturbed, 6, study);
  const worker = await killed.event('worker-started');
  await killed.event('trial-started', 5);
  await untilRow(disturbed, 'select from checkpoints join trials on trials.id = trial_id where number = 4');
  process.kill(worker!.pid!, 'SIGKILL');
  await whole(killed);

  expect(killed.events.filter(({ kind }) => kind === 'trial-resumed')).toHaveLength(1);
  const [one, other] = [await recordOf(undisturbed), await recordOf(disturbed)];
  expect(other).toEqual(one);
  expect(one.trials.map(({ state }) => state)).toContain('pruned');
  expect(one.reports.length).toBeGreaterThan(20);
});

test('a budget of time in the study file is refused: a clock would decide which trial is the last', async () => {
  const timed = join(folder, 'timed.ts');
  writeFileSync(timed, readFileSync(file, 'utf8').replace('  seed: 11,', "  seed: 11,\n  budget: { trials: 4, time: '2h' },"));
  const dataDir = inject('testDataDir');
  await expect(prepareRun({ file: timed, dataDir, deterministic: true })).rejects.toMatchObject({
    code: 'usage',
    place: timed,
    message: expect.stringContaining('2 h') as string,
    hint: expect.stringContaining('trials or steps') as string,
  });
  expect((await prepareRun({ file: timed, dataDir })).study.budget).toEqual({ trials: 4, timeMs: 7_200_000 });
});

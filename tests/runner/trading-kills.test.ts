import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRng } from '../../src/core/rng.ts';
import { generateDataset } from '../../src/market/store/generate-dataset.ts';
import { useDatabase } from '../fixtures/database.ts';
import { startRun } from '../fixtures/supervised-run.ts';

const database = useDatabase();
const folder = mkdtempSync(join(tmpdir(), 'assay-kills-'));
const dataDir = join(folder, 'data');
const file = join(folder, 'study.ts');

/** A real agent on real worker processes, small enough to learn for some seconds. */
const source = `import { defineStudy, float, type Infer, nop, random, tradingTask } from 'assay';
const space = { lr: float(1e-4, 1e-2, { log: true }) };
export default defineStudy({
  name: 'kills', direction: 'maximize', space, sampler: random(), pruner: nop(), maxAttempts: 20,
  ...tradingTask<Infer<typeof space>>({
    dataset: 'market',
    training: { environments: 4, updates: 10_000, episodeSteps: 60, rewardScale: 2000 },
    sessions: { searchSessions: 8, innerSessions: 3, purgeSessions: 1, testSessions: 2, folds: 2 },
    reports: 8,
    checkpointSeconds: 0.2,
    agent: ({ lr }) => ({ hidden: [16], batchSize: 16, warmupSteps: 40, initialTemperature: 0.02, learningRate: lr }),
    reward: () => ({ betaVolatility: 0 }),
  }),
});
`;

beforeAll(() => {
  generateDataset('planted', { dataDir, name: 'market', seed: 1, sessions: 12 });
  writeFileSync(file, source);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = (name: string) =>
  startRun({ file, name, dataDir, databaseUrl: database.url, trials: 1, workers: 1, leaseMs: 1000, graceMs: 500 });

interface Result extends Record<string, unknown> {
  readonly state: string;
  /** Bits, not decimals. */
  readonly value: string;
  readonly curve: readonly string[];
  readonly metrics: Readonly<Record<string, string>>;
}

/** All that the trial says, but for how fast it was. */
async function resultOf(name: string): Promise<Result> {
  const { rows } = await database.db.execute<Result>(sql`
    select state, encode(float8send(value), 'hex') as value,
      (select array_agg(step || ' ' || encode(float8send(value), 'hex') order by step) from reports
        where trial_id = trials.id and reports.attempt = trials.attempt) as curve,
      (select json_object_agg(name, encode(float8send(value), 'hex')) from unnest(metric_names, metric_values) as metrics (name, value)
        where name !~ 'seconds|PerSecond') as metrics
    from trials join studies on studies.id = study_id where name = ${name}`);
  return rows[0]!;
}

async function checkpointStep(name: string): Promise<number> {
  const { rows } = await database.db.execute<{ step: number }>(sql`
    select step from checkpoints join trials on trials.id = trial_id join studies on studies.id = study_id where studies.name = ${name}`);
  return rows[0]?.step ?? 0;
}

test('a SAC agent whose worker is killed at random moments ends with the bits of one that was left alone', {
  timeout: 120_000,
}, async () => {
  const left = start('left-alone');
  const rng = createRng('kill the agent');
  const run = start('killed');
  let ended = false;
  void run.end.then(() => {
    ended = true;
  });
  for (let kills = 0; kills < 3; kills++) {
    const worker = (await run.event('worker-started', kills + 1))!;
    // The trial is with this worker and gets further there; then any moment will do.
    if (kills > 0) await run.event('trial-resumed', kills);
    const before = await checkpointStep('killed');
    while (!ended && (await checkpointStep('killed')) <= before) await sleep(5);
    await sleep(rng.int(60));
    if (!ended) process.kill(worker.pid!, 'SIGKILL');
  }
  expect(await run.end).toMatchObject({ exitCode: 0, summary: { ended: { complete: 1 } } });
  await run.gone();
  expect(await left.end).toMatchObject({ exitCode: 0, summary: { ended: { complete: 1 } } });

  const resumed = run.events.flatMap((event) => (event.kind === 'trial-resumed' ? [event.step] : []));
  expect(resumed.length).toBeGreaterThanOrEqual(2);
  expect(resumed[0]).toBeGreaterThan(0);
  const [whole, broken] = [await resultOf('left-alone'), await resultOf('killed')];
  expect(whole).toMatchObject({ state: 'complete', value: expect.stringMatching(/^[0-9a-f]{16}$/) });
  expect(whole.curve).toHaveLength(8);
  expect(broken).toEqual(whole);
});

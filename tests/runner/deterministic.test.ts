import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { expect, inject, test } from 'vitest';
import { retryTrial } from '../../src/storage/commands/retry-trial.ts';
import { showTrial } from '../../src/storage/readers/show-trial.ts';
import { type TestDatabase, useDatabase } from '../fixtures/database.ts';
import { startRun } from '../fixtures/supervised-run.ts';

const databases = [useDatabase(), useDatabase()] as const;
const file = fileURLToPath(new URL('../fixtures/studies/repeatable.ts', import.meta.url));

async function run(database: TestDatabase, trials: number): Promise<void> {
  const { end } = startRun({ file, trials, workers: 1, databaseUrl: database.url, dataDir: inject('testDataDir') });
  const { error, exitCode, summary } = await end;
  expect({ error, exitCode, end: summary?.end }).toEqual({ exitCode: 0, end: 'finished' });
}

/** Everything but times, keys and the names of workers. Figures as text, so that not one bit is lost. */
async function recordOf({ db }: TestDatabase) {
  const { rows: trials } = await db.execute(sql`
    select number, state, params::text, seed, value::text, metric_names, metric_values::text, at_step, reason, error::text from trials order by number`);
  const { rows: reports } = await db.execute(sql`
    select number, reports.attempt, step, reports.value::text, reports.metric_names, reports.metric_values::text
    from reports join trials on trials.id = trial_id order by number, reports.attempt, step`);
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

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { expect, inject, test } from 'vitest';
import { useDatabase } from '../fixtures/database.ts';
import { deaths } from '../fixtures/studies/deaths.ts';
import { startRun } from '../fixtures/supervised-run.ts';

const database = useDatabase();
const file = fileURLToPath(new URL('../fixtures/studies/deaths.ts', import.meta.url));

const failed = (code: string) => ({ state: 'failed', code });
const complete = { state: 'complete', code: null };
const endings = {
  none: complete,
  SIGSEGV: complete,
  SIGABRT: complete,
  memory: failed('out_of_memory'),
  exit: failed('thread_died'),
  stray: failed('trial_failed'),
};

test('native crashes, a full heap, process.exit and stray errors end as they should, and nothing is left of them', {
  timeout: 240_000,
}, async () => {
  const options = { file, trials: deaths.length, workers: 2, databaseUrl: database.url, dataDir: inject('testDataDir') };
  const run = startRun({ ...options, leaseMs: 1500, graceMs: 500, threadMemoryMb: 96 });
  expect(await run.end).toMatchObject({ exitCode: 0, summary: { end: 'finished' } });
  await run.gone();

  const { rows } = await database.db.execute(sql`select number, state, error ->> 'code' as code from trials order by number`);
  expect(rows).toEqual(deaths.map((death, number) => ({ number, ...endings[death] })));
  const died = run.events.filter((event) => event.kind === 'worker-died');
  expect(died.map(({ because }) => because)).toEqual(
    expect.arrayContaining([expect.stringContaining('SIGSEGV') as string, expect.stringContaining('SIGABRT') as string]),
  );
  expect(died.every(({ restartInMs }) => restartInMs >= 250)).toBe(true);

  const { rows: left } = await database.db.execute(sql`
    select trial_id from checkpoints union all select id from trials where lease_token is not null
    union all select trial_id from attempts where ending is null`);
  expect(left).toEqual([]);
  expect(readdirSync(join(inject('testDataDir'), 'artifacts', 'drafts'))).toEqual([]);
});

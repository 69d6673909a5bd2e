import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { describe, expect, inject, test } from 'vitest';
import { pauseTrial } from '../../src/storage/commands/pause-trial.ts';
import { resumeTrial } from '../../src/storage/commands/resume-trial.ts';
import { untilRow, useDatabase } from '../fixtures/database.ts';
import { walkOf } from '../fixtures/random-walk.ts';
import { steps } from '../fixtures/studies/resumable.ts';
import { startRun } from '../fixtures/supervised-run.ts';

const database = useDatabase();
const file = fileURLToPath(new URL('../fixtures/studies/resumable.ts', import.meta.url));
const trials = 4;

interface Row extends Record<string, unknown> {
  readonly state: string;
  readonly value: number;
  readonly seed: number;
  readonly params: { readonly x: number };
  readonly values: readonly number[];
  readonly resumed: readonly (number | null)[];
}

/** Every trial ended as an unbroken one does, curve included; the steps from which later attempts went on. */
async function expectUnbroken(name: string, count = trials): Promise<readonly number[]> {
  const { rows } = await database.db.execute<Row>(sql`
    select state, value, trials.seed, params,
      (select array_agg(value order by step) from reports where trial_id = trials.id and reports.attempt = trials.attempt) as values,
      (select array_agg(resumed_step) from attempts where trial_id = trials.id) as resumed
    from trials join studies on studies.id = study_id where name = ${name} order by number`);
  expect(rows).toHaveLength(count);
  for (const { state, value, seed, params, values } of rows) {
    const walk = walkOf(Number(seed), params.x, steps);
    expect({ state, value, values }).toEqual({ state: 'complete', value: walk.at(-1), values: walk });
  }
  return rows.flatMap(({ resumed }) => resumed.filter((step) => step !== null));
}

describe('a trial that is interrupted', { timeout: 300_000 }, () => {
  const start = (name: string, count = trials) =>
    startRun({
      file,
      name,
      trials: count,
      workers: 2,
      databaseUrl: database.url,
      dataDir: inject('testDataDir'),
      leaseMs: 1000,
      graceMs: 2000,
      drainMs: 100,
    });

  test('goes on from its last checkpoint when its worker was killed, and ends as if nothing had happened', async () => {
    // Two at once: however many of them a kill meets, the third finds one that none has met.
    const run = start('killed-and-resumed', 6);
    const killed = new Set<number>();
    for (let kills = 0; kills < 3; kills++) {
      // Of a trial that no kill has met so far, so that each kill costs something.
      await untilRow(database, `select from checkpoints where trial_id <> all('{${[...killed].join()}}')`);
      const { rows } = await database.db.execute<{ id: number }>(sql`select trial_id as id from checkpoints`);
      for (const { id } of rows) killed.add(Number(id));
      process.kill((await run.event('worker-started', kills + 1))!.pid!, 'SIGKILL');
    }
    expect(await run.end).toMatchObject({ exitCode: 0, summary: { end: 'finished' } });
    await run.gone();
    const resumed = await expectUnbroken('killed-and-resumed', 6);
    expect(resumed.length).toBeGreaterThanOrEqual(3);
    expect(resumed.every((step) => step % 5 === 0)).toBe(true);
  });

  test('saves where it stands on SIGTERM, ends with exit code 0, and loses no step', async () => {
    const run = start('preempted');
    await untilRow(
      database,
      `select from reports join trials on trials.id = trial_id join studies on studies.id = study_id
      where name = 'preempted' having count(distinct trial_id) = 2`,
    );
    run.signal('SIGTERM');
    expect(await run.end).toMatchObject({ exitCode: 0, summary: { end: 'stopped', by: 'SIGTERM' } });
    await run.gone();
    const { rows } = await database.db.execute<Record<'kept' | 'reported', number>>(sql`
      select checkpoints.step as kept, (select max(step) from reports where reports.trial_id = trials.id) as reported
      from checkpoints join trials on trials.id = trial_id join studies on studies.id = study_id where name = 'preempted'`);
    expect(rows).toHaveLength(2);
    for (const { kept, reported } of rows) expect(kept).toBe(reported);
    expect(await start('preempted').end).toMatchObject({ exitCode: 0, summary: { end: 'finished' } });
    expect(await expectUnbroken('preempted')).toHaveLength(2);
  });

  test('a trial that a person paused waits while the run ends; resumed, it ends as if never interrupted', async () => {
    const run = start('paused-by-hand');
    await untilRow(
      database,
      `select from reports join trials on trials.id = trial_id join studies on studies.id = study_id where name = 'paused-by-hand'`,
    );
    const { rows } = await database.db.execute<{ id: number }>(sql`select id from studies where name = 'paused-by-hand'`);
    const id = rows[0]!.id;
    expect(await pauseTrial(database.db, id, 0, 'me')).toBe('requested');
    expect(await run.end).toMatchObject({ exitCode: 0, summary: { end: 'finished', ended: { complete: trials - 1 } } });
    await run.gone();
    expect(run.events).toContainEqual({ kind: 'trial-paused', address: 'paused-by-hand#0', because: 'request' });
    const paused = await database.db.execute(sql`
      select state, paused_by, last_step = checkpoints.step as saved from trials join checkpoints on trial_id = trials.id where study_id = ${id}`);
    expect(paused.rows).toEqual([{ state: 'paused', paused_by: 'me', saved: true }]);
    await resumeTrial(database.db, id, 0);
    expect(await start('paused-by-hand').end).toMatchObject({ exitCode: 0, summary: { end: 'finished', ended: { complete: 1 } } });
    expect(await expectUnbroken('paused-by-hand')).toHaveLength(1);
  });

  test('leaves no checkpoint and no draft behind once it is finished', async () => {
    const { rows } = await database.db.execute<{ hash: string }>(sql`select hash from checkpoints`);
    expect(rows).toEqual([]);
    expect((await database.db.execute(sql`select hash from artifacts`)).rows).toEqual([]);
    expect(readdirSync(join(inject('testDataDir'), 'artifacts', 'drafts'))).toEqual([]);
  });
});

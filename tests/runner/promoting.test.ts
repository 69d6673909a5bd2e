import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { describe, expect, inject, test } from 'vitest';
import { untilRow, useDatabase } from '../fixtures/database.ts';
import { walkOf } from '../fixtures/random-walk.ts';
import { startOf } from '../fixtures/studies/promoting.ts';
import { steps } from '../fixtures/studies/resumable.ts';
import { startRun } from '../fixtures/supervised-run.ts';

const database = useDatabase();
const file = fileURLToPath(new URL('../fixtures/studies/promoting.ts', import.meta.url));
const trials = 10;
const rungs = [5, 10, 20, 40];

interface Row extends Record<string, unknown> {
  readonly number: number;
  readonly state: string;
  readonly value: number | null;
  readonly at_step: number | null;
  readonly reason: string | null;
  readonly seed: number;
  readonly params: { readonly x: number };
  readonly values: readonly number[];
}

describe('a study whose pruner promotes', { timeout: 120_000 }, () => {
  test('ends with honest rungs and unbroken curves, killed while trials wait and while one is promoted', async () => {
    const run = startRun({
      file,
      trials,
      workers: 2,
      databaseUrl: database.url,
      dataDir: inject('testDataDir'),
      leaseMs: 1000,
      graceMs: 2000,
    });
    const kill = async (nth: number): Promise<void> => {
      process.kill((await run.event('worker-started', nth))!.pid!, 'SIGKILL');
    };
    await untilRow(database, `select from trials where state = 'paused'`);
    await kill(1);
    await untilRow(
      database,
      `select from attempts paused join trials on trials.id = trial_id where paused.ending = 'paused' and state <> 'paused'`,
    );
    await kill(2);
    expect(await run.end).toMatchObject({ exitCode: 0, summary: { end: 'finished' } });
    await run.gone();

    const { rows } = await database.db.execute<Row>(sql`
      select number, state, value, at_step, reason, seed, params,
        (select array_agg(value order by step) from reports where trial_id = trials.id and reports.attempt = trials.attempt) as values
      from trials order by number`);
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: trials }, (_, number) => number));
    for (const { number, state, value, at_step, seed, params, values } of rows) {
      const walk = walkOf(Number(seed), startOf(number, params.x), steps);
      const whole = { state: 'complete', value: walk.at(-1), values: walk };
      const waited = { state: 'pruned', value: null, values: walk.slice(0, at_step ?? steps) };
      expect({ state, value, values }).toEqual(state === 'complete' ? whole : waited);
      if (state === 'pruned') expect(rungs).toContain(at_step);
    }
    for (const [rung, step] of rungs.entries()) {
      const reached = rows.filter(({ values }) => values.length >= step);
      const places = Math.max(1, Math.floor(reached.length / 2));
      for (const { at_step, reason, values } of rows) {
        if (at_step !== step) continue;
        expect(reason).toMatch(new RegExp(`at rung ${rung} \\(step ${step}\\).*; it waited until the study ended$`));
        expect(reached.filter((other) => other.values[step - 1]! < values[step - 1]!).length).toBeGreaterThanOrEqual(places);
      }
    }
    // Some were promoted, and what waited to the end left nothing on the disk.
    expect(run.events.some((event) => event.kind === 'trial-paused')).toBe(true);
    expect(
      (
        await database.db.execute(
          sql`select from attempts where ending = 'paused' and attempt < (select attempt from trials where id = trial_id)`,
        )
      ).rowCount,
    ).toBeGreaterThan(0);
    expect((await database.db.execute(sql`select from checkpoints`)).rowCount).toBe(0);
  });
});

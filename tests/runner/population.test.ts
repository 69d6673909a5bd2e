import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { describe, expect, inject, test } from 'vitest';
import { showTrial } from '../../src/storage/readers/show-trial.ts';
import { untilRow, useDatabase } from '../fixtures/database.ts';
import { bestFixed, gainsOf, steps } from '../fixtures/drift.ts';
import { startRun } from '../fixtures/supervised-run.ts';

const database = useDatabase();
const file = fileURLToPath(new URL('../fixtures/studies/drifting.ts', import.meta.url));
const trials = 40;

interface Row extends Record<string, unknown> {
  readonly number: number;
  readonly state: string;
  readonly value: number | null;
  readonly params: { readonly rate: number };
  readonly forked_from: number | null;
  readonly forked_step: number;
  readonly values: readonly number[];
}

describe('population-based training', { timeout: 180_000 }, () => {
  const start = (name: string, env = {}) =>
    startRun(
      { file, name, trials, workers: 4, databaseUrl: database.url, dataDir: inject('testDataDir'), leaseMs: 2000, graceMs: 2000 },
      env,
    );

  test('beats every setting that stays, with whole curves and an honest lineage, killed on the way', async () => {
    const run = start('population');
    await untilRow(database, 'select from trials where forked_from is not null and last_step > forked_step');
    const worker = run.events.findLast((event) => event.kind === 'worker-started');
    if (worker?.kind === 'worker-started') process.kill(worker.pid!, 'SIGKILL');
    expect(await run.end).toMatchObject({ exitCode: 0, summary: { end: 'finished' } });
    await run.gone();

    const { rows } = await database.db.execute<Row>(sql`
      select number, state, value, params, forked_from, forked_step,
        (select array_agg(value order by step) from reports where trial_id = trials.id and reports.attempt = trials.attempt) as values
      from trials order by number`);
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: trials }, (_, number) => number));
    const whole: (readonly number[])[] = [];
    for (const { state, value, params, forked_from: from, forked_step: step, values } of rows) {
      const inherited = from === null ? [] : whole[from]!.slice(0, step);
      const own = gainsOf(params.rate, inherited.length, steps, inherited.at(-1));
      whole.push([...inherited, ...own]);
      expect(values).toEqual(whole.at(-1)!.slice(0, state === 'complete' ? steps : values.length));
      expect(['complete', 'pruned']).toContain(state);
      if (state === 'complete') expect(value).toBe(values.at(-1));
    }
    const best = rows.toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0))[0]!;
    expect(best.value).toBeGreaterThan(bestFixed());
    expect(await showTrial(database.db, `population#${best.number}`)).toMatchObject({
      forkedFrom: { number: best.forked_from, step: best.forked_step },
      attempts: expect.arrayContaining([expect.objectContaining({ attempt: 1, ending: 'forked' })]),
    });
    expect((await database.db.execute(sql`select from checkpoints`)).rowCount).toBe(0);
  });

  test('says so where the objective keeps no checkpoints', async () => {
    const end = await start('without-checkpoints', { ASSAY_TEST_KEEPS: 'nothing' }).end;
    expect(end.error).toMatchObject({ code: 'study_invalid', message: expect.stringContaining('no trial has kept one') });
  });
});

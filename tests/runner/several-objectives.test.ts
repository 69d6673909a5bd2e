import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { describe, expect, inject, test } from 'vitest';
import type { RunOptions } from '../../src/runner/supervisor/run-study.ts';
import { bestTrials } from '../../src/storage/readers/best-trials.ts';
import { useDatabase } from '../fixtures/database.ts';
import { startRun } from '../fixtures/supervised-run.ts';

const database = useDatabase();
const file = fileURLToPath(new URL('../fixtures/studies/frontier.ts', import.meta.url));

function optionsFor(name: string, trials: number): Omit<RunOptions, 'onProgress' | 'signal'> {
  return { file, name, trials, workers: 2, databaseUrl: database.url, dataDir: inject('testDataDir'), leaseMs: 1000, graceMs: 500 };
}

type Row = {
  readonly number: number;
  readonly state: string;
  readonly params: { readonly x: number; readonly y: number };
  readonly value: number | null;
  readonly objective_values: readonly [number, number] | null;
  readonly constraints: readonly [number] | null;
  readonly feasible: boolean;
  readonly error: { readonly code: string; readonly message: string } | null;
};

async function trialsOf(name: string): Promise<readonly Row[]> {
  const { rows } = await database.db.execute<Row>(sql`
    select number, state, params, value, objective_values, constraints, feasible, error
    from trials join studies on studies.id = study_id where name = ${name} order by number`);
  return rows;
}

// Each run starts several processes, on a machine that may be busy.
describe('a study with several objectives and a constraint', { timeout: 120_000 }, () => {
  test('keeps every value and constraint, whoever is killed on the way', async () => {
    const first = startRun(optionsFor('frontier', 40));
    await first.event('trial-finished', 8);
    process.kill(first.events.findLast((event) => event.kind === 'worker-started')!.pid!, 'SIGKILL');
    await first.event('trial-finished', 16);
    first.signal('SIGKILL');
    await first.end;
    await first.gone();
    const before = (await trialsOf('frontier')).filter(({ state }) => state === 'complete');

    const second = startRun(optionsFor('frontier', 40));
    expect(await second.end).toMatchObject({ exitCode: 0, summary: { end: 'finished' } });
    await second.gone();
    const rows = await trialsOf('frontier');
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 40 }, (_, number) => number));
    expect(rows).toEqual(expect.arrayContaining([...before]));
    expect(rows[3]).toMatchObject({
      state: 'failed',
      objective_values: null,
      error: { code: 'not_finite', message: "the objective risk's value is NaN" },
    });
    expect(rows[4]).toMatchObject({
      state: 'complete',
      objective_values: [rows[4]!.params.x, Number.POSITIVE_INFINITY],
      constraints: null,
      feasible: true,
    });
    for (const {
      number,
      state,
      params: { x, y },
      value,
      objective_values,
      constraints,
      feasible,
    } of rows) {
      if (number === 3 || number === 4) continue;
      expect({ state, value, objective_values, constraints, feasible }).toEqual({
        state: 'complete',
        value: x,
        objective_values: [x, x * x + y],
        constraints: [x - 0.8],
        feasible: x <= 0.8,
      });
    }
  });

  test('has found trade-offs that meet the constraint', async () => {
    const { trials, front } = await bestTrials(database.db, 'frontier');
    expect(front!.size).toBe(trials.length);
    expect(front!.size).toBeGreaterThan(2);
    for (const { feasible, number } of trials) expect(feasible ?? number === 4).toBe(true);
    // All there is up to the constraint: the area above risk = gain², 0.8 - 0.8³ / 3.
    expect(front!.hypervolume).toBeGreaterThan(0.6 * (0.8 - 0.8 ** 3 / 3));
  });

  test('keeps the curve of the metric to prune on, and all others with it', async () => {
    const { rows } = await database.db.execute(sql`
      select reports.step, reports.value = reports.metric_values[array_position(reports.metric_names, 'risk')] as is_risk, reports.metric_names
      from reports join trials on trials.id = trial_id join studies on studies.id = study_id
      where name = 'frontier' and number = 0 and reports.attempt = trials.attempt order by step`);
    expect(rows).toEqual([1, 2].map((step) => ({ step, is_risk: true, metric_names: ['gain', 'risk'] })));
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { describe, expect, inject, test } from 'vitest';
import { createRng } from '../../src/core/rng.ts';
import type { RunOptions } from '../../src/runner/supervisor/run-study.ts';
import { useDatabase } from '../fixtures/database.ts';
import { type SupervisedRun, startRun } from '../fixtures/supervised-run.ts';

const database = useDatabase();
const file = fileURLToPath(new URL('../fixtures/studies/sphere.ts', import.meta.url));
const trials = 16;

function optionsFor(name: string): Omit<RunOptions, 'onProgress' | 'signal'> {
  return { file, name, trials, workers: 2, databaseUrl: database.url, dataDir: inject('testDataDir'), leaseMs: 1000, graceMs: 500 };
}

/** Every trial of the study is there once, finished once, under numbers without a gap. */
async function expectWhole(name: string): Promise<void> {
  const { rows } = await database.db.execute<{ number: number; state: string; endings: string[]; reports: string }>(sql`
    select number, state,
      (select array_agg(ending::text order by attempts.attempt) from attempts where trial_id = trials.id) as endings,
      (select count(*) from reports where trial_id = trials.id and reports.attempt = trials.attempt) as reports
    from trials join studies on studies.id = study_id where name = ${name} order by number`);
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: trials }, (_, number) => number));
  for (const { state, endings, reports } of rows) {
    expect(state).toBe('complete');
    expect(endings.filter((ending) => ending === 'complete')).toHaveLength(1);
    expect(endings.slice(0, -1).every((ending) => ['lost', 'released'].includes(ending))).toBe(true);
    expect(Number(reports)).toBe(3);
  }
}

async function finish(name: string): Promise<void> {
  const run = startRun(optionsFor(name));
  expect(await run.end).toMatchObject({ exitCode: 0, summary: { end: 'finished' } });
  await run.gone();
  await expectWhole(name);
}

/** The pid of the worker that runs now. */
function workerPid(run: SupervisedRun): number {
  return run.events.findLast((event) => event.kind === 'worker-started')!.pid!;
}

// Each run starts several processes, on a machine that may be busy.
describe('a study whose processes are killed', { timeout: 120_000 }, () => {
  test('goes on by itself when its worker process is killed, again and again', async () => {
    const rng = createRng('kill the worker');
    const run = startRun(optionsFor('worker-killed'));
    for (let kill = 1; kill <= 3; kill++) {
      await run.event('worker-started', kill);
      const finishedSoFar = run.events.filter(({ kind }) => kind === 'trial-finished').length;
      await run.event('trial-finished', finishedSoFar + 1 + rng.int(3));
      process.kill(workerPid(run), 'SIGKILL');
    }
    expect(await run.end).toMatchObject({ exitCode: 0, summary: { end: 'finished' } });
    expect(run.events.filter(({ kind }) => kind === 'worker-died')).toHaveLength(3);
    await run.gone();
    await expectWhole('worker-killed');
  });

  test.each([1, 2])('goes on with the next run when its supervisor is killed while trials run (%i)', async (seed) => {
    const name = `supervisor-killed-${seed}`;
    const run = startRun(optionsFor(name));
    await run.event('trial-started', 1 + createRng(seed).int(trials - 2));
    run.signal('SIGKILL');
    await run.end;
    await run.gone();
    await finish(name);
  });

  test.each([3, 4])('goes on with the next run when its supervisor is killed at any moment (%i)', async (seed) => {
    const name = `killed-anywhere-${seed}`;
    const run = startRun(optionsFor(name));
    // Not a wait for something: the moment is what is random here.
    await sleep(createRng(seed).int(2500));
    run.signal('SIGKILL');
    await run.end;
    await run.gone();
    await finish(name);
  });

  test('goes on with the next run when supervisor and worker are killed together', async () => {
    const run = startRun(optionsFor('both-killed'));
    await run.event('trial-finished', 3);
    process.kill(workerPid(run), 'SIGKILL');
    run.signal('SIGKILL');
    await run.end;
    await run.gone();
    await finish('both-killed');
  });

  test('is finished once by two runs at the same time', async () => {
    const runs = [startRun(optionsFor('shared')), startRun(optionsFor('shared'))];
    for (const run of runs) expect(await run.end).toMatchObject({ exitCode: 0, summary: { end: 'finished' } });
    await Promise.all(runs.map((run) => run.gone()));
    await expectWhole('shared');
  });
});

describe('a trial that kills its worker process', { timeout: 120_000 }, () => {
  const pausesOf = (run: SupervisedRun) => run.events.flatMap((event) => (event.kind === 'worker-died' ? [event.restartInMs] : []));
  const crasher = fileURLToPath(new URL('../fixtures/studies/crasher.ts', import.meta.url));

  test('fails when its attempts are used up, and the rest of the study goes on', async () => {
    const run = startRun({ ...optionsFor('crashing'), file: crasher, trials: 4, workers: 1 });
    expect(await run.end).toMatchObject({ exitCode: 0, summary: { end: 'finished' } });
    await run.gone();
    const { rows } = await database.db.execute(sql`
      select number, state, error ->> 'code' as error from trials join studies on studies.id = study_id where name = 'crashing' order by number`);
    expect(rows).toEqual(
      [0, 1, 2, 3].map((number) =>
        number === 1 ? { number, state: 'failed', error: 'lease_lost' } : { number, state: 'complete', error: null },
      ),
    );
  });

  test('ends the run when nothing but that ever happens', async () => {
    const run = startRun({ ...optionsFor('only-crashes'), file: crasher, trials: 16 }, { ASSAY_TEST_CRASH: 'all' });
    expect(await run.end).toMatchObject({ exitCode: 1, error: { code: 'unavailable', message: expect.stringContaining('SIGKILL') } });
    await run.gone();
    expect(pausesOf(run)).toEqual([250, 500, 1000, 2000]);
  });

  test('is waited for longer from death to death, until a trial has finished in between', async () => {
    const run = startRun({ ...optionsFor('waited-for'), file: crasher, workers: 1, leaseMs: 60_000 }, { ASSAY_TEST_CRASH: '0,1,3,4' });
    await run.event('worker-died', 4);
    run.signal('SIGKILL');
    await run.end;
    await run.gone();
    expect(pausesOf(run)).toEqual([250, 500, 250, 500]);
  });
});

import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { afterAll, describe, expect, inject, test } from 'vitest';
import type { RunOptions } from '../../src/runner/supervisor/run-study.ts';
import { stopEmbedded } from '../../src/storage/embedded/server.ts';
import { useDatabase } from '../fixtures/database.ts';
import { startRun } from '../fixtures/supervised-run.ts';

const database = useDatabase();
const study = (name: string): string => fileURLToPath(new URL(`../fixtures/studies/${name}.ts`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'assay-stopping-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function optionsFor(file: string, name: string, more: Partial<RunOptions> = {}): RunOptions {
  const dataDir = inject('testDataDir');
  return { file, name, trials: 4, workers: 2, databaseUrl: database.url, dataDir, leaseMs: 60_000, graceMs: 60_000, ...more };
}

interface TrialRow extends Record<string, unknown> {
  readonly state: string;
  readonly cancelled_by: string | null;
  readonly endings: readonly string[] | null;
}

async function trialsOf(name: string): Promise<readonly TrialRow[]> {
  const { rows } = await database.db.execute<TrialRow>(sql`
    select state, cancelled_by, (select array_agg(ending::text order by attempt) from attempts where trial_id = trials.id) as endings
    from trials join studies on studies.id = study_id where name = ${name} order by number`);
  return rows;
}

describe('Ctrl-C', { timeout: 120_000 }, () => {
  test('finishes the running trials at the first, and starts no other', async () => {
    const run = startRun(optionsFor(study('sphere'), 'drained', { trials: 100_000 }));
    await run.event('trial-finished', 3);
    run.signal('SIGINT');
    expect(await run.end).toMatchObject({ exitCode: 0, summary: { end: 'drained', by: 'Ctrl-C' } });
    await run.gone();
    const states = new Set((await trialsOf('drained')).map(({ state }) => state));
    expect([...states].filter((state) => state !== 'queued')).toEqual(['complete']);
    const count = (kind: string) => run.events.filter((event) => event.kind === kind).length;
    expect(count('trial-finished')).toBe(count('trial-started'));
  });

  test('cancels the running trials at the second', async () => {
    const run = startRun(optionsFor(study('patient'), 'cancelled'));
    await run.event('trial-started', 2);
    run.signal('SIGINT');
    await run.event('stopping', 1);
    run.signal('SIGINT');
    expect(await run.end).toMatchObject({ summary: { end: 'stopped', by: 'Ctrl-C', ended: { cancelled: 2 } } });
    await run.gone();
    expect(await trialsOf('cancelled')).toEqual(
      Array.from({ length: 2 }, () => ({ state: 'cancelled', cancelled_by: 'Ctrl-C', endings: ['cancelled'] })),
    );
  });

  test('kills what does not listen at the third', async () => {
    const run = startRun(optionsFor(study('patient'), 'killed'), { ASSAY_TEST_PATIENCE: 'deaf' });
    await run.event('trial-started', 2);
    for (const nth of [1, 2]) {
      run.signal('SIGINT');
      await run.event('stopping', nth);
    }
    run.signal('SIGINT');
    expect(await run.end).toMatchObject({ summary: { end: 'stopped' } });
    await run.gone();
  });

  test('ends the threads of trials that do not listen after the grace period', async () => {
    const run = startRun(optionsFor(study('patient'), 'deaf', { graceMs: 100 }), { ASSAY_TEST_PATIENCE: 'deaf' });
    await run.event('trial-started', 2);
    for (const nth of [1, 2]) {
      run.signal('SIGINT');
      await run.event('stopping', nth);
    }
    expect(await run.end).toMatchObject({ summary: { ended: { cancelled: 2 } } });
    await run.gone();
  });
});

describe('other ends', { timeout: 120_000 }, () => {
  test('gives unfinished trials back to the queue on SIGTERM, and the next run ends them', async () => {
    const run = startRun(optionsFor(study('patient'), 'terminated', { drainMs: 100 }));
    await run.event('trial-started', 2);
    run.signal('SIGTERM');
    expect(await run.end).toMatchObject({ summary: { end: 'stopped', by: 'SIGTERM' } });
    await run.gone();
    expect((await trialsOf('terminated')).map(({ state }) => state)).toEqual(['queued', 'queued']);

    const next = startRun(optionsFor(study('patient'), 'terminated'), { ASSAY_TEST_PATIENCE: 'none' });
    expect(await next.end).toMatchObject({ summary: { end: 'finished', ended: { complete: 4 } } });
    await next.gone();
    expect((await trialsOf('terminated')).map(({ endings }) => endings)).toEqual([
      ['released', 'complete'],
      ['released', 'complete'],
      ['complete'],
      ['complete'],
    ]);
  });

  test('drains at the time limit', async () => {
    const run = startRun(optionsFor(study('sphere'), 'timed', { trials: 100_000, timeoutMs: 1500 }));
    expect(await run.end).toMatchObject({ exitCode: 0, summary: { end: 'drained', by: 'the time limit' } });
    await run.gone();
  });

  test('refuses to mix two versions of a study file that changes while it runs', async () => {
    const file = join(folder, 'edited.ts');
    copyFileSync(study('sphere'), file);
    const run = startRun(optionsFor(file, 'edited', { trials: 100_000 }));
    await run.event('trial-finished', 2);
    writeFileSync(file, `${readFileSync(file, 'utf8')}// edited\n`);
    expect(await run.end).toMatchObject({ error: { code: 'conflict', place: file } });
    await run.gone();
    expect((await trialsOf('edited')).filter(({ state }) => state === 'running')).toEqual([]);
    const next = startRun(optionsFor(file, 'edited', { trials: 1 }));
    expect(await next.end).toMatchObject({ summary: { end: 'finished' } });
    await next.gone();
  });
});

test('loses no trial when the database server is killed under a run', { timeout: 120_000 }, async () => {
  const dataDir = join(folder, 'data');
  const run = startRun(
    { ...optionsFor(study('sphere'), 'restarted', { trials: 60, leaseMs: 1000 }), databaseUrl: undefined, dataDir },
    { DATABASE_URL: '' },
  );
  await run.event('trial-finished', 5);
  process.kill(Number(readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
  expect(await run.end).toMatchObject({ exitCode: 0, summary: { end: 'finished', ended: { complete: 60 } } });
  expect(run.events.some(({ kind }) => kind === 'database-retry')).toBe(true);
  await stopEmbedded({ dataDir });
  await run.gone();
});

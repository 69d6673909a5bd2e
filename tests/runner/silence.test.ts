import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import type { RunOptions } from '../../src/runner/supervisor/run-study.ts';
import { useDatabase } from '../fixtures/database.ts';
import { type Network, type SilentWay, startNetwork } from '../fixtures/network.ts';
import { hasPgbouncer, startPgbouncer } from '../fixtures/pgbouncer.ts';
import { type SupervisedRun, startRun } from '../fixtures/supervised-run.ts';

if (!hasPgbouncer) console.warn('skipped: silence behind PgBouncer, which is not installed');
const database = useDatabase();
const file = fileURLToPath(new URL('../fixtures/studies/resumable.ts', import.meta.url));
const trials = 12;
let network: Network;
beforeEach(async () => {
  network = await startNetwork(database.url);
});
afterEach(() => network.close());

function optionsFor(name: string): Omit<RunOptions, 'onProgress' | 'signal'> {
  return {
    file,
    name,
    trials,
    workers: 2,
    databaseUrl: network.url,
    dataDir: inject('testDataDir'),
    leaseMs: 2000,
    graceMs: 300,
    drainMs: 300,
  };
}

const countOf = (run: SupervisedRun, kind: SupervisedRun['events'][number]['kind']): number =>
  run.events.filter((event) => event.kind === kind).length;

/** Every trial is there once and ended once, whatever became of the attempts before. */
async function expectWhole(name: string): Promise<void> {
  const { rows } = await database.db.execute<{ number: number; state: string; complete: number }>(sql`
    select number, state, (select count(*) from attempts where trial_id = trials.id and ending = 'complete') as complete
    from trials join studies on studies.id = study_id where name = ${name} order by number`);
  expect(rows).toEqual(Array.from({ length: trials }, (_, number) => ({ number, state: 'complete', complete: 1 })));
}

/** The network falls silent while trials run, and comes back. */
async function outlive(run: SupervisedRun, name: string, way: SilentWay): Promise<void> {
  await run.event('trial-started', 3);
  network.fallSilent(way);
  expect(await run.event('database-silent')).toMatchObject({ device: 'cpu' });
  // Nothing runs here any more.
  const running = countOf(run, 'trial-started') - countOf(run, 'trial-finished');
  await run.event('trial-lost', running);
  for (const event of run.events) {
    if (event.kind === 'trial-lost') expect(event.because).toMatch(/^no answer from the database for \d+(\.\d)? s$/);
  }
  network.speakAgain();
  expect(await run.event('database-answers')).toMatchObject({ device: 'cpu' });
  expect(await run.end).toMatchObject({ exitCode: 0, summary: { end: 'finished' } });
  expect(countOf(run, 'worker-died')).toBe(0);
  await run.gone();
  await expectWhole(name);
}

// Each run starts several processes, on a machine that may be busy.
describe('a worker whose database accepts and says nothing', { timeout: 120_000 }, () => {
  test.each(['requests', 'replies', 'both'] as const)(
    'says so, gives up its trials, and goes on when it is answered again (%s)',
    async (way) => {
      const name = `silent-${way}`;
      await outlive(startRun(optionsFor(name)), name, way);
    },
  );

  test.runIf(hasPgbouncer).each(['requests', 'replies', 'both'] as const)(
    'does the same where a silent network lies between PgBouncer and the server (%s)',
    async (way) => {
      const name = `silent-behind-${way}`;
      const bouncer = await startPgbouncer(network.url);
      try {
        await outlive(startRun({ ...optionsFor(name), databaseUrl: bouncer.url }), name, way);
      } finally {
        await bouncer.stop();
      }
    },
  );

  test('ends at SIGTERM without it', async () => {
    const run = startRun(optionsFor('stopped-in-silence'));
    await run.event('trial-started', 2);
    network.fallSilent();
    await run.event('database-silent');
    run.signal('SIGTERM');
    expect(await run.end).toMatchObject({ summary: { by: 'SIGTERM' } });
    await run.gone();
    expect(countOf(run, 'worker-died')).toBe(0);
  });

  test('is waited for by one that starts meanwhile', async () => {
    const first = startRun(optionsFor('begun-in-silence'));
    await first.event('worker-started');
    network.fallSilent();
    await first.event('database-silent');
    process.kill(first.events.findLast((event) => event.kind === 'worker-started')!.pid!, 'SIGKILL');
    await first.event('worker-started', 2);
    expect(await first.event('database-silent', 2)).toMatchObject({ device: 'cpu' });
    network.speakAgain();
    expect(await first.end).toMatchObject({ exitCode: 0, summary: { end: 'finished' } });
    await first.gone();
    await expectWhole('begun-in-silence');
  });
});

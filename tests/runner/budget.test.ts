import { fileURLToPath } from 'node:url';
import { expect, inject, test } from 'vitest';
import type { RunOptions } from '../../src/runner/supervisor/run-study.ts';
import { pageTrials } from '../../src/storage/readers/page-trials.ts';
import { showStudy } from '../../src/storage/readers/show-study.ts';
import { useDatabase } from '../fixtures/database.ts';
import { startRun } from '../fixtures/supervised-run.ts';

const database = useDatabase();
const file = fileURLToPath(new URL('../fixtures/studies/sphere.ts', import.meta.url));

const optionsFor = (budget: RunOptions['budget']): Omit<RunOptions, 'onProgress' | 'signal'> => ({
  file,
  name: 'limited',
  budget,
  workers: 2,
  databaseUrl: database.url,
  dataDir: inject('testDataDir'),
  leaseMs: 1000,
  graceMs: 500,
});

// Each run starts several processes, on a machine that may be busy.
test('ends at its budget of steps whoever dies, and goes on with a larger one until a rule says stop', { timeout: 120_000 }, async () => {
  const killed = startRun(optionsFor({ trials: 1000, steps: 30 }));
  await killed.event('trial-finished', 4);
  killed.signal('SIGKILL');
  await killed.end;
  await killed.gone();

  const second = startRun(optionsFor({ trials: 1000, steps: 30 }));
  expect(await second.end).toMatchObject({ exitCode: 0, summary: { end: 'finished' } });
  await second.gone();
  const study = await showStudy(database.db, 'limited');
  // Three steps a trial and two at once: the tenth trial uses up the budget, and one may have begun beside it.
  expect([10, 11]).toContain(study.counts.complete);
  expect(study).toMatchObject({ state: 'complete', endedBecause: expect.stringMatching(/^the budget of 30 steps is used up/) as string });

  const third = startRun(optionsFor({ trials: 1000, stopWhen: { target: 0.2 } }));
  expect(await third.end).toMatchObject({ exitCode: 0, summary: { end: 'finished' } });
  await third.gone();
  const after = await showStudy(database.db, 'limited');
  expect(after.endedBecause).toMatch(/^trial \d+ reached the target of 0.2$/);
  expect(after.best).toBeLessThanOrEqual(0.2);
});

test('holds a parameter where it was set, and refuses to go on elsewhere under the same name', { timeout: 120_000 }, async () => {
  const held = { ...optionsFor({ trials: 3 }), name: 'held' };
  const run = startRun({ ...held, set: { x: 0.5 } });
  expect(await run.end).toMatchObject({ exitCode: 0, summary: { end: 'finished' } });
  await run.gone();
  const { items } = await pageTrials(database.db, 'held', { sort: 'number' });
  expect(items.map(({ params, value }) => ({ x: params['x'], value }))).toEqual(
    items.map(({ params }) => ({ x: 0.5, value: 0.25 + Number(params['y']) ** 2 })),
  );
  const elsewhere = startRun({ ...held, set: { x: 0.25 } });
  expect(await elsewhere.end).toMatchObject({ exitCode: 1, error: { code: 'space_changed' } });
  await elsewhere.gone();
});

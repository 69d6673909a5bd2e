import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { moduleRefOf } from '../../src/runner/study-files/module-ref.ts';
import type { WorkStudiesOptions } from '../../src/runner/supervisor/work-studies.ts';
import { pbt } from '../../src/search/samplers/index.ts';
import { toStudyDescription } from '../../src/search/study/describe-study.ts';
import type { StudyRecord } from '../../src/search/study/storage.ts';
import { cancelTrial } from '../../src/storage/commands/cancel-trial.ts';
import { removeStudy } from '../../src/storage/commands/remove-study.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { untilRow, useDatabase } from '../fixtures/database.ts';
import patient from '../fixtures/studies/patient.ts';
import sphere from '../fixtures/studies/sphere.ts';
import { startRun } from '../fixtures/supervised-run.ts';

const database = useDatabase();
const folder = mkdtempSync(join(tmpdir(), 'assay-working-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fileOf = (name: string): string => fileURLToPath(new URL(`../fixtures/studies/${name}.ts`, import.meta.url));

/** Opens a study that no worker works on. */
async function openStudy(
  name: string,
  trials: number,
  file = fileOf('sphere'),
  definition: typeof sphere | typeof patient = sphere,
): Promise<StudyRecord> {
  const described = toStudyDescription(definition as typeof sphere, await moduleRefOf(file));
  return createStorage(database.db).open({ ...described, name, budget: { trials } });
}

function optionsFor(studies: readonly string[], more: Partial<WorkStudiesOptions> = {}): WorkStudiesOptions {
  return { studies, workers: 2, databaseUrl: database.url, dataDir: inject('testDataDir'), leaseMs: 1500, graceMs: 500, ...more };
}

async function statesOf(name: string): Promise<Readonly<Record<string, number>>> {
  const { rows } = await database.db.execute<{ state: string; count: string }>(sql`
    select state, count(*) from trials join studies on studies.id = study_id where name = ${name} group by state`);
  return Object.fromEntries(rows.map(({ state, count }) => [state, Number(count)]));
}

const untilFinished = (name: string, trials: number): Promise<void> =>
  untilRow(
    database,
    `select from studies where name = '${name}' and (select count(*) from trials where study_id = studies.id and state = 'complete') = ${trials}`,
  );

describe('a worker for studies that others opened', () => {
  test('finishes all the named ones and ends', async () => {
    await openStudy('first', 5);
    await openStudy('second', 7);
    await openStudy('unnamed', 3);
    const run = startRun(optionsFor(['first', 'second']));
    expect(await run.end).toMatchObject({ exitCode: 0, summary: { end: 'finished', ended: { complete: 12 } } });
    await run.gone();
    expect([await statesOf('first'), await statesOf('second'), await statesOf('unnamed')]).toEqual([{ complete: 5 }, { complete: 7 }, {}]);
  });

  test('is refused for a study that does not exist', async () => {
    const run = startRun(optionsFor(['absent']));
    expect(await run.end).toMatchObject({ exitCode: 1, error: { code: 'not_found' } });
  });

  test('leaves a study alone whose source is another one here, says so, and takes it when the source fits', async () => {
    const file = join(folder, 'moved.ts');
    copyFileSync(fileOf('sphere'), file);
    await openStudy('moved', 4, file);
    await openStudy('fitting', 4);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, `${text}// edited here\n`);
    const run = startRun(optionsFor(['moved', 'fitting']));
    await run.event('trial-finished', 4);
    expect(await run.event('source-changed')).toMatchObject({ study: 'moved' });
    expect([await statesOf('moved'), await statesOf('fitting')]).toEqual([{}, { complete: 4 }]);
    writeFileSync(file, text);
    expect(await run.end).toMatchObject({ exitCode: 0, summary: { end: 'finished', ended: { complete: 8 } } });
    await run.gone();
    expect(run.events.filter(({ kind }) => kind === 'source-changed')).toHaveLength(1);
  });

  test('leaves a study alone that cannot be asked, says so once, works on the others, and takes it when it is mended', async () => {
    const broken = pbt({ population: 2, interval: 1, fixed: ['width'] });
    await openStudy('broken', 3, fileOf('sphere'), { ...sphere, sampler: broken, pruner: broken });
    await openStudy('whole', 4);
    const run = startRun(optionsFor(['broken', 'whole']));
    const error = { code: 'study_invalid', place: 'sampler', message: expect.stringContaining('width'), hint: 'it has x, y' };
    expect(await run.event('study-set-aside')).toEqual({ kind: 'study-set-aside', study: 'broken', error });
    await run.event('trial-finished', 4);
    expect([await statesOf('broken'), await statesOf('whole')]).toEqual([{}, { complete: 4 }]);
    await openStudy('broken', 3);
    expect(await run.end).toMatchObject({ exitCode: 0, summary: { end: 'finished', ended: { complete: 7 } } });
    await run.gone();
    expect(run.events.filter(({ kind }) => kind === 'study-set-aside' || kind === 'worker-died')).toHaveLength(1);
  });

  test('and a run of that study alone ends with what was thrown', async () => {
    const file = join(folder, 'alone.ts');
    writeFileSync(
      file,
      `import { defineStudy, float, pbt } from 'assay';
export default defineStudy({
  name: 'alone', direction: 'minimize', space: { x: float(0, 1) },
  sampler: pbt({ population: 2, interval: 1, fixed: ['width'] }),
  objective: ({ params: { x } }) => x,
});
`,
    );
    const run = startRun({ file, trials: 3, workers: 1, databaseUrl: database.url, dataDir: inject('testDataDir') });
    const error = { code: 'study_invalid', place: 'sampler', message: expect.stringContaining('width') };
    expect(await run.end).toEqual({ exitCode: 1, error });
    expect(run.events.filter(({ kind }) => kind === 'study-set-aside' || kind === 'stopping')).toEqual([]);
  });

  test('and one that cannot be asked any more is told so when what it runs has ended, by itself alone', async () => {
    const file = fileOf('patient');
    const run = startRun({
      file,
      name: 'halfway',
      trials: 4,
      workers: 2,
      databaseUrl: database.url,
      dataDir: inject('testDataDir'),
      leaseMs: 1500,
    });
    await run.event('trial-started', 2);
    const broken = pbt({ population: 2, interval: 1, fixed: ['width'] });
    const { id } = await openStudy('halfway', 4, file, { ...patient, sampler: broken, pruner: broken });
    await cancelTrial(database.db, id, 0, 'operator');
    await run.event('trial-finished');
    // The next one cannot be asked for.
    await sleep(500);
    expect(await statesOf('halfway')).toEqual({ cancelled: 1, running: 1 });
    await cancelTrial(database.db, id, 1, 'operator');
    expect(await run.end).toMatchObject({ exitCode: 1, error: { code: 'study_invalid', place: 'sampler' } });
    await run.gone();
    expect(await statesOf('halfway')).toEqual({ cancelled: 2 });
  });

  test('serves studies that are opened later, and survives one that is removed', async () => {
    const run = startRun(optionsFor([]));
    await run.event('worker-started');
    const { id } = await openStudy('later', 3);
    await untilFinished('later', 3);
    await removeStudy(database.db, id);
    await openStudy('after-that', 2);
    await untilFinished('after-that', 2);
    run.signal('SIGTERM');
    expect(await run.end).toMatchObject({ exitCode: 0, summary: { by: 'SIGTERM' } });
    await run.gone();
    expect(run.events.filter(({ kind }) => kind === 'worker-died')).toEqual([]);
  });

  test('drains at its time limit: begins nothing more, and finishes what runs', async () => {
    await openStudy('endless', 100_000);
    const run = startRun(optionsFor(['endless'], { drainAfterMs: 1500 }));
    expect(await run.end).toMatchObject({ exitCode: 0, summary: { end: 'drained', by: 'the time limit' } });
    await run.gone();
    // A trial that was taken while the limit came is given back before it begins.
    const { complete = 0, queued = 0, ...others } = await statesOf('endless');
    expect(queued).toBeLessThanOrEqual(1);
    expect(others).toEqual({});
    expect(run.events.filter(({ kind }) => kind === 'trial-finished')).toHaveLength(complete);
  });

  test('gives its trials back within the deadline after SIGTERM, and that is a good end', async () => {
    await openStudy('preempted', 2, fileOf('patient'), patient);
    const run = startRun(optionsFor(['preempted'], { drainMs: 100 }));
    await run.event('trial-started', 2);
    run.signal('SIGTERM');
    expect(await run.end).toMatchObject({ exitCode: 0, summary: { end: 'stopped', by: 'SIGTERM' } });
    await run.gone();
    expect(await statesOf('preempted')).toEqual({ queued: 2 });
  });

  test('ends a trial that never reports when a person cancels it', async () => {
    const { id } = await openStudy('silent', 1, fileOf('patient'), patient);
    // It would not end before the deadline either, nor would the trial that follows it.
    const run = startRun(optionsFor(['silent'], { workers: 1, drainMs: 100 }), { ASSAY_TEST_PATIENCE: 'deaf' });
    await run.event('trial-started');
    await cancelTrial(database.db, id, 0, 'operator');
    expect(await run.event('trial-finished')).toMatchObject({ outcome: { kind: 'cancelled' } });
    run.signal('SIGTERM');
    await run.end;
    await run.gone();
    expect(await statesOf('silent')).toMatchObject({ cancelled: 1 });
  });
});

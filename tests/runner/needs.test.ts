import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, describe, expect, inject, test } from 'vitest';
import type { RunOptions } from '../../src/runner/supervisor/run-study.ts';
import { showTrial } from '../../src/storage/readers/show-trial.ts';
import { assay } from '../e2e/assay.ts';
import { useDatabase } from '../fixtures/database.ts';
import { startRun } from '../fixtures/supervised-run.ts';

const database = useDatabase();
const folder = mkdtempSync(join(tmpdir(), 'assay-needs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const waits = 'await new Promise((resolve) => setTimeout(resolve, 50));';

/** Writes a study file whose trials have these needs and run this code. */
function study(name: string, needs: string, body = waits): string {
  const file = join(folder, `${name}.ts`);
  writeFileSync(
    file,
    `import { defineStudy, float, random } from 'assay';
export default defineStudy({
  name: '${name}', direction: 'minimize', space: { x: float(0, 1) }, sampler: random(), needs: ${needs},
  objective: async ({ params: { x }, number, runsOn }) => { ${body} return x + 0 * number * runsOn.length; },
});
`,
  );
  return file;
}

function start(file: string, more: Partial<RunOptions> = {}) {
  return startRun({ file, trials: 4, databaseUrl: database.url, dataDir: inject('testDataDir'), leaseMs: 5000, ...more });
}

async function rowsOf(name: string): Promise<{ readonly workers: readonly string[]; readonly overlapping: number }> {
  const { rows } = await database.db.execute<{ workers: string[]; overlapping: number }>(sql`
    with own as (select attempts.* from attempts join trials on trials.id = trial_id join studies on studies.id = study_id where name = ${name})
    select array_agg(distinct regexp_replace(worker, '^.*:[0-9]+:', '')) as workers,
      (select count(*)::int from own a join own b on a.trial_id < b.trial_id and a.started_at < b.ended_at and b.started_at < a.ended_at) as overlapping
    from own`);
  return rows[0]!;
}

const halfOfTheMemory = () => Math.floor((0.6 * process.availableMemory()) / 2 ** 20);

describe('a study that declares what its trials need', { timeout: 120_000 }, () => {
  test('is refused where no device has it, before it is opened, with what it lacks', async () => {
    const { code, out, err } = assay(['run', study('impossible', '{ memoryMb: 1e9 }')], {
      DATABASE_URL: database.url,
      ASSAY_DATA_DIR: folder,
    });
    expect({ code, out }).toEqual({ code: 4, out: '' });
    expect(err).toContain('the study impossible cannot run here: each of its trials needs 1000000000 MB of memory');
    expect(err).toMatch(/^hint: it declares needs: 1000000000 MB; .*--device/m);
    expect((await database.pool.query("select from studies where name = 'impossible'")).rowCount).toBe(0);
  });

  test('runs on the devices that fit, and on no other, each process with a card of its own that it takes memory of as it needs it', async () => {
    const env = '(globalThis as any).process.env';
    const sees = `${env}.CUDA_VISIBLE_DEVICES + ${env}.TF_FORCE_GPU_ALLOW_GROWTH`;
    const body = `if (${sees} !== '0true') throw new Error(${sees});`;
    const run = start(study('on-gpu', "{ device: 'gpu' }", body), { devices: ['cpu', 'gpu:0'] });
    expect(await run.end).toMatchObject({ exitCode: 0, summary: { ended: { complete: 4 } } });
    expect((await rowsOf('on-gpu')).workers).toEqual(['gpu:0']);
  });

  test.each([
    ['cores', '{ threads: 1000 }', {}],
    ['memory', `{ memoryMb: ${halfOfTheMemory()} }`, { workers: 4 }],
  ] as const)('runs one trial after the other if %s has capacity for one', async (name, needs, more) => {
    const run = start(study(`one-by-${name}`, needs), more);
    expect(await run.end).toMatchObject({ exitCode: 0, summary: { ended: { complete: 4 } } });
    expect((await rowsOf(`one-by-${name}`)).overlapping).toBe(0);
  });

  test('fails a trial whose heap grows beyond its memory, and no other', async () => {
    const body = `${waits} const kept: number[][] = []; while (number === 1) kept.push(new Array<number>(100_000).fill(1));`;
    const run = start(study('greedy', '{ memoryMb: 100 }', body), { workers: 2 });
    expect(await run.end).toMatchObject({ exitCode: 0, summary: { ended: { complete: 3, failed: 1 } } });
    expect((await showTrial(database.db, 'greedy#1')).error).toMatchObject({ code: 'out_of_memory' });
  });

  test('stays in the queue of a worker for all studies, which says so and serves the others', async () => {
    await database.pool.query("update studies set budget_trials = 6 where name in ('on-gpu', 'one-by-cores')");
    const work = startRun({ studies: [], workers: 2, databaseUrl: database.url, dataDir: inject('testDataDir') });
    expect(await work.event('study-unfit')).toMatchObject({ because: 'its trials need a gpu, and this worker computes on the cpu' });
    await work.event('trial-finished', 2);
    work.signal('SIGTERM');
    await work.end;
    expect(work.events.flatMap((event) => (event.kind === 'study-unfit' ? [event.study] : []))).toEqual(['on-gpu']);
    expect(work.events.filter((event) => event.kind === 'trial-started' && event.address.startsWith('on-gpu'))).toEqual([]);

    const named = startRun({ studies: ['on-gpu'], databaseUrl: database.url, dataDir: inject('testDataDir') });
    expect(await named.end).toMatchObject({
      error: { code: 'unavailable', message: expect.stringMatching(/^the study on-gpu cannot run here/) },
    });
  });
});

describe('a worker for named studies', { timeout: 120_000 }, () => {
  test('ends with them, also on a device that none of them can use', async () => {
    await start(study('for-cards', "{ device: 'gpu' }"), { devices: ['gpu:0'], trials: 2 }).end;
    await database.pool.query("update studies set budget_trials = 4 where name = 'for-cards'");
    const run = startRun({ studies: ['for-cards'], devices: ['cpu', 'gpu:0'], databaseUrl: database.url, dataDir: inject('testDataDir') });
    expect(await run.end).toMatchObject({ exitCode: 0, summary: { end: 'finished', ended: { complete: 2 } } });
    expect((await rowsOf('for-cards')).workers).toEqual(['gpu:0']);
  });
});

describe('an attempt', { timeout: 120_000 }, () => {
  test('keeps what it ran on: versions, processor, device, and what the objective says that computes', async () => {
    const body = `await runsOn({ executor: 'by hand', library: 'none' });
      await runsOn(number === 0 ? { library: 'abacus 1.0' } : { threads: 2 as unknown as string });`;
    const run = start(study('told', '{}', body), { trials: 2 });
    expect(await run.end).toMatchObject({ exitCode: 0, summary: { ended: { complete: 1, failed: 1 } } });
    const { attempts } = await showTrial(database.db, 'told#0');
    expect(attempts).toMatchObject([
      { sourceHash: expect.stringMatching(/^[0-9a-f]{64}$/), packagesHash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
    expect(attempts[0]!.ranOn).toEqual({
      assay: expect.stringMatching(/^\d+\.\d+\.\d+/),
      node: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
      cpu: cpus()[0]!.model.trim(),
      device: 'cpu',
      executor: 'by hand',
      library: 'abacus 1.0',
    });
    expect(assay(['trial', 'show', 'told#0'], { DATABASE_URL: database.url }).out).toMatch(/library\s+abacus 1\.0/);
    // Anything but words is refused.
    expect((await showTrial(database.db, 'told#1')).error).toMatchObject({
      code: 'trial_failed',
      message: expect.stringContaining('runsOn({ threads: 2 })'),
    });
  });
});

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { useDatabase } from '../fixtures/database.ts';
import { type SupervisedRun, startRun } from '../fixtures/supervised-run.ts';

const database = useDatabase();
const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'assay-versions-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const source = (plus: number) => `import { defineStudy, float, random } from 'assay';
export default defineStudy({
  name: 'versioned',
  direction: 'minimize',
  space: { x: float(0, 1) },
  sampler: random(),
  objective: ({ params: { x } }) => ({ value: x + ${plus}, metrics: { plus: ${plus} } }),
});
`;

/** A checkout of its own, with the packages of this one. */
function checkout(name: string, plus: number, lockOf: (text: string) => string = (text) => text): string {
  const path = join(folder, name);
  mkdirSync(join(path, 'tests'), { recursive: true });
  mkdirSync(join(path, 'studies'));
  for (const part of [
    'src',
    'configs',
    'migrations',
    'tests/fixtures/run-study.mjs',
    'tests/fixtures/built-runner.mjs',
    'package.json',
    'tsconfig.json',
  ])
    cpSync(join(root, part), join(path, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(path, 'node_modules'));
  writeFileSync(join(path, 'studies/x.ts'), source(plus));
  writeFileSync(join(path, 'package-lock.json'), lockOf(readFileSync(join(root, 'package-lock.json'), 'utf8')));
  // Found by the hash of the sources; other sources or packages have another, and get a build of their own.
  cpSync(inject('build'), join(path, 'dist', basename(inject('build'))), { recursive: true });
  return path;
}

/** As after `npm install onnxruntime-node@9.9.9`. */
function withOtherPackage(text: string): string {
  const lock = JSON.parse(text) as { packages: Record<string, { version: string }> };
  lock.packages['node_modules/onnxruntime-node']!.version = '9.9.9';
  return JSON.stringify(lock);
}

const checkouts: Record<string, string> = {};
beforeAll(() => {
  checkouts['first'] = checkout('first', 0);
  checkouts['edited'] = checkout('edited', 10);
  checkouts['updated'] = checkout('updated', 0, withOtherPackage);
});

const shared = () => ({ workers: 1, databaseUrl: database.url, dataDir: inject('testDataDir'), leaseMs: 1500, graceMs: 500 });

async function unfinished(): Promise<number> {
  const { rows } = await database.db.execute<{ count: string }>(sql`
    select coalesce(sum(budget_trials), 0) - (select count(*) from trials where state = 'complete') as count from studies`);
  return Number(rows[0]!.count);
}

describe('workers with several versions of the code on one database', { timeout: 120_000 }, () => {
  test('run what is their own, each, and say of the rest what differs', async () => {
    const opened = Object.entries(checkouts).map(([name, path]) =>
      startRun({ ...shared(), file: join(path, 'studies/x.ts'), name, trials: 1 }, {}, path),
    );
    for (const run of opened) expect(await run.end).toMatchObject({ exitCode: 0, summary: { end: 'finished' } });
    // All three name their file alike: assay:studies/x.ts.
    expect((await database.pool.query('select distinct module_url from studies')).rowCount).toBe(1);
    await database.pool.query('update studies set budget_trials = 5');

    const works: Record<string, SupervisedRun> = {};
    for (const [name, path] of Object.entries(checkouts)) works[name] = startRun({ ...shared(), studies: [] }, {}, path);
    while ((await unfinished()) > 0) await sleep(50);
    for (const work of Object.values(works)) work.signal('SIGTERM');
    for (const work of Object.values(works)) {
      await work.end;
      await work.gone();
    }

    const finishedBy = (name: string) =>
      works[name]!.events.flatMap((event) => (event.kind === 'trial-finished' ? [event.address] : [])).sort();
    const leftBy = (name: string) =>
      works[name]!.events.flatMap((event) => (event.kind === 'source-changed' ? [`${event.study}: ${event.part}`] : [])).sort();
    for (const name of Object.keys(checkouts)) expect(finishedBy(name)).toEqual([1, 2, 3, 4].map((number) => `${name}#${number}`));
    expect(leftBy('first')).toEqual(['edited: source', 'updated: packages']);
    expect(leftBy('edited')).toEqual(['first: source', 'updated: source']);
    expect(leftBy('updated')).toEqual(['edited: source', 'first: packages']);

    const { rows } = await database.db.execute(sql`
      select name, metric_values[1] as plus, count(distinct attempts.source_hash)::int as sources, count(distinct attempts.packages_hash)::int as packages,
        bool_and(attempts.source_hash = studies.source_hash and attempts.packages_hash = studies.packages_hash) as own
      from studies join trials on study_id = studies.id join attempts on trial_id = trials.id group by name, plus order by name`);
    expect(rows).toEqual([
      { name: 'edited', plus: 10, sources: 1, packages: 1, own: true },
      { name: 'first', plus: 0, sources: 1, packages: 1, own: true },
      { name: 'updated', plus: 0, sources: 1, packages: 1, own: true },
    ]);
  });

  test('take a study over by running its file: from then on the others leave it', async () => {
    const run = startRun(
      { ...shared(), file: join(checkouts['updated']!, 'studies/x.ts'), name: 'first', trials: 6 },
      {},
      checkouts['updated'],
    );
    expect(await run.end).toMatchObject({ summary: { ended: { complete: 1 } } });
    await database.pool.query('update studies set budget_trials = 7');
    const work = startRun({ ...shared(), studies: ['first'] }, {}, checkouts['first']);
    expect(await work.event('source-changed')).toMatchObject({ study: 'first', part: 'packages' });
    work.signal('SIGTERM');
    await work.end;
    await work.gone();
    expect(work.events.filter(({ kind }) => kind === 'trial-started')).toEqual([]);
  });
});

/** What a trial costs in the database, and how fast it is read back: `npm run bench:storage [-- --json]`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sql } from 'drizzle-orm';
import type { StudyDescription } from '../../src/search/study/storage.ts';
import type { Connection } from '../../src/storage/connect.ts';
import { stopEmbedded } from '../../src/storage/embedded/server.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { bestTrials } from '../../src/storage/readers/best-trials.ts';
import { listStudies } from '../../src/storage/readers/list-studies.ts';
import { pageTrials } from '../../src/storage/readers/page-trials.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { costOf } from './measure.ts';
import { type BenchRow, printRows } from './row.ts';
import { fillStudy, searchDescription } from './storage-load.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    trials: { type: 'string', default: '1000' },
    page: { type: 'string', default: '100000' },
  },
});
const workers = 4;
const trialCount = Number(flags.trials);

interface Throughput {
  readonly perSecond: number;
  readonly statements: number;
  readonly commits: number;
}

/** Workers simulated by their verbs alone: each takes, reports and finishes as a worker process does, with a memory of its own. */
async function endToEnd({ db, pool }: Connection, description: StudyDescription, reports: number): Promise<Throughput> {
  const study = await createStorage(db).open(description);
  let statements = 0;
  const counted = new WeakSet<object>();
  const count = (client: { query: (...args: never[]) => unknown }): void => {
    if (counted.has(client)) return;
    counted.add(client);
    const query = client.query.bind(client);
    client.query = (...args) => {
      statements += 1;
      return query(...args);
    };
  };
  pool.on('acquire', count as never);
  const commitsBefore = await commitsOf(db);
  const startedAtMs = performance.now();
  const work = async (worker: string): Promise<void> => {
    const storage = createStorage(db);
    for (;;) {
      const taken = await storage.take({ studies: [study.id], worker, leaseMs: 60_000 });
      if (taken.kind === 'none') return;
      const { claimed } = taken;
      const value = Object.values(claimed.params).reduce<number>((sum, x) => sum + Number(x) ** 2, 0);
      let pruned: string | null = null;
      for (let step = 1; step <= reports && pruned === null; step++) {
        const reported = await storage.report(claimed.lease, { step, value: value + 1 / step });
        if (reported.lease === 'alive' && reported.verdict.prune) pruned = reported.verdict.reason;
      }
      await storage.finish(
        claimed.lease,
        pruned === null ? { kind: 'complete', value, metrics: {} } : { kind: 'pruned', atStep: 1, reason: pruned },
      );
    }
  };
  await Promise.all(Array.from({ length: workers }, (_, i) => work(`w${i}`)));
  const seconds = (performance.now() - startedAtMs) / 1000;
  const trials = description.budget.trials;
  pool.off('acquire', count as never);
  return { perSecond: trials / seconds, statements: statements / trials, commits: ((await commitsOf(db)) - commitsBefore) / trials };
}

/** The server counts for itself; sessions hand their counts in when they are told to or idle. */
async function commitsOf(db: Connection['db']): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const { rows } = await db.execute<{ commits: string }>(
    sql`select xact_commit as commits from pg_stat_database where datname = current_database()`,
  );
  return Number(rows[0]!.commits);
}

function row(name: string, unit: string, ours: number, goal: { readonly least?: number; readonly most?: number }): BenchRow {
  const { least, most } = goal;
  const met = least !== undefined ? ours >= least : most !== undefined ? ours <= most : null;
  const text = least !== undefined ? `>= ${least} ${unit}` : most !== undefined ? `<= ${most} ${unit}` : null;
  return { name, unit, ours, peer: null, peerName: null, ratio: null, goal: text, met };
}

const dataDir = mkdtempSync(join(tmpdir(), 'assay-bench-'));
const connection = await openDatabase({ databaseUrl: process.env['DATABASE_URL'], dataDir, poolSize: workers });
try {
  const { db } = connection;
  const rows: BenchRow[] = [];
  for (const [sampler, least] of [
    ['random', 400],
    ['tpe', 300],
  ] as const) {
    const plain = await endToEnd(connection, searchDescription(`plain-${sampler}`, sampler, 'nop', trialCount), 0);
    rows.push(row(`trials end to end, ${workers} workers, ${sampler}`, '/s', plain.perSecond, { least }));
    rows.push(row(`  statements a trial, ${sampler}`, 'statements', plain.statements, { most: 8 }));
    rows.push(row(`  commits a trial, ${sampler}`, 'commits', plain.commits, { most: 4 }));
    const pruning = await endToEnd(connection, searchDescription(`pruning-${sampler}`, sampler, 'median', Math.ceil(trialCount / 4)), 10);
    rows.push(row(`the same with 10 reports and the median pruner, ${sampler}`, '/s', pruning.perSecond, { least: 100 }));
  }

  const large = await fillStudy(db, 'history', 10_000);
  rows.push(row('best trial at 10,000 trials', 'ms', (await costOf(() => bestTrials(db, 'history'), 20)).wallMs, { most: 2 }));
  const coldAsk = await costOf(() => createStorage(db).ask(large), 1, 5);
  rows.push(row('10,000 trials into a sampler, cold', 'ms', coldAsk.wallMs, { most: 150 }));
  for (let i = 0; i < 20; i++) await fillStudy(db, `list-${i}`, 850);
  await db.execute(sql`analyze`);
  rows.push(
    row('study list, 20 studies with 17,000 trials', 'ms', (await costOf(() => listStudies(db, { q: 'list-' }), 10)).wallMs, { most: 20 }),
  );
  const pages = Number(flags.page);
  await fillStudy(db, 'pages', pages);
  await db.execute(sql`analyze`);
  for (const sort of ['number', '-number', 'value', '-value', 'startedAt', '-finishedAt', 'duration', 'param:x0', '-param:x4']) {
    const first = await pageTrials(db, 'pages', { sort, limit: 100 });
    const page = () => pageTrials(db, 'pages', { sort, limit: 100, cursor: first.next ?? undefined });
    rows.push(
      row(`a page of 100 at ${pages.toLocaleString('en')} trials by ${sort}`, 'ms', (await costOf(page, 5, 5)).wallMs, { most: 10 }),
    );
  }
  printRows(rows, flags.json);
} finally {
  await connection.close();
  if (process.env['DATABASE_URL'] === undefined) await stopEmbedded({ dataDir });
  rmSync(dataDir, { recursive: true, force: true });
}

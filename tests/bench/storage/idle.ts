import { setTimeout as sleep } from 'node:timers/promises';
import { forkWorker } from '../../../src/runner/supervisor/worker-process.ts';
import type { Connection } from '../../../src/storage/connect.ts';
import { createStorage } from '../../../src/storage/storage.ts';
import { type BenchRow, goalRow } from '../row.ts';
import { searchDescription } from './load.ts';
import { findServer } from './server-time.ts';
import { commitsOf } from './throughput.ts';

const measuredMs = 60_000;
/** Sessions of workers that have just started end after ten seconds without work. */
const settlingMs = 15_000;

/**
 * What worker processes cost the database while there is nothing for them to do: the study's one trial is held by another worker, for as long
 * as this takes.
 */
export async function idle({ db, pool }: Connection, dataDir: string, workers: number): Promise<readonly BenchRow[]> {
  const server = await findServer(pool);
  const storage = createStorage(db);
  const study = await storage.open(searchDescription('idle', 'random', 'nop', 1));
  await storage.take({ studies: [study.id], worker: 'bench', leaseMs: 3_600_000 });
  const setup = {
    studies: [study.id],
    otherSource: 'end',
    inOrder: false,
    device: 'cpu',
    share: { slots: 1, cores: null, memoryMb: Number.MAX_SAFE_INTEGER },
    leaseMs: 15_000,
    graceMs: 2000,
  } as const;
  const waiting: ReturnType<typeof forkWorker>[] = [];
  try {
    for (let i = 0; i < workers; i++) {
      waiting.push(forkWorker({ ...setup, threadMemoryMb: null, measured: false, databaseUrl: null, dataDir }, () => undefined));
      if (i % 5 === 4) await listeners(pool, waiting.length);
    }
    await listeners(pool, workers);
    await sleep(settlingMs);
    const before = { commits: await commitsOf(pool), cpuMs: server?.cpuMs() ?? 0, at: performance.now() };
    await sleep(measuredMs);
    const ms = performance.now() - before.at;
    const cpu = server === null ? null : (server.cpuMs() - before.cpuMs) / ms;
    // Each statement of a worker that waits is a transaction of its own.
    const perWorker = ((await commitsOf(pool)) - before.commits) / (ms / 1000) / workers;
    const { rows } = await pool.query<{ sessions: string }>(
      `select count(*) as sessions from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`,
    );
    return [
      ...(cpu === null ? [] : [goalRow(`${workers} waiting workers: the server's processor time, of a core`, '%', 100 * cpu, { most: 5 })]),
      goalRow('  statements a second and worker', '/s', perWorker, { most: 1 }),
      goalRow('  sessions a worker', 'sessions', Number(rows[0]!.sessions) / workers, {}),
    ];
  } finally {
    for (const worker of waiting) worker.stop('release', 'the end of the benchmark');
    await Promise.all(waiting.map(({ ending }) => ending));
  }
}

/** A worker listens before it looks for work for the first time. */
async function listeners(pool: Connection['pool'], workers: number): Promise<void> {
  for (;;) {
    const { rowCount } = await pool.query(`select from pg_stat_activity where query like 'listen %'`);
    if ((rowCount ?? 0) >= workers) return;
    await sleep(200);
  }
}

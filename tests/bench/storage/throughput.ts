import type { StudyDescription } from '../../../src/search/study/storage.ts';
import type { Connection } from '../../../src/storage/connect.ts';
import { createStorage } from '../../../src/storage/storage.ts';
import { findServer } from './server-time.ts';

export interface Throughput {
  readonly perSecond: number;
  /** Of a trial, on average. */
  readonly statements: number;
  readonly commits: number;
  /** Processor time of this process, which is every client's, for a trial. */
  readonly clientMs: number;
  /** The same of the server; null where it cannot be seen. */
  readonly serverMs: number | null;
}

export interface Load {
  readonly workers: number;
  /** Reports of each trial that is not pruned. */
  readonly reports: number;
}

/** Workers simulated by their verbs alone, until the budget is used up: each takes, reports and finishes as a worker process does, with a memory of its own. */
export async function endToEnd({ db, pool }: Connection, description: StudyDescription, { workers, reports }: Load): Promise<Throughput> {
  const study = await createStorage(db).open(description);
  const server = await findServer(pool);
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
  const commitsBefore = await commitsOf(pool);
  const before = { at: performance.now(), client: process.cpuUsage(), serverMs: server?.cpuMs() };
  let trials = 0;
  const work = async (worker: string): Promise<void> => {
    const storage = createStorage(db);
    for (;;) {
      const taken = await storage.take({ studies: [study.id], worker, leaseMs: 60_000 });
      if (taken.kind === 'none') return;
      trials += 1;
      const { claimed } = taken;
      const value = Object.values(claimed.params).reduce<number>((sum, x) => sum + Number(x) ** 2, 0);
      let pruned: string | null = null;
      for (let step = 1; step <= reports && pruned === null; step++) {
        const reported = await storage.report(claimed.lease, { step, value: value + 1 / step });
        if (reported.lease === 'alive' && reported.decision.prune) pruned = reported.decision.reason;
      }
      await storage.finish(
        claimed.lease,
        pruned === null ? { kind: 'complete', value, metrics: {} } : { kind: 'pruned', atStep: 1, reason: pruned },
      );
    }
  };
  await Promise.all(Array.from({ length: workers }, (_, i) => work(`w${i}`)));
  const seconds = (performance.now() - before.at) / 1000;
  const { user, system } = process.cpuUsage(before.client);
  const serverMs = server === null ? null : (server.cpuMs() - before.serverMs!) / trials;
  pool.off('acquire', count as never);
  return {
    perSecond: trials / seconds,
    statements: statements / trials,
    commits: ((await commitsOf(pool)) - commitsBefore) / trials,
    clientMs: (user + system) / 1000 / trials,
    serverMs,
  };
}

/** The server counts for itself; sessions hand their counts in when they are told to or idle. */
export async function commitsOf(pool: Connection['pool']): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const { rows } = await pool.query<{ commits: string }>(
    'select xact_commit as commits from pg_stat_database where datname = current_database()',
  );
  return Number(rows[0]!.commits);
}

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../../src/core/errors.ts';
import { createRng } from '../../src/core/rng.ts';
import { type PersistOptions, persist } from '../../src/runner/worker/persistent-storage.ts';
import { attachEmbedded, stopEmbedded } from '../../src/storage/embedded/server.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { startNetwork } from '../fixtures/network.ts';
import { mountDisk } from '../fixtures/small-disk.ts';
import { type SupervisedRun, startRun } from '../fixtures/supervised-run.ts';
import { injectFaults, resumePaused } from './faults.ts';
import { followThrough } from './follower.ts';
import { remainsOf, violationsOf } from './invariants.ts';
import { prepareLedger } from './ledger-writer.ts';

export interface ChaosOptions {
  readonly seed: number;
  /** For so long things break; then the study that is under way is finished in peace. */
  readonly faultsMs: number;
  /** Of each study; one follows the other while things break. */
  readonly trials: number;
  readonly say: (line: string) => void;
}

export interface ChaosResult {
  readonly faults: Readonly<Record<string, number>>;
  readonly skipped: readonly string[];
  readonly studies: number;
  readonly ledgerRecords: number;
  readonly violations: readonly string[];
}

const file = fileURLToPath(new URL('./study.ts', import.meta.url));
const workers = 4;
const leaseMs = 2000;
/** Between two faults, on average. */
const gapMs = 500;
/** Undisturbed workers that need longer have lost something. */
const peaceMs = 180_000;
/** Whoever follows a study that is over is told so within this. */
const farewellMs = 60_000;

/** Supervisors with a worker each, broken in every way we know of, and what is left of it. */
export async function runChaos({ seed, faultsMs, trials, say }: ChaosOptions): Promise<ChaosResult> {
  process.env['ASSAY_DISK_RESERVE_MB'] = '1';
  const dataDir = mkdtempSync(join(tmpdir(), 'assay-chaos-'));
  mkdirSync(join(dataDir, 'artifacts'));
  const unmount = mountDisk(join(dataDir, 'artifacts'), 8 * 2 ** 20);
  const server = await attachEmbedded({ dataDir });
  const connection = await openDatabase({ dataDir });
  const network = await startNetwork(server.url);
  const slots = new Map<number, SupervisedRun>();
  const quiet = new AbortController();
  const stopFaults = setTimeout(() => quiet.abort(), faultsMs);
  const env = { DATABASE_URL: '' };
  const violations: string[] = [];
  const reasons = new Map<string, number>();

  /** One of the four: whoever ends before the study does is started again. */
  const work = async (slot: number, name: string, over: AbortSignal): Promise<void> => {
    while (!over.aborted) {
      const run = startRun(
        { file, name, trials, seed, workers: 2, databaseUrl: network.url, dataDir, leaseMs, graceMs: 300, drainMs: 300 },
        env,
      );
      slots.set(slot, run);
      const end = await run.end;
      slots.delete(slot);
      const reason = end.error === undefined ? `ended: ${end.summary?.end ?? 'killed'}` : `gave up: ${end.error.code}`;
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      await run.gone();
      if (end.summary?.end === 'finished') return;
    }
  };

  const writeLedger = await prepareLedger(connection.db, dataDir);
  const ledger = writeLedger(network.url, quiet.signal);
  const injected = injectFaults(
    {
      rng: createRng(seed).fork('faults'),
      dataDir,
      connection,
      network,
      leaseMs,
      smallDisk: unmount !== null,
      supervisors: () => [...slots.values()],
      workers: () =>
        [...slots.values()].flatMap(({ events }) => {
          const worker = events.findLast((event) => event.kind === 'worker-started');
          return worker?.kind === 'worker-started' && worker.pid !== undefined ? [worker.pid] : [];
        }),
    },
    { gapMs, signal: quiet.signal },
  );

  const inChaos: PersistOptions = {
    patienceMs: peaceMs,
    revive: async () => (await attachEmbedded({ dataDir })).release(),
    onRetry: () => undefined,
  };
  let studies = 0;
  let threads = 0;
  try {
    while (!quiet.signal.aborted) {
      const name = `chaos-${studies}`;
      studies += 1;
      const over = new AbortController();
      const leaving = new AbortController();
      const followed = followThrough(connection.db, network.url, name, { signal: leaving.signal, persistence: inChaos }).catch(
        (error: unknown) => [`${name}: following it failed: ${messageOf(error)}`],
      );
      const done = (async () => {
        // Who is paused keeps no worker waiting: they come again until nobody is.
        do await Promise.all(Array.from({ length: workers }, (_, slot) => work(slot, name, over.signal)));
        while (!over.signal.aborted && (await persist(() => resumePaused(connection.db, name), inChaos)) > 0);
      })();
      const overdue = (async () => {
        await new Promise((resolve) => (quiet.signal.aborted ? resolve(null) : quiet.signal.addEventListener('abort', resolve)));
        await sleep(peaceMs, undefined, { signal: over.signal, ref: false });
        violations.push(`${name} was not finished ${peaceMs / 1000} s after the last fault`);
        over.abort();
        for (const run of slots.values()) run.signal('SIGKILL');
      })().catch(() => undefined);
      await done;
      over.abort();
      await overdue.catch(() => undefined);
      const patience = setTimeout(() => leaving.abort(), farewellMs);
      violations.push(...(await followed));
      clearTimeout(patience);
      violations.push(...(await violationsOf(connection.db, name, trials)));
      threads += Array.from({ length: trials }, (_, number) => number).filter((number) => number % 25 === 7).length;
      say(`${name}: ${trials} trials finished, ${violations.length} violations so far`);
    }
    const counts = await injected;
    const acknowledged = await ledger;
    violations.push(...(await remainsOf(connection.db, dataDir, acknowledged)));
    for (const [reason, count] of reasons) say(`supervisors ${reason}: ${count}`);
    return {
      faults: { ...Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))), 'thread ended by its own code': threads },
      skipped: unmount === null ? ['disk filled: this user may not mount a small one'] : [],
      studies,
      ledgerRecords: acknowledged.length,
      violations,
    };
  } finally {
    quiet.abort();
    clearTimeout(stopFaults);
    for (const run of slots.values()) run.signal('SIGKILL');
    await Promise.allSettled([injected, ledger]);
    await network.close();
    await connection.close();
    await server.release();
    await stopEmbedded({ dataDir });
    unmount?.();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../../src/core/errors.ts';
import { createRng } from '../../src/core/rng.ts';
import { moduleRefOf } from '../../src/runner/study-files/module-ref.ts';
import type { RunOptions } from '../../src/runner/supervisor/run-study.ts';
import type { WorkStudiesOptions } from '../../src/runner/supervisor/work-studies.ts';
import { type PersistOptions, persist } from '../../src/runner/worker/persistent-storage.ts';
import type { StudyDefinition } from '../../src/search/study/define-study.ts';
import { toStudyDescription } from '../../src/search/study/describe-study.ts';
import { attachEmbedded, stopEmbedded } from '../../src/storage/embedded/server.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { startNetwork } from '../fixtures/network.ts';
import { mountDisk } from '../fixtures/small-disk.ts';
import { type SupervisedRun, startRun } from '../fixtures/supervised-run.ts';
import { injectFaults, resumePaused } from './faults.ts';
import { followThrough } from './follower.ts';
import { type Planned, remainsOf, violationsOf } from './invariants.ts';
import { prepareLedger } from './ledger-writer.ts';
import { openPages } from './pages.ts';
import promotingStudy, { unbroken as unbrokenOrPruned } from './promoting.ts';
import { countPromotions, recordPromotions } from './promotions.ts';
import study, { endsItsThread, unbroken } from './study.ts';

export interface ChaosOptions {
  readonly seed: number;
  /** For so long things break; then the study that is under way is finished in peace. */
  readonly faultsMs: number;
  /** Of each study; one follows the other while things break, and beside each goes one of half as many whose pruner promotes. */
  readonly trials: number;
  /** True: pages of each study are open in a browser from its beginning, and must show the database's counts in the end. */
  readonly page?: boolean;
  readonly say: (line: string) => void;
}

export interface ChaosResult {
  readonly faults: Readonly<Record<string, number>>;
  readonly skipped: readonly string[];
  readonly studies: number;
  readonly ledgerRecords: number;
  /** Trials that waited at a rung and were let go on. */
  readonly promotions: number;
  /** Null: none were asked for. */
  readonly pages: { readonly opened: number; readonly refused: number } | null;
  readonly violations: readonly string[];
}

interface Plan extends Planned {
  readonly name: string;
  readonly file: string;
  readonly definition: StudyDefinition<{ readonly x: number }>;
}

const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
/** Half of them run the study file, the others work on both studies. */
const workers = 4;
const leaseMs = 2000;
/** Between two faults, on average. */
const gapMs = 500;
/** Undisturbed workers that need longer have lost something. */
const peaceMs = 180_000;
/** Whoever follows a study that is over is told so within this. */
const farewellMs = 60_000;

/** Supervisors with a worker each, broken in every way we know of, and what is left of it. */
export async function runChaos({ seed, faultsMs, trials, page = false, say }: ChaosOptions): Promise<ChaosResult> {
  process.env['ASSAY_DISK_RESERVE_MB'] = '1';
  const dataDir = mkdtempSync(join(tmpdir(), 'assay-chaos-'));
  mkdirSync(join(dataDir, 'artifacts'));
  const unmount = mountDisk(join(dataDir, 'artifacts'), 8 * 2 ** 20);
  const server = await attachEmbedded({ dataDir });
  const connection = await openDatabase({ dataDir });
  const network = await startNetwork(server.url);
  const pages = page ? await openPages({ databaseUrl: network.url, dataDir }) : null;
  const slots = new Map<number, SupervisedRun>();
  const quiet = new AbortController();
  const stopFaults = setTimeout(() => quiet.abort(), faultsMs);
  const env = { DATABASE_URL: '' };
  const violations: string[] = [];
  const reasons = new Map<string, number>();

  /** One of the four: whoever ends before the studies do is started again. */
  const work = async (
    slot: number,
    whatFor: Pick<RunOptions, 'file' | 'name' | 'trials' | 'seed'> | Pick<WorkStudiesOptions, 'studies'>,
    over: AbortSignal,
  ): Promise<void> => {
    while (!over.aborted) {
      const run = startRun({ ...whatFor, workers: 2, databaseUrl: network.url, dataDir, leaseMs, graceMs: 300, drainMs: 300 }, env);
      slots.set(slot, run);
      const end = await run.end;
      slots.delete(slot);
      const reason = end.error === undefined ? `ended: ${end.summary?.end ?? 'killed'}` : `gave up: ${end.error.code}`;
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      await run.gone();
      if (end.summary?.end === 'finished') return;
    }
  };

  await recordPromotions(connection.db);
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
  const open = async ({ name, file, definition, trials }: Plan): Promise<unknown> => {
    const described = toStudyDescription(definition, await moduleRefOf(file));
    return persist(() => createStorage(connection.db).open({ ...described, name, seed, budget: { trials } }), inChaos);
  };

  /** From their first trials to what is wrong with them at their ends. */
  const finishStudies = async (broken: Plan, promoting: Plan): Promise<void> => {
    const plans = [broken, promoting];
    const names = plans.map(({ name }) => name);
    const [fromFile, onBoth] = [{ file: broken.file, name: broken.name, trials: broken.trials, seed }, { studies: names }];
    await Promise.all(plans.map(open));
    const shown = await pages?.open(broken.name);
    const over = new AbortController();
    const leaving = new AbortController();
    const followed = names.map((name) =>
      followThrough(connection.db, network.url, name, { signal: leaving.signal, persistence: inChaos }).catch((error: unknown) => [
        `${name}: following it failed: ${messageOf(error)}`,
      ]),
    );
    const resumed = async (): Promise<number> => {
      const counts = await Promise.all(names.map((name) => persist(() => resumePaused(connection.db, name), inChaos)));
      return counts.reduce((sum, count) => sum + count, 0);
    };
    const done = (async () => {
      // No worker waits for paused trials: workers are started again until none is paused.
      do await Promise.all(Array.from({ length: workers }, (_, slot) => work(slot, slot % 2 === 0 ? fromFile : onBoth, over.signal)));
      while (!over.signal.aborted && (await resumed()) > 0);
    })();
    let overdue: NodeJS.Timeout | undefined;
    const allowPeace = (): void => {
      overdue = setTimeout(() => {
        violations.push(`${names.join(' and ')} were not finished ${peaceMs / 1000} s after the last fault`);
        over.abort();
        for (const run of slots.values()) run.signal('SIGKILL');
      }, peaceMs);
    };
    if (quiet.signal.aborted) allowPeace();
    else quiet.signal.addEventListener('abort', allowPeace, { once: true, signal: over.signal });
    await done;
    over.abort();
    clearTimeout(overdue);
    const patience = setTimeout(() => leaving.abort(), farewellMs);
    violations.push(...(await Promise.all(followed)).flat());
    clearTimeout(patience);
    violations.push(...((await shown?.close(connection.db, inChaos)) ?? []));
    for (const plan of plans) {
      violations.push(...(await violationsOf(connection.db, plan.name, plan)));
      say(`${plan.name}: ${plan.trials} trials finished, ${violations.length} violations so far`);
    }
  };

  let studies = 0;
  let threads = 0;
  try {
    for (let round = 0; !quiet.signal.aborted; round++) {
      await finishStudies(
        { name: `chaos-${round}`, file: fileOf('study.ts'), definition: study, trials, unbroken },
        {
          name: `promoting-${round}`,
          file: fileOf('promoting.ts'),
          definition: promotingStudy,
          trials: Math.ceil(trials / 2),
          unbroken: unbrokenOrPruned,
        },
      );
      studies += 2;
      threads += Array.from({ length: trials }, (_, number) => number).filter(endsItsThread).length;
    }
    const counts = await injected;
    const acknowledged = await ledger;
    violations.push(...(await remainsOf(connection.db, dataDir, acknowledged)));
    const promotions = await countPromotions(connection.db);
    for (const [reason, count] of reasons) say(`supervisors ${reason}: ${count}`);
    return {
      faults: { ...Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))), 'thread ended by its own code': threads },
      skipped: unmount === null ? ['disk filled: this user may not mount a small one'] : [],
      studies,
      ledgerRecords: acknowledged.length,
      promotions,
      pages: pages?.seen() ?? null,
      violations,
    };
  } finally {
    quiet.abort();
    clearTimeout(stopFaults);
    for (const run of slots.values()) run.signal('SIGKILL');
    await Promise.allSettled([injected, ledger]);
    await pages?.close();
    await network.close();
    await connection.close();
    await server.release();
    await stopEmbedded({ dataDir });
    unmount?.();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

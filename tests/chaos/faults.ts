import { closeSync, existsSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Rng } from '../../src/core/rng.ts';
import { pauseTrial } from '../../src/storage/commands/pause-trial.ts';
import { resumeTrial } from '../../src/storage/commands/resume-trial.ts';
import type { Connection } from '../../src/storage/connect.ts';
import { attachEmbedded, embeddedStatus } from '../../src/storage/embedded/server.ts';
import type { Network } from '../fixtures/network.ts';

/** Targets of faults. */
export interface Victims {
  readonly rng: Rng;
  readonly dataDir: string;
  /** Straight to the server, past the network. */
  readonly connection: Connection;
  readonly network: Network;
  readonly leaseMs: number;
  /** Process ids of living worker processes. */
  readonly workers: () => readonly number[];
  readonly supervisors: () => readonly { readonly signal: (signal: NodeJS.Signals) => void }[];
  /** Whether artifacts lie on a disk of their own that may be filled. */
  readonly smallDisk: boolean;
}

/** Resolves to the number of hits (0: no target; not counted). */
type Fault = (victims: Victims) => Promise<number>;

const oneOf = <T>(rng: Rng, all: readonly T[]): T | undefined => all[rng.int(Math.max(1, all.length))];

/** Returns false if the process ended before the signal. */
function strike(pid: number | undefined, signal: NodeJS.Signals): number {
  if (pid === undefined) return 0;
  try {
    process.kill(pid, signal);
    return 1;
  } catch {
    return 0;
  }
}

const killWorker =
  (signal: NodeJS.Signals): Fault =>
  async ({ rng, workers }) =>
    strike(oneOf(rng, workers()), signal);

const strikeSupervisor =
  (signal: NodeJS.Signals): Fault =>
  async ({ rng, supervisors }) => {
    const victim = oneOf(rng, supervisors());
    victim?.signal(signal);
    return victim === undefined ? 0 : 1;
  };

async function backendsOf({ db }: Connection): Promise<readonly number[]> {
  const { rows } = await db.execute<{ pid: number }>(sql`
    select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`);
  return rows.map(({ pid }) => pid);
}

/** By kind, each with its weight. */
export const faults: Readonly<Record<string, readonly [weight: number, fault: Fault]>> = {
  'worker SIGKILL': [6, killWorker('SIGKILL')],
  'worker SIGSEGV': [3, killWorker('SIGSEGV')],
  'worker SIGABRT': [3, killWorker('SIGABRT')],
  'worker frozen beyond its lease': [
    3,
    async ({ rng, workers, leaseMs }) => {
      const pid = oneOf(rng, workers());
      const hit = strike(pid, 'SIGSTOP');
      // It wakes as a zombie: its trials may have gone on elsewhere.
      if (hit > 0) setTimeout(() => strike(pid, 'SIGCONT'), leaseMs + 1000);
      return hit;
    },
  ],
  'supervisor SIGKILL': [4, strikeSupervisor('SIGKILL')],
  'supervisor SIGTERM': [3, strikeSupervisor('SIGTERM')],
  'backend terminated': [
    5,
    async ({ rng, connection }) => {
      const pid = oneOf(rng, await backendsOf(connection));
      if (pid === undefined) return 0;
      await connection.db.execute(sql`select pg_terminate_backend(${pid})`);
      return 1;
    },
  ],
  'backend SIGKILL': [2, async ({ rng, connection }) => strike(oneOf(rng, await backendsOf(connection)), 'SIGKILL')],
  'server restarted at once': [
    2,
    async ({ dataDir }) => {
      const { pid } = await embeddedStatus({ dataDir });
      const hit = strike(pid, 'SIGQUIT');
      await sleep(200);
      await (await attachEmbedded({ dataDir })).release();
      return hit;
    },
  ],
  'trial paused by a person': [
    4,
    async ({ rng, connection: { db } }) => {
      const { rows } = await db.execute<{ study_id: number; number: number }>(sql`
        select study_id, number from trials where state in ('queued', 'running') order by study_id, number`);
      const trial = oneOf(rng, rows);
      if (trial === undefined) return 0;
      await pauseTrial(db, trial.study_id, trial.number, 'chaos');
      return 1;
    },
  ],
  'connections cut': [4, async ({ network }) => Math.min(1, network.cut())],
  'replies lost': [5, async ({ network }) => Math.min(1, network.loseReplies())],
  'replies delayed': [
    4,
    async ({ rng, network }) => {
      network.delayReplies(50 + rng.int(1500));
      setTimeout(() => network.delayReplies(0), 1500);
      return 1;
    },
  ],
  ...Object.fromEntries(
    (['requests', 'replies', 'both'] as const).map((way) => [
      way === 'both' ? 'network silent' : `network silent for ${way}`,
      [
        2,
        async ({ rng, network, leaseMs }) => {
          if (network.isSilent()) return 0;
          const hit = network.fallSilent(way);
          // Some holes are shorter than a lease, and some outlast it: then every trial behind them is given up.
          setTimeout(() => network.speakAgain(), leaseMs / 2 + rng.int(3 * leaseMs));
          return Math.min(1, hit);
        },
      ] satisfies readonly [number, Fault],
    ]),
  ),
  'disk filled': [
    3,
    async ({ dataDir, smallDisk }) => {
      const ballast = join(dataDir, 'artifacts', 'ballast');
      if (!smallDisk || existsSync(ballast)) return 0;
      fill(ballast);
      setTimeout(() => rmSync(ballast, { force: true }), 1500);
      return 1;
    },
  ],
};

function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (;;) writeSync(file, Buffer.alloc(65_536));
  } catch {
    // Full: that was the aim.
  } finally {
    closeSync(file);
  }
}

/** Resumes every paused trial of a study. Returns their number. */
export async function resumePaused(db: Connection['db'], study: string): Promise<number> {
  const { rows } = await db.execute<{ study_id: number; number: number }>(sql`
    select study_id, number from trials join studies on studies.id = study_id where name = ${study} and state = 'paused'`);
  for (const { study_id, number } of rows) await resumeTrial(db, study_id, number);
  return rows.length;
}

/** Faults at random moments until the signal; how many by kind. */
export async function injectFaults(
  victims: Victims,
  { gapMs, signal }: { readonly gapMs: number; readonly signal: AbortSignal },
): Promise<ReadonlyMap<string, number>> {
  const { rng } = victims;
  const counts = new Map<string, number>();
  const bag = Object.entries(faults).flatMap(([kind, [weight]]) => Array.from({ length: weight }, () => kind));
  while (!signal.aborted) {
    await sleep(rng.int(2 * gapMs), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    const kind = bag[rng.int(bag.length)]!;
    // The faults themselves meet faults: a look at a server that was just killed hits nothing.
    const hit = await faults[kind]![1](victims).catch(() => 0);
    if (hit > 0) counts.set(kind, (counts.get(kind) ?? 0) + hit);
  }
  victims.network.delayReplies(0);
  victims.network.speakAgain();
  return counts;
}

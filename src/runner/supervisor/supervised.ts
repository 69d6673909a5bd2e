import { requireSpace } from '../../core/free-space.ts';
import type { Device } from '../../search/study/trial-context.ts';
import type { Connection } from '../../storage/connect.ts';
import { databaseFault } from '../../storage/database-fault.ts';
import { openDatabase } from '../../storage/open.ts';
import type { StoppingEvent } from '../events.ts';
import { type Control, takeControl } from '../stop/control.ts';
import type { WorkerSetup } from '../worker/messages.ts';

/** Options common to all supervisors. */
export interface SupervisedOptions {
  /** Where data sets, artifacts, caches and the embedded server live. */
  readonly dataDir: string;
  /** Default: the environment's DATABASE_URL, else the embedded server. */
  readonly databaseUrl?: string | undefined;
  /** Used and left open. Default: a new connection, closed after the work. */
  readonly connection?: Connection | undefined;
  /** Default: the CPU. */
  readonly devices?: readonly Device[] | undefined;
  /** Threads per device. Default: the machine's cores, divided among the devices. */
  readonly workers?: number | undefined;
  /** Time after which a silent worker loses its trials. */
  readonly leaseMs?: number | undefined;
  /** Time between a stop and the end of a trial's thread. */
  readonly graceMs?: number | undefined;
  /** Time that trials have after SIGTERM before they go back to the queue. */
  readonly drainMs?: number | undefined;
  readonly threadMemoryMb?: number | undefined;
  /** True if the workers send their statistics as `statistics` events. */
  readonly measured?: boolean | undefined;
  /** Drains when aborted. Default: the process's signals, during the work. */
  readonly signal?: AbortSignal | undefined;
}

/** The part of a worker's setup that does not depend on its studies. */
export type CommonSetup = Pick<WorkerSetup, 'leaseMs' | 'graceMs' | 'measured' | 'databaseUrl' | 'dataDir'>;

export interface RunContext {
  readonly connection: Connection;
  readonly control: Control;
  readonly setup: CommonSetup;
}

export interface Watch {
  /** Drains after this time: no new trials, the running ones finish. */
  readonly timeoutMs: number | undefined;
  readonly onStop: (event: StoppingEvent) => void;
}

/**
 * Runs `work` with a database connection and a control of stop requests, and releases both afterwards.
 * @throws AssayError `disk_full`, `database_unavailable`, and the errors of `work`.
 */
export async function supervised<Result>(
  { dataDir, databaseUrl, connection: given, leaseMs = 15_000, graceMs = 2000, measured = false, drainMs, signal }: SupervisedOptions,
  { timeoutMs, onStop }: Watch,
  work: (around: RunContext) => Promise<Result>,
): Promise<Result> {
  await requireSpace(dataDir, 0);
  const connection = given ?? (await openDatabase({ databaseUrl, dataDir, poolSize: 1 }));
  const control = takeControl({ signal, timeoutMs, drainMs, onStop: (request, by) => onStop({ kind: 'stopping', request, by }) });
  try {
    return await work({ connection, control, setup: { leaseMs, graceMs, measured, databaseUrl: databaseUrl ?? null, dataDir } });
  } catch (error) {
    throw databaseFault(error) ?? error;
  } finally {
    control.dispose();
    if (given === undefined) await connection.close();
  }
}

import { requireSpace } from '../../core/free-space.ts';
import type { Device } from '../../search/study/trial-context.ts';
import type { Connection } from '../../storage/connect.ts';
import { databaseFault } from '../../storage/database-fault.ts';
import { openDatabase } from '../../storage/open.ts';
import { type Control, takeControl } from '../stop/control.ts';
import type { StopRequest } from '../stop/stop-state.ts';
import type { WorkerSetup } from '../worker/events.ts';

/** What every supervisor is told of its work. */
export interface SupervisedOptions {
  /** Where data sets, artifacts, caches and the embedded server live. */
  readonly dataDir: string;
  /** Else the environment's DATABASE_URL, else the embedded server. */
  readonly databaseUrl?: string | undefined;
  /** Used and left open; where there is none, one is opened for the length of the work. */
  readonly connection?: Connection | undefined;
  /** By default the processor alone. */
  readonly devices?: readonly Device[] | undefined;
  /** Threads per device; by default the machine's cores, shared out among the devices. */
  readonly workers?: number | undefined;
  /** How long a silent worker keeps its trials. */
  readonly leaseMs?: number | undefined;
  /** How long a trial may take to heed a stop before its thread is ended. */
  readonly graceMs?: number | undefined;
  /** How long trials may go on after SIGTERM before they go back to the queue. */
  readonly drainMs?: number | undefined;
  readonly threadMemoryMb?: number | undefined;
  /** Whether the workers measure themselves: `figures` events. */
  readonly measured?: boolean | undefined;
  /** Drains when aborted. Without one, the process's own signals are obeyed for the length of the work. */
  readonly signal?: AbortSignal | undefined;
}

export interface StoppingEvent {
  readonly kind: 'stopping';
  readonly order: StopRequest;
  readonly by: string;
}

/** The part of a worker's setup that is the same whatever it works on. */
export type CommonSetup = Pick<WorkerSetup, 'leaseMs' | 'graceMs' | 'measured' | 'databaseUrl' | 'dataDir'>;

export interface RunContext {
  readonly connection: Connection;
  readonly control: Control;
  readonly setup: CommonSetup;
}

export interface Watch {
  /** No new trials after this long; the running ones finish. */
  readonly timeoutMs: number | undefined;
  readonly onStop: (event: StoppingEvent) => void;
}

/**
 * Work with a database and a control over its stopping, both given back afterwards.
 * @throws AssayError `disk_full`, `database_unavailable`, and what the work throws.
 */
export async function supervised<Result>(
  { dataDir, databaseUrl, connection: given, leaseMs = 15_000, graceMs = 2000, measured = false, drainMs, signal }: SupervisedOptions,
  { timeoutMs, onStop }: Watch,
  work: (around: RunContext) => Promise<Result>,
): Promise<Result> {
  await requireSpace(dataDir, 0);
  const connection = given ?? (await openDatabase({ databaseUrl, dataDir, poolSize: 1 }));
  const control = takeControl({ signal, timeoutMs, drainMs, onStop: (order, by) => onStop({ kind: 'stopping', order, by }) });
  try {
    return await work({ connection, control, setup: { leaseMs, graceMs, measured, databaseUrl: databaseUrl ?? null, dataDir } });
  } catch (error) {
    throw databaseFault(error) ?? error;
  } finally {
    control.dispose();
    if (given === undefined) await connection.close();
  }
}

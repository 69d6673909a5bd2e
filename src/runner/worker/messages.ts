import type { StudyId } from '../../search/study/storage.ts';
import type { Device } from '../../search/study/trial-context.ts';
import type { Fault, WorkerEvent } from '../events.ts';
import type { Share } from '../machine/capacity.ts';
import type { StopRequest } from '../stop/stop-state.ts';

/** How a worker ended without an error. */
export type WorkEnd = 'finished' | 'drained' | 'stopped' | 'source-changed';

/** Messages from a worker process to its supervisor. */
export type FromWorker =
  | { readonly kind: 'event'; readonly event: WorkerEvent }
  | { readonly kind: 'ended'; readonly end: WorkEnd }
  | { readonly kind: 'fatal'; readonly error: Fault };

/** Messages from a supervisor to its worker process. */
export type ToWorker =
  | { readonly kind: 'start'; readonly setup: WorkerSetup }
  | { readonly kind: 'stop'; readonly request: StopRequest; readonly by: string };

/** Settings of a worker process. */
export interface WorkerSetup {
  /** Studies to work on (null: all of the database, including those created later). */
  readonly studies: readonly StudyId[] | null;
  /** What to do if a study's source differs here: end, or leave its trials in the queue. */
  readonly otherSource: 'end' | 'leave';
  /** True if no trial begins while another one is unfinished, also one of a worker that died: see `WorkOptions`. */
  readonly inOrder: boolean;
  readonly device: Device;
  /** The part of the machine that the process may use. */
  readonly share: Share;
  readonly leaseMs: number;
  readonly graceMs: number;
  readonly threadMemoryMb: number | null;
  /** True if the worker sends its statistics as `statistics` events. */
  readonly measured: boolean;
  /** (null: the environment's DATABASE_URL, else the embedded server) */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
}

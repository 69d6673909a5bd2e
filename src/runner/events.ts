import type { StudyId, StudyRecord } from '../search/study/storage.ts';
import type { Device } from '../search/study/trial-context.ts';
import type { Outcome, TrialFailure } from '../search/trial/trial.ts';
import type { StopRequest } from './stop/stop-state.ts';
import type { MetricsText } from './telemetry/worker-statistics.ts';

/** Events of a worker in chronological order; plain data, sent from the worker process to its supervisor. */
export type WorkerEvent =
  | { readonly kind: 'trial-started'; readonly address: string; readonly attempt: number }
  /** The attempt resumes from the checkpoint that an earlier one saved after this step. */
  | { readonly kind: 'trial-resumed'; readonly address: string; readonly step: number }
  | { readonly kind: 'trial-finished'; readonly address: string; readonly outcome: Outcome; readonly durationMs: number }
  /** Given back to the queue; the trial resumes elsewhere or later. */
  | { readonly kind: 'trial-released'; readonly address: string; readonly because: string }
  /** The trial waits for a person to resume it or for the pruner to advance it. */
  | { readonly kind: 'trial-paused'; readonly address: string; readonly because: string }
  /** The attempt is void: its lease is lost to another worker or the trial was ended, as the database says, or for the reason `because`. */
  | { readonly kind: 'trial-lost'; readonly address: string; readonly because?: string }
  /** Trials of a silent worker, requeued or failed. */
  | { readonly kind: 'reaped'; readonly study: StudyId; readonly requeued: readonly number[]; readonly failed: readonly number[] }
  /** The study's source or packages differ from those here: its trials stay in the queue. */
  | { readonly kind: 'source-changed'; readonly study: string; readonly url: string; readonly part: 'source' | 'packages' }
  /** The study needs more than this worker has: its trials stay in the queue. */
  | { readonly kind: 'study-unfit'; readonly study: string; readonly because: string }
  /** The study's sampler, pruner or space threw at an ask: back-off begins. */
  | { readonly kind: 'study-set-aside'; readonly study: string; readonly error: Fault }
  /** Nothing can be taken while these studies are paused: the worker waits until one is resumed. */
  | { readonly kind: 'studies-paused'; readonly studies: readonly string[] }
  /** Nothing can be taken while these studies are frozen: the worker waits until the freeze of their group is lifted. */
  | { readonly kind: 'studies-frozen'; readonly studies: readonly string[] }
  /** The database did not answer; the worker retries. `repeated`: the same message was reported recently. */
  | { readonly kind: 'database-retry'; readonly message: string; readonly repeated?: boolean }
  /** No answer for a whole lease: the running trials are given up, and the worker keeps retrying. */
  | { readonly kind: 'database-silent'; readonly device: Device; readonly silentMs: number; readonly because: string }
  /** First answer after such a silence. */
  | { readonly kind: 'database-answers'; readonly device: Device; readonly silentMs: number }
  /** The worker's statistics, every few seconds if they are wanted. */
  | { readonly kind: 'statistics'; readonly device: Device; readonly metrics: MetricsText }
  /** A line printed by a study's code, or an error outside any trial. */
  | { readonly kind: 'log'; readonly text: string };

/** Events of a supervisor: those of its workers, and what became of their processes. */
export type SupervisorEvent =
  | WorkerEvent
  | { readonly kind: 'worker-started'; readonly device: Device; readonly pid: number | undefined }
  | { readonly kind: 'worker-died'; readonly device: Device; readonly because: string; readonly restartInMs: number };

/** A stop was requested; `by` names its source. */
export interface StoppingEvent {
  readonly kind: 'stopping';
  readonly request: StopRequest;
  readonly by: string;
}

/** Events of `assay run`. */
export type RunEvent =
  | SupervisorEvent
  | StoppingEvent
  | { readonly kind: 'study-opened'; readonly study: StudyRecord; readonly notes: readonly string[] };

/** An error as plain data, for messages between processes. */
export type Fault = TrialFailure & { readonly place?: string };

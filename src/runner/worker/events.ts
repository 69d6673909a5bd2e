import type { StudyId } from '../../search/study/storage.ts';
import type { Device } from '../../search/study/trial-context.ts';
import type { Outcome, TrialFailure } from '../../search/trial/trial.ts';
import type { Share } from '../machine/capacity.ts';
import type { StopRequest } from '../stop/stop-state.ts';
import type { MetricsText } from '../telemetry/worker-statistics.ts';

/** What a worker says while it works, in the order of happening. Plain data: it crosses from the worker process to its supervisor. */
export type WorkerEvent =
  | { readonly kind: 'trial-started'; readonly address: string; readonly attempt: number }
  /** The attempt goes on from the checkpoint that an earlier one made after this step. */
  | { readonly kind: 'trial-resumed'; readonly address: string; readonly step: number }
  | { readonly kind: 'trial-finished'; readonly address: string; readonly outcome: Outcome; readonly durationMs: number }
  /** Given back to the queue: the worker stopped, the trial goes on elsewhere or later. */
  | { readonly kind: 'trial-released'; readonly address: string; readonly because: string }
  /** It waits for somebody to resume it, or for the pruner to let it go on. */
  | { readonly kind: 'trial-paused'; readonly address: string; readonly because: string }
  /** What this attempt did is void: another worker has the trial now, or it was ended, says the database; or else, `because`. */
  | { readonly kind: 'trial-lost'; readonly address: string; readonly because?: string }
  /** Trials whose worker fell silent, back in the queue or failed. */
  | { readonly kind: 'reaped'; readonly study: StudyId; readonly requeued: readonly number[]; readonly failed: readonly number[] }
  /** The study was opened with another version of its source, or of the packages, than the one here: its trials stay in the queue. */
  | { readonly kind: 'source-changed'; readonly study: string; readonly url: string; readonly part: 'source' | 'packages' }
  /** The study's trials need what this worker has not: they stay in the queue. */
  | { readonly kind: 'study-unfit'; readonly study: string; readonly because: string }
  /** The study's own sampler, pruner or space threw when it was asked for a trial: it is left alone for a while, or until it changes. */
  | { readonly kind: 'study-set-aside'; readonly study: string; readonly error: Fault }
  /** The database did not answer; the worker tries again. `repeated`: the same was told a moment ago. */
  | { readonly kind: 'database-retry'; readonly message: string; readonly repeated?: boolean }
  /** There was no answer for a whole lease: the trials that ran here are given up, and the worker goes on trying. */
  | { readonly kind: 'database-silent'; readonly device: Device; readonly silentMs: number; readonly because: string }
  /** The first answer after such a silence. */
  | { readonly kind: 'database-answers'; readonly device: Device; readonly silentMs: number }
  /** What the worker counts and measures, every few seconds while somebody asks for it. */
  | { readonly kind: 'figures'; readonly device: Device; readonly figures: MetricsText }
  /** A line that a study's code printed, or an error that belongs to no trial. */
  | { readonly kind: 'log'; readonly text: string };

/** How a worker ended by itself. */
export type WorkEnd = 'finished' | 'drained' | 'stopped' | 'source-changed';

/** From a worker process to its supervisor. */
export type FromWorker =
  | { readonly kind: 'event'; readonly event: WorkerEvent }
  | { readonly kind: 'ended'; readonly end: WorkEnd }
  | { readonly kind: 'fatal'; readonly error: Fault };

/** An error as it crosses from process to process. */
export type Fault = TrialFailure & { readonly place?: string };

export type ToWorker =
  | { readonly kind: 'start'; readonly setup: WorkerSetup }
  | { readonly kind: 'stop'; readonly request: StopRequest; readonly by: string };

/** All that a worker process must know. */
export interface WorkerSetup {
  /** Null: every study of the database, those still to come too. */
  readonly studies: readonly StudyId[] | null;
  /** What to do about a study whose source here is another one than it was opened with: end, or leave its trials in the queue. */
  readonly otherSource: 'end' | 'leave';
  readonly device: Device;
  /** What the process may use of the machine. */
  readonly share: Share;
  readonly leaseMs: number;
  readonly graceMs: number;
  readonly threadMemoryMb: number | null;
  /** Whether the worker measures itself and tells its `figures`. */
  readonly measured: boolean;
  /** Null: the environment's DATABASE_URL, else the embedded server. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
}

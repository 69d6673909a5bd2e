import type { PruneDecision } from '../pruners/pruner.ts';
import type { FlatParams } from '../space/param.ts';
import type { DailyReturns } from '../trial/daily-returns.ts';
import type { Constraints } from '../trial/history.ts';
import type { ToldNoise } from '../trial/told-noise.ts';
import type { Metrics, Outcome, TrialFailure, TrialState } from '../trial/trial.ts';
import type { Needs } from './needs.ts';
import type { ModuleRef, RuntimeInfo, StudyDescription, StudyId, StudyRecord } from './study-record.ts';

export type { Budget, ModuleRef, RuntimeInfo, StopWhen, StudyDescription, StudyId, StudyRecord } from './study-record.ts';

/**
 * The port between the search and its storage: one round trip per verb. A *fenced* verb takes the lease of an attempt; if the lease is dead
 * it changes nothing and answers `lost`. *Durable*: on disk before the answer. What is not durable can only be lost together with all that
 * came after it, so a crash of the storage forgets the end of its history and never a part in the middle.
 *
 * Guarantees of every implementation (`src/testing/storage/` checks each):
 * - the numbers of a study are dense and unique under any number of concurrent `ask`s and `take`s;
 * - never more than `budget.trials` trials exist that are not cancelled;
 * - a trial has at most one live lease; a verb with a dead token changes nothing and answers `lost`;
 * - a finished trial never changes;
 * - an attempt never sees the reports of an earlier attempt, except those up to the checkpoint from which it resumes;
 * - a study reads one content only under one name of a data set;
 * - from the commit of a freeze until it is lifted, no trial of a study that it holds begins, whoever asks;
 * - only the storage's own clock decides whether a lease is alive.
 *
 * Every verb throws AssayError `database_unavailable` if the storage does not answer; the `@throws` below are additional.
 */
export interface Storage {
  /**
   * Creates the study, or finds it by name and takes over what may change between runs: budget, sampler, pruner, earlier studies, seed, attempts, priority,
   * needs, group, next study, module and a wider space. Existing trials keep their parameters. Durable. Repeating it with the same description changes nothing.
   * @throws AssayError `space_changed` if direction, objectives, `pruneOn` or a part of the space differ in a way that makes old results
   * incomparable; `conflict` if the study is removed at the same time, belongs to clients of another program, or would leave a group that is frozen;
   * `not_found` and `study_invalid` for an earlier study to start from that does not exist, or has nothing to tell
   */
  readonly open: (study: StudyDescription) => Promise<StudyRecord>;
  /**
   * Suggests the study's next trial and queues it, if the budget allows one more; a paused trial that the pruner advances comes first.
   * Not durable. Not idempotent: every call that is answered `queued` adds a trial to the queue.
   * @throws AssayError `not_found`; StudyFault if the study's sampler, pruner or space throws
   */
  readonly ask: (study: StudyId) => Promise<Asked>;
  /**
   * Adds a result known from elsewhere as a complete trial without an attempt, if `budget.trials` allows one more. Durable. Repeating it
   * with the same idempotency key answers the same number and adds nothing.
   * @throws AssayError `not_found`; `conflict` if the key was used for another result, or a freeze holds the study
   */
  readonly recordResult: (study: StudyId, known: KnownResult) => Promise<Added>;
  /**
   * Claims the oldest queued trial of the highest priority and begins an attempt with a lease of `leaseMs`; none of a paused study, nor of
   * one that a freeze holds. Not durable. Repeating it with
   * the same `token` and `repeated` returns the trial already claimed, while its lease is alive. Returns null if none is queued.
   */
  readonly claim: (request: ClaimRequest) => Promise<Claimed | null>;
  /**
   * Claims like `claim`; if nothing is queued, asks the studies in turn, highest priority first, and claims the new trial. Durability and
   * repeating as for `claim`.
   * @throws AssayError `not_found` if none of the studies exists; StudyFault, naming the study whose sampler, pruner or space throws
   */
  readonly take: (request: ClaimRequest) => Promise<Taken>;
  /**
   * Adds a report to the attempt's curve, renews the lease and returns the pruner's decision. Fenced, durable. Repeating it keeps the first
   * report of the step and decides anew.
   */
  readonly report: (lease: Lease, report: Report) => Promise<Reported>;
  /** Renews the lease for another `leaseMs` and tells whether the trial was cancelled. Fenced, not durable. May be repeated. */
  readonly renew: (lease: Lease) => Promise<Renewed>;
  /**
   * Ends the attempt and the trial with an outcome. A complete outcome whose value or constraint is NaN, or a daily return of which is not finite, is stored
   * as failed (`not_finite`). Fenced,
   * durable. Repeating it with the same outcome answers `alive`, with another one `lost`; both change nothing.
   * @param ranOn what the objective said it ran on, added to what the claim said
   */
  readonly finish: (lease: Lease, outcome: Outcome, ranOn?: RuntimeInfo) => Promise<LeaseState>;
  /**
   * Ends the attempt without an outcome: the trial returns to its old place in the queue, or is paused or cancelled if a person asked for
   * that. Uses up none of `maxAttempts`. Fenced, durable. Repeating it answers `alive` and changes nothing.
   */
  readonly release: (lease: Lease) => Promise<LeaseState>;
  /**
   * Ends the attempt and pauses the trial for the pruner, or for the person who asked for it, or cancels it if a person asked for that.
   * Nothing claims a paused trial until it is resumed. Fenced, durable. Repeating it answers `alive` and changes nothing.
   */
  readonly pause: (lease: Lease, paused: Paused) => Promise<LeaseState>;
  /**
   * Ends every attempt of the study whose lease is dead and puts its trial back into the queue, or fails it with `lease_lost` after
   * `maxAttempts` lost attempts, or applies a person's pause or cancellation. Durable. Repeating it finds nothing more; concurrent calls
   * each requeue different trials.
   */
  readonly reap: (study: StudyId) => Promise<Reaped>;
  /**
   * Makes stored bytes the checkpoint from which the trial's next attempt resumes, drops the checkpoint before it and renews the lease.
   * Fenced, durable. Repeating it changes nothing.
   */
  readonly checkpoint: (lease: Lease, checkpoint: CheckpointRef) => Promise<Checkpointed>;
  /** Returns the trial's newest checkpoint, of whichever attempt; null if the trial has none. Fenced, writes nothing. */
  readonly findCheckpoint: (lease: Lease) => Promise<CheckpointRef | null | 'lost'>;
  /**
   * Gives the attempt what led to the trial's checkpoint: its reports up to that step, artifacts, data read and pruner note; renews the
   * lease. Fenced (`lost` also for a checkpoint that is not the trial's current one), durable. Repeating it changes nothing.
   */
  readonly resume: (lease: Lease, checkpoint: CheckpointRef) => Promise<LeaseState>;
  /**
   * Drops the checkpoints of the study's finished trials and returns the hashes of bytes that nothing refers to any more, which the caller
   * may delete. Durable. Repeating it returns none.
   */
  readonly dropCheckpoints: (study: StudyId) => Promise<readonly string[]>;
  /** Returns which studies have a running trial with a dead lease, and when the next lease expires. Writes nothing. */
  readonly expiries: (studies: readonly StudyId[]) => Promise<Expiries>;
  /** Attaches stored bytes to the attempt; a role attached again is replaced. Fenced, durable. Repeating it changes nothing. */
  readonly attach: (lease: Lease, artifact: ArtifactRef) => Promise<LeaseState>;
  /**
   * Records which data the attempt reads, and how far into them its search looks (the latest of all calls counts). The first read of a name
   * binds it in the study to this content; another content under the name is answered `other_data` and not recorded. Fenced, durable.
   * Repeating it changes nothing.
   */
  readonly recordDataRead: (lease: Lease, data: DataRead) => Promise<LeaseState | 'other_data'>;
  /**
   * Records what the sessions of a content of data are, before anything reads it: contents with the same bars are known by them. Belongs to
   * no trial, only adds, durable. Repeating it changes nothing.
   * @param hash of the content
   */
  readonly recordDataDays: (hash: string, days: readonly DataDay[]) => Promise<void>;
}

export type Asked =
  | { readonly kind: 'queued'; readonly number: number }
  /** No more trials: the budget is used up or the study is stopped. `open`: number of trials that have not ended. */
  | { readonly kind: 'exhausted'; readonly open: number }
  /** No new trials until the study is resumed. */
  | { readonly kind: 'paused' }
  /** No new trials until the freeze of the study's group is lifted. */
  | { readonly kind: 'frozen' };

export interface KnownResult {
  /** Must fit the study's space. */
  readonly params: FlatParams;
  /** One value per objective; may be infinite, never NaN. */
  readonly values: readonly number[];
  readonly constraints?: Constraints | undefined;
  /** How uncertain the value is; of one objective only. */
  readonly noise?: ToldNoise | undefined;
  readonly dailyReturns?: DailyReturns | undefined;
  /** Source of the result, shown as the trial's worker. */
  readonly by: string;
  /** UUID chosen by the caller, new for each result, repeated after a lost reply. */
  readonly idempotencyKey: string;
}

/** `exhausted`: the study has as many trials as `budget.trials` allows. */
export type Added = { readonly kind: 'added'; readonly number: number } | { readonly kind: 'exhausted' };

export interface ClaimRequest {
  readonly studies: readonly StudyId[];
  /** Name of the worker: host, process, device. */
  readonly worker: string;
  readonly leaseMs: number;
  /** What the worker runs on, kept with the attempt. */
  readonly ranOn?: RuntimeInfo;
  /** Token of the lease: a UUID chosen by the caller, new for each trial. Default: chosen by the storage. */
  readonly token?: string;
  /** True if the request was sent before without an answer: returns the trial claimed then, if its lease is alive. */
  readonly repeated?: boolean;
}

export type Taken =
  | { readonly kind: 'taken'; readonly claimed: Claimed }
  /**
   * Nothing to take now. `open`: a trial has not ended and may return to the queue. `paused`: names of paused studies that have something
   * left to run. `frozen`: the same of studies that a freeze holds; absent where there is none.
   */
  | { readonly kind: 'none'; readonly open: boolean; readonly paused: readonly string[]; readonly frozen?: readonly string[] };

export interface Lease {
  readonly trial: string;
  readonly token: string;
  readonly attempt: number;
}

export interface Claimed {
  readonly lease: Lease;
  readonly study: StudyId;
  readonly address: string;
  readonly number: number;
  readonly params: FlatParams;
  readonly seed: number;
  readonly needs: Needs | null;
  readonly module: ModuleRef;
}

export interface Report {
  readonly step: number;
  readonly value: number;
  readonly metrics?: Metrics;
  /** The trial has no step after this one: the answer is never to prune. */
  readonly last?: true;
}

export type LeaseState = 'alive' | 'lost';

/** `cancelled`: the lease is alive and the worker must end the trial. */
export type Renewed = LeaseState | 'cancelled';

export type Reported =
  | { readonly lease: 'lost' }
  /** `cancelled`: a person cancelled the trial; the worker stops it. */
  | {
      readonly lease: 'alive';
      readonly decision: PruneDecision;
      readonly cancelled: boolean;
      /** A person paused the trial: the worker lets it save a checkpoint, then releases it. */
      readonly pausing: boolean;
    };

/** Where and why the pruner paused a trial. */
export interface Paused {
  readonly atStep: number;
  readonly reason: string;
}

export interface Reaped {
  readonly requeued: readonly number[];
  readonly failed: readonly {
    readonly number: number;
    readonly error: TrialFailure;
  }[];
}

export interface Expiries {
  /** Studies with a dead lease. */
  readonly lapsed: readonly StudyId[];
  /** Milliseconds until the first live lease expires unless it is renewed (null: there is no live lease). */
  readonly nextMs: number | null;
}

export interface ArtifactRef {
  readonly role: string;
  readonly hash: string;
  readonly bytes: number;
}

export interface CheckpointRef {
  /** The last step that the checkpoint includes. */
  readonly step: number;
  readonly hash: string;
  readonly bytes: number;
}

/** `gone`: hashes of earlier checkpoints whose bytes nothing refers to any more. */
export type Checkpointed = { readonly lease: 'lost' } | { readonly lease: 'alive'; readonly gone: readonly string[] };

/** A data set by the hash of its content. */
export type DataRef = {
  readonly name: string;
  readonly hash: string;
};

/** The bars of one symbol in one session. */
export interface DataDay {
  /** Start of the session's first bar, epoch milliseconds. */
  readonly startsMs: number;
  /** Hash of its bars. */
  readonly hash: string;
}

export interface DataRead extends DataRef {
  /** Exclusive end of the search window, epoch milliseconds (null: the objective has not said yet). */
  readonly searchedUntilMs: number | null;
  /** Start of what is withheld as the study's vault, epoch milliseconds (absent: all is handed out). */
  readonly withheldFromMs?: number | undefined;
}

export type TrialCounts = Readonly<Record<TrialState, number>>;

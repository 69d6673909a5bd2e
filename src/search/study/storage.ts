import type { AlgorithmRef } from '../algorithm.ts';
import type { PruneDecision } from '../pruners/pruner.ts';
import type { FlatParams, SpaceJson } from '../space/param.ts';
import type { StoppingOptions } from '../stopping-advice/stopping-advice.ts';
import type { Constraints, Direction, Goal, PruneOn } from '../trial/history.ts';
import type { Metrics, Outcome, TrialFailure, TrialState } from '../trial/trial.ts';
import type { Needs } from './needs.ts';

/**
 * The port between the search and whatever keeps it. Every verb is one round trip, safe to repeat, and all but `open`,
 * `ask`, `add`, `claim` and `take` are fenced by the lease token of the attempt.
 *
 * Guarantees an implementation gives (the conformance suite checks each):
 * - numbers of a study are dense and unique under any number of concurrent `ask`s;
 * - never more than `budget.trials` trials exist that are not cancelled;
 * - a trial has at most one live lease; a verb with a dead token changes nothing and says `lost`;
 * - a finished trial never changes;
 * - an attempt never sees the reports of an earlier attempt, but for those that lead to the checkpoint it goes on from;
 * - a study reads one content only under one name of a data set;
 * - only the storage's own clock decides whether a lease is alive.
 */
export interface Storage {
  /** Create the study or find it again. A different space, direction or objective list is refused with `space_changed`. */
  readonly open: (study: StudyDescription) => Promise<StudyRecord>;
  /** Let the study's sampler suggest the next trial and queue it, if the budget allows one more. What that throws is a `StudyFault`. */
  readonly ask: (study: StudyId) => Promise<Asked>;
  /** Enter a result known from elsewhere as a complete trial that nobody ran, if the budget's number of trials allows one more. */
  readonly recordResult: (study: StudyId, known: KnownResult) => Promise<Added>;
  /** Take the oldest queued trial of these studies, or nothing. */
  readonly claim: (request: ClaimRequest) => Promise<Claimed | null>;
  /** Take the oldest queued trial; where none is queued, ask for another and take that. A `StudyFault` names the study that threw. */
  readonly take: (request: ClaimRequest) => Promise<Taken>;
  /** Add a report to the attempt's curve, renew the lease, and hear whether to stop. */
  readonly report: (lease: Lease, report: Report) => Promise<Reported>;
  /** Keep the lease alive, and hear whether somebody cancelled the trial. */
  readonly renew: (lease: Lease) => Promise<Renewed>;
  /** End the attempt with its outcome. `ranOn`: what the objective said of what it ran on, beside what was claimed with. */
  readonly finish: (lease: Lease, outcome: Outcome, ranOn?: RuntimeInfo) => Promise<LeaseState>;
  /** Give the trial back to the queue: the worker stops, the trial goes on elsewhere; or to a pause, where somebody asked for one. */
  readonly release: (lease: Lease) => Promise<LeaseState>;
  /** The pruner lets the trial wait: the attempt ends, and nobody takes the trial until it is resumed. */
  readonly pause: (lease: Lease, paused: Paused) => Promise<LeaseState>;
  /** Put trials with a dead lease back into the queue, or fail them when their attempts are used up. */
  readonly reap: (study: StudyId) => Promise<Reaped>;
  /** Make stored bytes what the trial goes on from when it is interrupted. The checkpoint before is given up. */
  readonly checkpoint: (lease: Lease, checkpoint: CheckpointRef) => Promise<Checkpointed>;
  /** The trial's newest checkpoint; null: it begins anew. */
  readonly findCheckpoint: (lease: Lease) => Promise<CheckpointRef | null | 'lost'>;
  /** The attempt goes on from this checkpoint: the reports that lead to it, and no later ones, become its own. */
  readonly resume: (lease: Lease, checkpoint: CheckpointRef) => Promise<LeaseState>;
  /** Give up the checkpoints of the study's finished trials; the hashes whose bytes nobody refers to any more. */
  readonly dropCheckpoints: (study: StudyId) => Promise<readonly string[]>;
  /** Which studies have a trial with a dead lease, and when the next lease runs out, by the storage's clock. */
  readonly expiries: (studies: readonly StudyId[]) => Promise<Expiries>;
  /** Attach stored bytes to the attempt's trial. */
  readonly attach: (lease: Lease, artifact: ArtifactRef) => Promise<LeaseState>;
  /**
   * Write down which data the attempt reads, and how far into them. The first reader of a name binds it in the study to this content:
   * `other_data` to whoever comes with another one, of which nothing is kept.
   */
  readonly recordDataRead: (lease: Lease, data: DataRead) => Promise<LeaseState | 'other_data'>;
}

/** The database's own key of a study. */
export type StudyId = number;

/** What a study may use up, whatever first: then no trial is asked for any more, and those that are open go to their end. */
export interface Budget {
  /** Trials in all, over every run of the study; cancelled ones do not count. */
  readonly trials: number;
  /**
   * Working time: how long at least one attempt held its lease, over every run. By the storage's clock; a dead attempt held it until
   * the lease ran out.
   */
  readonly timeMs?: number;
  /** The last reported step of each trial's last attempt, summed over all trials. */
  readonly steps?: number;
  /** Whether failed trials count among `trials`; default true. */
  readonly countFailed?: boolean;
  readonly stopWhen?: StopWhen;
}

/** Rules about what the trials found. Each is judged by all trials that ended before, in the order of their ends. */
export interface StopWhen {
  /** A trial that meets its constraints reached this value, or better. */
  readonly target?: number;
  /** Trials that ended, complete or pruned, since one was better than all before it, or joined the Pareto set of several objectives. */
  readonly noImprovement?: number;
  /** The options of `adviseStopping`: it says stop. */
  readonly unlikelyToPay?: StoppingOptions;
  /** Trials that failed. */
  readonly failed?: number;
}

/** All of a study that is data. What runs is named by module, never carried. */
export interface StudyDescription {
  readonly name: string;
  /** Of the first objective. */
  readonly direction: Direction;
  /** All objectives where there are several; null: one, which needs no name. */
  readonly objectives: readonly Goal[] | null;
  readonly space: SpaceJson;
  readonly spaceHash: string;
  readonly sampler: AlgorithmRef;
  readonly pruner: AlgorithmRef;
  /** Null: the objective itself is reported and judged. */
  readonly pruneOn: PruneOn | null;
  readonly budget: Budget;
  readonly seed: number;
  /** Attempts of one trial before it fails. */
  readonly maxAttempts: number;
  /** Workers that serve several studies take trials of the highest first. */
  readonly priority: number;
  /** Null: nothing special. */
  readonly needs: Needs | null;
  readonly module: ModuleRef;
}

/** What a person may want to know later, in words: `{ node: '20.20.0', cpu: '…' }`. */
export type RuntimeInfo = Readonly<Record<string, string>>;

export interface ModuleRef {
  /** Of the study file: `assay:studies/x.ts` below the checkout of whichever machine, else a file: URL. */
  readonly url: string;
  /** SHA-256 of the file's text; where it imports files of its own by relative path, a hash over all of them. */
  readonly sourceHash: string;
  /** SHA-256 of the packages and versions that package-lock.json pins for running; null: there is no such file, or nobody looked. */
  readonly packagesHash: string | null;
  readonly gitCommit: string | null;
  readonly gitDirty: boolean;
}

export interface StudyRecord extends StudyDescription {
  readonly id: StudyId;
  /** Grows by one with every change of the study or one of its trials. */
  readonly revision: number;
  /** Whether this `open` created it. */
  readonly created: boolean;
}

export type Asked =
  | { readonly kind: 'queued'; readonly number: number }
  /** No more trials: the budget is used up, or somebody stopped the study. `open` of them have not ended yet. */
  | { readonly kind: 'exhausted'; readonly open: number }
  /** No new trials until somebody resumes the study. */
  | { readonly kind: 'paused' };

export interface KnownResult {
  /** They fit the space. */
  readonly params: FlatParams;
  /** One for each objective; may be infinite, never NaN. */
  readonly values: readonly number[];
  readonly constraints?: Constraints | undefined;
  /** Who knows it. */
  readonly by: string;
  /** A UUID of the caller's, a new one for each result: the same one repeated after a lost reply enters nothing more. */
  readonly idempotencyKey: string;
}

/** `exhausted`: as many trials as the budget allows. */
export type Added = { readonly kind: 'added'; readonly number: number } | { readonly kind: 'exhausted' };

export interface ClaimRequest {
  readonly studies: readonly StudyId[];
  /** How the worker names itself: host, process, device. */
  readonly worker: string;
  readonly leaseMs: number;
  /** What the worker is and runs on, kept with the attempt. */
  readonly ranOn?: RuntimeInfo;
  /** Of the lease: a UUID of the caller's, a new one for each trial that is wanted. By default one of the storage's own. */
  readonly token?: string;
  /** It was sent before and not answered: where that got a trial under this token and its lease lives, the answer is that trial. */
  readonly repeated?: boolean;
}

export type Taken =
  | { readonly kind: 'taken'; readonly claimed: Claimed }
  /** Nothing to take now. `open`: a trial has not ended yet and may come back to the queue. `paused`: a study is, and may go on. */
  | { readonly kind: 'none'; readonly open: boolean; readonly paused: boolean };

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
}

export type LeaseState = 'alive' | 'lost';

/** `cancelled`: the lease is alive, and the worker is to end the trial. */
export type Renewed = LeaseState | 'cancelled';

export type Reported =
  | { readonly lease: 'lost' }
  /** `cancelled`: somebody cancelled the trial; the worker stops it. */
  | {
      readonly lease: 'alive';
      readonly decision: PruneDecision;
      readonly cancelled: boolean;
      /** Somebody paused the trial: the worker lets it save where it stands, then releases it. */
      readonly pausing: boolean;
    };

/** Why the pruner lets a trial wait. */
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
  /** To be reaped. */
  readonly lapsed: readonly StudyId[];
  /** Until the earliest of the living leases runs out, if nobody renews it; null where there is none. */
  readonly nextMs: number | null;
}

export interface ArtifactRef {
  readonly role: string;
  readonly hash: string;
  readonly bytes: number;
}

export interface CheckpointRef {
  /** Everything up to and with this step is behind it. */
  readonly step: number;
  readonly hash: string;
  readonly bytes: number;
}

/** `gone`: hashes of earlier checkpoints whose bytes nobody refers to any more. */
export type Checkpointed = { readonly lease: 'lost' } | { readonly lease: 'alive'; readonly gone: readonly string[] };

/** A data set by the hash of its content. */
export type DataRef = {
  readonly name: string;
  readonly hash: string;
};

export interface DataRead extends DataRef {
  /** Exclusive end of the search window, epoch milliseconds; null while the objective has not said. The latest of all counts. */
  readonly searchedUntilMs: number | null;
}

export type TrialCounts = Readonly<Record<TrialState, number>>;

import type { SharedTable } from '../../core/table.ts';
import type { Metrics } from '../trial/trial.ts';
import type { RuntimeInfo } from './storage.ts';

/** `cpu`, or `gpu:<index>`. */
export type Device = 'cpu' | `gpu:${number}`;

/** Bytes whole, or in pieces so that large ones need not lie in memory twice. */
export type CheckpointBytes = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** What an earlier attempt of the trial kept. */
export interface Checkpoint {
  /** The step after which it was made: go on with the next one. */
  readonly step: number;
  readonly bytes: Uint8Array;
}

/**
 * What an objective is given. All members are functions or data: destructure at will.
 * `Reported` is what it reports: a number, or figures by name where there are several objectives.
 */
export interface TrialContext<Params, Reported = number> {
  /** `study#42`. */
  readonly address: string;
  readonly number: number;
  /** From 1; above 1 the trial was interrupted before. */
  readonly attempt: number;
  /** Nested and typed as the space declares them. */
  readonly params: Params;
  /** The same for every attempt of this trial. */
  readonly seed: number;
  readonly device: Device;
  /** Aborted when the trial is cancelled or the worker must stop; check it in long loops. */
  readonly signal: AbortSignal;
  /**
   * Report the objective so far; where there are several, figures by name, of which the pruner judges the one that `pruneOn` names.
   * Steps grow strictly. Throws {@link TrialPruned} when the pruner says stop and {@link TrialCancelled} when somebody cancelled the
   * trial: let both pass. A trial that is preempted or paused gets one more report through, so that it can look at `signal`, save a
   * checkpoint and throw by itself; the report after that throws.
   */
  readonly report: (step: number, value: Reported, metrics?: Metrics) => Promise<void>;
  /** Where an interrupted attempt of this trial got to; null: begin at the start. Its reports up to there are kept. */
  readonly resumeFrom: Checkpoint | null;
  /**
   * Keep what is needed to go on after this step: should the trial be interrupted, its next attempt gets the newest checkpoint as
   * `resumeFrom`. Also works after `signal` was aborted: a trial that is preempted or paused can save where it stands. Costs a write
   * to the disk; once a minute is plenty.
   */
  readonly checkpoint: (step: number, bytes: CheckpointBytes) => Promise<void>;
  /** Keep bytes with the trial under a role such as `policy`; resolves to their SHA-256. */
  readonly artifact: (role: string, bytes: Uint8Array) => Promise<string>;
  /** A data set by name, read-only and shared with the other threads of the process. */
  readonly dataset: (name: string) => Promise<SharedTable>;
  /**
   * Say where in a data set the search window ends. A trial is only ever validated on folds behind it, and never where its
   * objective did not say this of each data set that it opened.
   */
  readonly searched: (window: SearchWindow) => Promise<void>;
  /**
   * Say what computes, such as `{ executor: 'onnx', library: 'onnxruntime 1.30.0' }`: kept with the attempt when it ends, beside the
   * versions, processor and device that the platform writes down by itself. Said again, words of the same name are replaced.
   */
  readonly runsOn: (facts: RuntimeInfo) => Promise<void>;
}

/** How far into a data set a trial may look while it is searched. */
export interface SearchWindow {
  /** Opened before with `dataset`. */
  readonly dataset: string;
  /** Exclusive end, epoch milliseconds. */
  readonly untilMs: number;
}

/** Thrown out of `report`; the thread turns it into an outcome. */
export class TrialPruned extends Error {
  override readonly name = 'TrialPruned';
  readonly atStep: number;
  readonly reason: string;

  constructor(atStep: number, reason: string) {
    super(`pruned at step ${atStep}: ${reason}`);
    this.atStep = atStep;
    this.reason = reason;
  }
}

/** Thrown out of `report` when the trial is cancelled or its worker stops. */
export class TrialCancelled extends Error {
  override readonly name = 'TrialCancelled';
  readonly by: string;

  constructor(by: string) {
    super(`cancelled by ${by}`);
    this.by = by;
  }
}

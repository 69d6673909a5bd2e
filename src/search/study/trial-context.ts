import type { SharedTable } from '../../core/table.ts';
import type { DailyReturns } from '../trial/daily-returns.ts';
import type { Metrics } from '../trial/trial.ts';
import type { RuntimeInfo } from './storage.ts';

/** `cpu`, or `gpu:<index>`. */
export type Device = 'cpu' | `gpu:${number}`;

/** Bytes as a whole, or in pieces, so that large checkpoints are not in memory twice. */
export type CheckpointBytes = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Saved state of an earlier attempt of the trial. */
export interface Checkpoint {
  /** Last step that it includes: continue with the next one. */
  readonly step: number;
  readonly bytes: Uint8Array;
}

/**
 * Argument of an objective. All members are functions or data and may be destructured.
 * `Reported`: a number, or metrics by name if there are several objectives.
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
   * Reports the objective so far, or with several objectives metrics by name, of which the pruner decides on the one named by `pruneOn`.
   * Steps must increase. Throws {@link TrialPruned} when the pruner stops the trial and {@link TrialCancelled} when a person cancels it:
   * catch neither. When the trial is preempted or paused, one more report succeeds, so that the objective can look at `signal`, save a
   * checkpoint and return control; the report after that throws.
   */
  readonly report: (step: number, value: Reported, metrics?: Metrics, options?: ReportOptions) => Promise<void>;
  /** Newest checkpoint of an interrupted attempt (null: start from the beginning). Its reports up to that step are kept. */
  readonly resumeFrom: Checkpoint | null;
  /**
   * Saves the state after this step: if the trial is interrupted, its next attempt gets the newest checkpoint as `resumeFrom`. Also works
   * after `signal` was aborted, so that a preempted or paused trial can save its state. Costs a disk write; once a minute is enough.
   */
  readonly checkpoint: (step: number, bytes: CheckpointBytes) => Promise<void>;
  /** Stores bytes with the trial under a role such as `policy`; resolves to their SHA-256. */
  readonly artifact: (role: string, bytes: Uint8Array) => Promise<string>;
  /** Returns a data set by name, read-only and shared with the other threads of the process. */
  readonly dataset: (name: string) => Promise<SharedTable>;
  /**
   * Declares where in a data set the search window ends. A trial is validated only on folds behind it, and not at all unless its objective
   * declares this for each data set that it opened; what it opened without this counts as seen whole where a vault is opened.
   */
  readonly searched: (window: SearchWindow) => Promise<void>;
  /**
   * Declares what computes, such as `{ executor: 'onnx', library: 'onnxruntime 1.30.0' }`: stored with the attempt when it ends, beside the
   * versions, processor and device that the platform records. A repeated call replaces values of the same name.
   */
  readonly runsOn: (facts: RuntimeInfo) => Promise<void>;
}

export interface ReportOptions {
  /** True for the report after the last step: the pruner does not stop the trial there, since all of it is paid. No report may follow. */
  readonly last?: boolean;
  /** Net returns of the days that the reported value was measured on: kept with the trial if the pruner stops it at this report. */
  readonly dailyReturns?: DailyReturns;
}

/** Part of a data set that the search may use. */
export interface SearchWindow {
  /** Name, opened before with `dataset`. */
  readonly dataset: string;
  /** Exclusive end, epoch milliseconds. */
  readonly untilMs: number;
}

/** Thrown by `report` when the pruner stops the trial; the thread turns it into an outcome. */
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

/** Thrown by `report` when the trial is cancelled or its worker stops. */
export class TrialCancelled extends Error {
  override readonly name = 'TrialCancelled';
  readonly by: string;

  constructor(by: string) {
    super(`cancelled by ${by}`);
    this.by = by;
  }
}

import type { MessagePort } from 'node:worker_threads';
import type { SharedTable } from '../../core/table.ts';
import type { FlatParams } from '../../search/space/param.ts';
import type { DataQualityCheck, LookAheadCheck, PolicyChecks } from '../../search/study/checks.ts';
import type { CheckpointRef, Report, RuntimeInfo } from '../../search/study/storage.ts';
import type { Device, SearchWindow } from '../../search/study/trial-context.ts';
import type { FoldEvaluation, FoldWindow, VariedSettings } from '../../search/study/walk-forward.ts';
import type { DailyReturns } from '../../search/trial/daily-returns.ts';
import type { Outcome, TrialFailure } from '../../search/trial/trial.ts';

/**
 * Messages between a worker process (the host) and its threads: plain data. A task names its study by module URL, which the thread
 * imports. The answer is always a value: an exception of the study's code becomes a failed or cancelled answer.
 */

interface TaskBase {
  /** URL of the study. */
  readonly module: string;
  /** Hash of the study's source; the thread runs no other. */
  readonly source: string;
  readonly device: Device;
}

export interface TrialTask extends TaskBase {
  readonly kind: 'trial';
  readonly address: string;
  readonly number: number;
  readonly attempt: number;
  readonly params: FlatParams;
  readonly seed: number;
  /** True if an earlier attempt may have left a checkpoint. */
  readonly mayResume: boolean;
}

export interface PlanTask extends TaskBase {
  readonly kind: 'plan';
  /** A scheme of folds in place of the study's own. */
  readonly scheme?: string;
}

export interface EvaluateTask extends TaskBase {
  readonly kind: 'evaluate';
  readonly address: string;
  readonly params: FlatParams;
  readonly seed: number;
  readonly fold: FoldWindow;
  /** Settings in place of the study's own (none: as the study has them). */
  readonly varied?: VariedSettings;
}

export interface BaselinesTask extends TaskBase {
  readonly kind: 'baselines';
  readonly fold: FoldWindow;
}

/** Evaluates the saved policy of a trial and seed on a fold, without training. */
export interface WalkTask extends TaskBase {
  readonly kind: 'walk';
  readonly address: string;
  readonly seed: number;
  readonly fold: FoldWindow;
  readonly policyHash: string;
}

/** Checks the data that every fold reads. */
export interface CheckDataTask extends TaskBase {
  readonly kind: 'check-data';
}

/** Checks the features of a fold, and what is learnt from its training part. */
export interface CheckFeaturesTask extends TaskBase {
  readonly kind: 'check-features';
  readonly fold: FoldWindow;
  /** Number of rows to try. */
  readonly rows: number;
}

/** Checks the saved policies of a trial on one fold. */
export interface CheckPoliciesTask extends TaskBase {
  readonly kind: 'check-policies';
  readonly address: string;
  readonly fold: FoldWindow;
  readonly rows: number;
  /** The evaluations' bytes in the artifact store. */
  readonly policies: readonly {
    readonly seed: number;
    readonly policyHash: string;
    readonly stepReturnsHash: string;
    readonly dailyReturns: readonly number[];
  }[];
}

export type CheckTask = CheckDataTask | CheckFeaturesTask | CheckPoliciesTask;

export type Task = TrialTask | PlanTask | EvaluateTask | WalkTask | BaselinesTask | CheckTask;

/** Result of a finished task, by kind. */
export interface TaskResults {
  readonly trial: Extract<Outcome, { kind: 'complete' | 'pruned' }>;
  readonly plan: readonly FoldWindow[];
  readonly evaluate: FoldEvaluation & { readonly policy: Uint8Array };
  readonly walk: FoldEvaluation & { readonly policy: Uint8Array };
  readonly baselines: Readonly<Record<string, FoldEvaluation>>;
  /** Null: the study's walk-forward has no checks. */
  readonly 'check-data': DataQualityCheck | null;
  readonly 'check-features': LookAheadCheck | null;
  readonly 'check-policies': readonly PolicyChecks[] | null;
}

export type Answer<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'failed'; readonly error: TrialFailure }
  | { readonly kind: 'cancelled'; readonly by: string };

export type AnswerTo<T extends Task> = Answer<TaskResults[T['kind']]>;

/** The host's reply to a report. */
export type ReportReply =
  | { readonly kind: 'continue' }
  | { readonly kind: 'prune'; readonly reason: string }
  | { readonly kind: 'stop'; readonly by: string };

/** Calls from a thread to its host; results in {@link CallResults}. */
export type Call =
  | { readonly kind: 'report'; readonly report: Report; readonly dailyReturns?: DailyReturns }
  | {
      readonly kind: 'artifact';
      readonly role: string;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'dataset'; readonly name: string }
  | { readonly kind: 'searched'; readonly window: SearchWindow }
  /** Records stored bytes as the trial's newest checkpoint. */
  | { readonly kind: 'checkpoint'; readonly checkpoint: CheckpointRef }
  | { readonly kind: 'findCheckpoint' }
  /** Records that the attempt resumes from this checkpoint. */
  | { readonly kind: 'resume'; readonly checkpoint: CheckpointRef }
  /** Adds runtime info from the objective. */
  | { readonly kind: 'runsOn'; readonly facts: RuntimeInfo }
  /** A line for the log. */
  | { readonly kind: 'warn'; readonly text: string };

export interface CallResults {
  readonly report: ReportReply;
  /** SHA-256 of the bytes. */
  readonly artifact: string;
  /** Columns in shared memory, which cloning does not copy. */
  readonly dataset: SharedTable;
  readonly searched: null;
  readonly checkpoint: null;
  readonly findCheckpoint: CheckpointRef | null;
  readonly resume: null;
  readonly runsOn: null;
  readonly warn: null;
}

export type FromThread = { readonly id: number; readonly call: Call };

export type ToThread =
  | {
      readonly kind: 'result';
      readonly id: number;
      readonly result: CallResults[Call['kind']];
    }
  | {
      readonly kind: 'error';
      readonly id: number;
      readonly error: TrialFailure;
    }
  /** `resumes`: true if the trial goes on later, so that it may save a checkpoint. */
  | { readonly kind: 'stop'; readonly by: string; readonly resumes: boolean };

export interface TaskEnvelope {
  readonly task: Task;
  readonly port: MessagePort;
  /** Threads read and write checkpoint files themselves, to keep large bytes off the worker's event loop. */
  readonly dataDir: string;
}

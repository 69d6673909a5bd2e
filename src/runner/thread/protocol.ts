import type { MessagePort } from 'node:worker_threads';
import type { SharedTable } from '../../core/table.ts';
import type { FlatParams } from '../../search/space/param.ts';
import type { CheckpointRef, Report, RuntimeInfo } from '../../search/study/storage.ts';
import type { Device, SearchWindow } from '../../search/study/trial-context.ts';
import type { FoldEvaluation, FoldWindow } from '../../search/study/walk-forward.ts';
import type { Outcome, TrialFailure } from '../../search/trial/trial.ts';

/**
 * What crosses the thread boundary, all of it plain data. A task names its study by module URL; the thread imports it.
 * The answer is always a value: whatever the study's code throws becomes a failed or cancelled answer.
 */

interface TaskBase {
  /** URL of the study. */
  readonly module: string;
  /** Hash of the study's source that is to run, and no other. */
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
  /** Whether there may be a checkpoint to go on from. */
  readonly mayResume: boolean;
}

export interface PlanTask extends TaskBase {
  readonly kind: 'plan';
}

export interface EvaluateTask extends TaskBase {
  readonly kind: 'evaluate';
  readonly address: string;
  readonly params: FlatParams;
  readonly seed: number;
  readonly fold: FoldWindow;
}

export interface BaselinesTask extends TaskBase {
  readonly kind: 'baselines';
  readonly fold: FoldWindow;
}

export type Task = TrialTask | PlanTask | EvaluateTask | BaselinesTask;

/** What a finished task of each kind says. */
export interface TaskResults {
  readonly trial: Extract<Outcome, { kind: 'complete' | 'pruned' }>;
  readonly plan: readonly FoldWindow[];
  readonly evaluate: FoldEvaluation & { readonly policy: Uint8Array };
  readonly baselines: Readonly<Record<string, FoldEvaluation>>;
}

export type Answer<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'failed'; readonly error: TrialFailure }
  | { readonly kind: 'cancelled'; readonly by: string };

export type AnswerTo<T extends Task> = Answer<TaskResults[T['kind']]>;

/** The host's word on a report. */
export type ReportReply =
  | { readonly kind: 'continue' }
  | { readonly kind: 'prune'; readonly reason: string }
  | { readonly kind: 'stop'; readonly by: string };

/** What a thread may ask of its host; the answers in {@link CallResults}. */
export type Call =
  | { readonly kind: 'report'; readonly report: Report }
  | {
      readonly kind: 'artifact';
      readonly role: string;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'dataset'; readonly name: string }
  | { readonly kind: 'searched'; readonly window: SearchWindow }
  /** The bytes are stored; they are to be what the trial goes on from. */
  | { readonly kind: 'checkpoint'; readonly checkpoint: CheckpointRef }
  | { readonly kind: 'findCheckpoint' }
  /** The attempt goes on from this checkpoint. */
  | { readonly kind: 'resume'; readonly checkpoint: CheckpointRef }
  /** What computes, in the objective's own words. */
  | { readonly kind: 'runsOn'; readonly facts: RuntimeInfo }
  /** Something that the people who watch should read. */
  | { readonly kind: 'warn'; readonly text: string };

export interface CallResults {
  readonly report: ReportReply;
  /** SHA-256 of the bytes. */
  readonly artifact: string;
  /** Columns over shared memory: cloning the table shares it. */
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
  /** Threads store and read checkpoints by themselves: large bytes need not pass through the process's event loop. */
  readonly dataDir: string;
}

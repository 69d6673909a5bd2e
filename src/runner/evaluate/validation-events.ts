import type { FoldWindow } from '../../search/study/walk-forward.ts';
import type { TrialFailure } from '../../search/trial/trial.ts';
import type { StopRequest } from '../stop/stop-state.ts';
import type { CheckTask } from '../thread/protocol.ts';
import type { EvaluationTask } from './evaluation-tasks.ts';

/** Names an evaluation: a trial's address, seed and fold, or the baselines of a fold; or a check. */
export interface EvaluationName {
  readonly subject: string;
  readonly seed: number | null;
  /** Null for a check of the data of all folds. */
  readonly fold: number | null;
}

export type FailedEvaluation = EvaluationName & { readonly kind: 'evaluation-failed'; readonly error: TrialFailure };

export type ValidationEvent =
  /** `done` of `total` evaluations of trials are stored by earlier runs. `walked`: saved policies are walked over the vault, nothing is trained. */
  | {
      readonly kind: 'planned';
      readonly walked: boolean;
      readonly folds: readonly FoldWindow[];
      readonly done: number;
      readonly total: number;
    }
  | (EvaluationName & { readonly kind: 'evaluated'; readonly durationMs: number })
  /** Checks of data, features and saved policies follow, as far as they are not stored yet. */
  | { readonly kind: 'checking'; readonly total: number }
  | (EvaluationName & { readonly kind: 'checked'; readonly durationMs: number })
  | FailedEvaluation
  | { readonly kind: 'stopping'; readonly request: StopRequest; readonly by: string }
  | { readonly kind: 'log'; readonly text: string };

export interface ValidationSummary {
  readonly id: number;
  /** The scheme of the folds where it is not the study's own (null: evidence). */
  readonly scheme: string | null;
  readonly definitionHash: string;
  readonly seeds: readonly number[];
  readonly folds: readonly FoldWindow[];
  /** Failed evaluations; the others are stored, and the next run retries these. */
  readonly failed: readonly FailedEvaluation[];
  /** Source of the stop request, such as `Ctrl-C` (null: the validation ran to its end). */
  readonly stoppedBy: string | null;
  readonly durationMs: number;
}

export function nameOf(task: EvaluationTask): EvaluationName {
  const { fold } = task.fold;
  return task.kind === 'baselines' ? { subject: 'baselines', seed: null, fold } : { subject: task.address, seed: task.seed, fold };
}

export function checkNameOf(task: CheckTask): EvaluationName {
  switch (task.kind) {
    case 'check-data':
      return { subject: 'the check of the data', seed: null, fold: null };
    case 'check-features':
      return { subject: 'the check of the features', seed: null, fold: task.fold.fold };
    case 'check-policies':
      return { subject: `the check of ${task.address}`, seed: null, fold: task.fold.fold };
  }
}

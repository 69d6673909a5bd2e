import { shortened, storableText } from '../../core/text.ts';
import type { FlatParams } from '../space/param.ts';
import type { Constraints } from './history.ts';

/** What every trial has, whatever its state. */
export interface TrialBase {
  /** Dense from 0 within its study. */
  readonly number: number;
  /** Flat names: `lr`, `opt`, `opt.adam.beta1`. */
  readonly params: FlatParams;
  /** Of the trial's own randomness; the same for every attempt. */
  readonly seed: number;
  /** Counts from 1; 0 while no worker has claimed the trial. */
  readonly attempt: number;
  readonly queuedAt: Date;
}

interface Started {
  readonly startedAt: Date;
  /** Who ran it: host, process and device, as the worker named itself. */
  readonly worker: string;
}

interface Finished {
  readonly finishedAt: Date;
}

export interface TrialFailure {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** A failure as it is kept: its texts without what the database cannot store, and no longer than `longestText`. */
export function storableFailure({ code, message, hint }: TrialFailure): TrialFailure {
  const text = (given: string, most?: number): string => shortened(storableText(given), most);
  return { code: text(code, 100), message: text(message), ...(hint !== undefined && { hint: text(hint) }) };
}

/** A trial is exactly one of these; the database refuses rows that are none of them. */
export type Trial = TrialBase &
  (
    | { readonly state: 'queued' }
    | ({ readonly state: 'running'; readonly leaseExpiresAt: Date } & Started)
    /** It waits for somebody to resume it, or, where a pruner paused it at a step, for a bar to fall behind it. */
    | ({ readonly state: 'paused'; readonly by: string; readonly atStep?: number; readonly reason?: string } & Partial<Started>)
    | ({
        readonly state: 'complete';
        readonly value: number;
        readonly values?: readonly number[];
        readonly constraints?: Constraints;
        readonly metrics: Metrics;
      } & Started &
        Finished)
    | ({
        readonly state: 'pruned';
        readonly atStep: number;
        readonly reason: string;
      } & Started &
        Finished)
    | ({
        readonly state: 'failed';
        readonly error: TrialFailure;
      } & Partial<Started> &
        Finished)
    | ({ readonly state: 'cancelled'; readonly by: string } & Partial<Started> & Finished)
  );

export type TrialState = Trial['state'];

/** Every state, in the order a trial may pass through them. */
export const trialStates = [
  'queued',
  'running',
  'paused',
  'complete',
  'pruned',
  'failed',
  'cancelled',
] as const satisfies readonly TrialState[];

/** Named figures beside the objective value. NaN and Infinity are kept as they are (float8 in the database). */
export type Metrics = Readonly<Record<string, number>>;

/** What a thread says of an attempt. Exceptions end at the thread boundary: everything that can happen is one of these. */
export type Outcome =
  | {
      readonly kind: 'complete';
      readonly value: number;
      /** Every objective's value where there are several; `value` is then the first. */
      readonly values?: readonly number[];
      readonly constraints?: Constraints;
      readonly metrics: Metrics;
    }
  | {
      readonly kind: 'pruned';
      readonly atStep: number;
      readonly reason: string;
    }
  | { readonly kind: 'failed'; readonly error: TrialFailure }
  | { readonly kind: 'cancelled'; readonly by: string };

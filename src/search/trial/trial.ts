import { shortened, storableText } from '../../core/text.ts';
import type { FlatParams } from '../space/param.ts';
import type { DailyReturns } from './daily-returns.ts';
import type { Constraints } from './history.ts';
import type { ToldNoise } from './told-noise.ts';

/** Part of a trial that all states share. */
export interface TrialBase {
  /** Dense from 0 within its study. */
  readonly number: number;
  /** Flat names: `lr`, `opt`, `opt.adam.beta1`. */
  readonly params: FlatParams;
  /** Seed of the trial's random numbers; the same for every attempt. */
  readonly seed: number;
  /** Counts from 1; 0 before the first claim. */
  readonly attempt: number;
  readonly queuedAt: Date;
}

export interface Started {
  readonly startedAt: Date;
  /** Name of the worker that ran it: host, process, device. */
  readonly worker: string;
}

export interface Finished {
  readonly finishedAt: Date;
}

export interface TrialFailure {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** Returns a failure as it is stored: texts without characters that the database cannot store, at most `longestText` long. */
export function storableFailure({ code, message, hint }: TrialFailure): TrialFailure {
  const text = (given: string, most?: number): string => shortened(storableText(given), most);
  return { code: text(code, 100), message: text(message), ...(hint !== undefined && { hint: text(hint) }) };
}

/** A trial is in exactly one of these states; the database refuses rows in none of them. */
export type Trial = TrialBase &
  (
    | { readonly state: 'queued' }
    | ({ readonly state: 'running'; readonly leaseExpiresAt: Date } & Started)
    /** Waits for a person to resume it, or, if the pruner paused it at a step, for the pruner to advance it. */
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

/** Every state, in the order in which a trial may pass through them. */
export const trialStates = [
  'queued',
  'running',
  'paused',
  'complete',
  'pruned',
  'failed',
  'cancelled',
] as const satisfies readonly TrialState[];

/** Numbers by name, kept beside the objective value. NaN and Infinity are stored unchanged (float8 in the database). */
export type Metrics = Readonly<Record<string, number>>;

/** Outcome of an attempt as a thread returns it. Exceptions end at the thread boundary: every way to end is one of these. */
export type Outcome =
  | {
      readonly kind: 'complete';
      readonly value: number;
      /** Value of every objective, if there are several; `value` is the first. */
      readonly values?: readonly number[];
      readonly constraints?: Constraints;
      readonly metrics: Metrics;
      /** How uncertain the value is, where the objective says so. */
      readonly noise?: ToldNoise;
      /** Net returns of the days that the value was measured on. */
      readonly dailyReturns?: DailyReturns;
    }
  | {
      readonly kind: 'pruned';
      readonly atStep: number;
      readonly reason: string;
      /** Those of the last report. */
      readonly dailyReturns?: DailyReturns;
    }
  | { readonly kind: 'failed'; readonly error: TrialFailure }
  | { readonly kind: 'cancelled'; readonly by: string };

import type { Json } from '../../core/json.ts';
import type { FlatParams } from '../space/param.ts';
import type { ToldNoise } from './told-noise.ts';

export type Direction = 'minimize' | 'maximize';

/** One of a study's objectives. */
export interface Goal {
  readonly name: string;
  readonly direction: Direction;
  /** Worst useful value: reference point of the front's hypervolume (null: not known). */
  readonly reference: number | null;
}

/** The reported metric that the pruner decides on, in a study with several objectives. */
export interface PruneOn {
  readonly metric: string;
  readonly direction: Direction;
}

/** The reported values of one attempt, in the order of their steps. */
export interface Curve {
  readonly number: number;
  readonly steps: readonly number[];
  readonly values: readonly number[];
  /** Last note of a decision on this curve (null: none yet; absent: notes are not kept). */
  readonly note?: Json;
  /** Reports up to and including this step are those of the trial that this one was forked from. */
  readonly inherited?: number;
}

/** One number per constraint: met at 0 or below. */
export type Constraints = readonly number[];

/** The value that a trial was expected to end with, and the typical error of such a forecast. */
export interface Forecast {
  readonly value: number;
  readonly sd: number;
}

/** A trial as a sampler sees it. */
export type Observation =
  | {
      readonly state: 'complete';
      readonly number: number;
      readonly params: FlatParams;
      readonly value: number;
      /** Value of every objective, if there are several; `value` is the first. */
      readonly values?: readonly number[];
      readonly constraints?: Constraints;
      /** How uncertain `value` is, where the trial told it. */
      readonly noise?: ToldNoise;
      /** Largest reported step (absent: no report). */
      readonly lastStep?: number;
    }
  | {
      readonly state: 'pruned';
      readonly number: number;
      readonly params: FlatParams;
      /** Last report (null: none). */
      readonly last: { readonly step: number; readonly value: number } | null;
      /** Where the pruner expected it to end (absent: it did not say). */
      readonly expected?: Forecast;
      readonly constraints?: Constraints;
    }
  | {
      /** Ended without a value: the objective threw, or its result was NaN. */
      readonly state: 'failed';
      readonly number: number;
      readonly params: FlatParams;
    }
  | {
      readonly state: 'running';
      readonly number: number;
      readonly params: FlatParams;
    };

/** What an earlier study found, for a search that starts from it. The object stays the same as long as the study asks: models are kept by it. */
export interface EarlierStudy {
  readonly name: string;
  readonly direction: Direction;
  /** Its complete trials that met their constraints. Their parameters may be others than those of the new space. */
  readonly trials: readonly EarlierTrial[];
}

export interface EarlierTrial {
  readonly params: FlatParams;
  readonly value: number;
}

/**
 * Trials that a sampler knows: finished ones, failed ones among them, and open ones (queued or running), in the order of their numbers.
 */
export interface History {
  readonly direction: Direction;
  /** One per objective, if there are several; `direction` is the first. */
  readonly directions?: readonly Direction[];
  readonly observations: readonly Observation[];
  /**
   * Number of the trial that is asked for (absent: one past the highest observed). Cancelled trials have numbers, but are no
   * observations.
   */
  readonly next?: number;
  /** Studies that the search starts from (absent: none). Samplers that do not learn from them never see any. */
  readonly earlier?: readonly EarlierStudy[];
  /** Seed of the study, for parts of a sampler that all trials share; the `rng` of an ask differs for each trial. */
  readonly seed?: number;
}

/** Returns the number of the trial that is asked for. */
export function nextNumber({ next, observations }: History): number {
  return next ?? (observations.at(-1)?.number ?? -1) + 1;
}

/** True if a trial has information on the objective: it is complete or pruned. */
export function hasResult(trial: Observation): trial is Extract<Observation, { state: 'complete' | 'pruned' }> {
  return trial.state === 'complete' || trial.state === 'pruned';
}

/** True if a finished or open trial has exactly these params. */
export function wasTried(params: FlatParams, { observations }: History): boolean {
  const entries = Object.entries(params);
  return observations.some(
    (trial) => entries.every(([name, value]) => trial.params[name] === value) && Object.keys(trial.params).length === entries.length,
  );
}

/** True if every constraint is met, or there is none. */
export function meetsConstraints(constraints: Constraints = []): boolean {
  return constraints.every((value) => value <= 0);
}

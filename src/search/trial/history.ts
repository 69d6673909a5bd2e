import type { Json } from '../../core/json.ts';
import type { FlatParams } from '../space/param.ts';

export type Direction = 'minimize' | 'maximize';

/** One of a study's objectives. */
export interface Goal {
  readonly name: string;
  readonly direction: Direction;
  /** The worst value that is worth having: from here a front's hypervolume is measured. Null: not known. */
  readonly reference: number | null;
}

/** The figure of a report that a pruner judges, where there are several objectives. */
export interface PruneOn {
  readonly metric: string;
  readonly direction: Direction;
}

/** The reported values of one attempt, in the order of their steps. */
export interface Curve {
  readonly number: number;
  readonly steps: readonly number[];
  readonly values: readonly number[];
  /** The last note that a verdict on this curve carried; null where none did; absent where notes are not kept. */
  readonly note?: Json;
  /** Reports up to and with this step are another trial's, from whose checkpoint this one went on. */
  readonly inherited?: number;
}

/** One figure per constraint: met at 0 or below. */
export type Constraints = readonly number[];

/** A trial as a sampler sees it. */
export type Observation =
  | {
      readonly state: 'complete';
      readonly number: number;
      readonly params: FlatParams;
      readonly value: number;
      /** Every objective's value where there are several; `value` is then the first. */
      readonly values?: readonly number[];
      readonly constraints?: Constraints;
      /** The largest step that was reported; absent where nothing was. */
      readonly lastStep?: number;
    }
  | {
      readonly state: 'pruned';
      readonly number: number;
      readonly params: FlatParams;
      /** The last report; null where nothing was reported. */
      readonly last: { readonly step: number; readonly value: number } | null;
      readonly constraints?: Constraints;
    }
  | {
      /** It ended without a value: the objective threw, or its result was NaN. */
      readonly state: 'failed';
      readonly number: number;
      readonly params: FlatParams;
    }
  | {
      readonly state: 'running';
      readonly number: number;
      readonly params: FlatParams;
    };

/**
 * What a sampler knows: finished trials, failed ones among them, and the ones under way (queued or running). In the order of their numbers.
 */
export interface History {
  readonly direction: Direction;
  /** One per objective where there are several; `direction` is then the first. */
  readonly directions?: readonly Direction[];
  readonly observations: readonly Observation[];
  /**
   * The number of the trial that is asked for; absent: one past the highest observed. Cancelled trials have numbers too, but are
   * no observation.
   */
  readonly next?: number;
  /** The study's: for what must be the same for all of its trials, where the `rng` of an ask is each trial's own. */
  readonly seed?: number;
}

/** The number of the trial that is asked for. */
export function nextNumber({ next, observations }: History): number {
  return next ?? (observations.at(-1)?.number ?? -1) + 1;
}

/** True if a trial tells something of the objective: it is complete or pruned. */
export function hasResult(trial: Observation): trial is Extract<Observation, { state: 'complete' | 'pruned' }> {
  return trial.state === 'complete' || trial.state === 'pruned';
}

/** True if a trial, finished or under way, has exactly these params. */
export function wasTried(params: FlatParams, { observations }: History): boolean {
  const entries = Object.entries(params);
  return observations.some(
    (trial) => entries.every(([name, value]) => trial.params[name] === value) && Object.keys(trial.params).length === entries.length,
  );
}

/** True if every constraint is met, or there is none. */
export function meetsConstraints(constraints: Constraints = []): boolean {
  return constraints.every((figure) => figure <= 0);
}

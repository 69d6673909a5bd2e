import type { Json } from '../../core/json.ts';
import type { Curve, Direction, Forecast, History } from '../trial/history.ts';

export type PruneDecision =
  | { readonly prune: false; readonly note?: Json }
  /**
   * `reason` is text for people. `pause`: a trial that keeps checkpoints is paused instead of ended and may advance later. `expected`: where the trial
   * would end, which samplers take for its value.
   */
  | { readonly prune: true; readonly reason: string; readonly pause?: true; readonly note?: Json; readonly expected?: Forecast };

/*
 * A note is the pruner's own state of a trial. The storage keeps the newest note with the curve and passes it back with it. Pruners
 * that write notes also work if notes are not kept.
 */

/** A curve with the state of its trial. Each pruner decides which peers count. */
export interface PeerCurve extends Curve {
  readonly state: 'complete' | 'pruned' | 'paused' | 'running' | 'failed';
  /** The objective value of a complete trial, for pruners that need the best trial. */
  readonly value?: number;
  /** True if a complete trial met its constraints (absent without constraints). An infeasible trial sets no bar. */
  readonly feasible?: boolean;
}

/** A paused trial that advances, and the new note of its curve. */
export interface Advance {
  readonly number: number;
  readonly note: Json;
}

/** A pure function of the curves. Called after each report; `self` includes that report. */
export interface Pruner {
  readonly id: string;
  readonly decide: (self: Curve, peers: readonly PeerCurve[], direction: Direction) => PruneDecision;
  /**
   * Returns the paused trial that advances now (null if none does). Called before a new trial is suggested. Absent if the pruner never
   * pauses.
   * @param waiting numbers of the paused trials; their curves are part of `curves`.
   */
  readonly nextToAdvance?: (waiting: ReadonlySet<number>, curves: readonly PeerCurve[], direction: Direction) => Advance | null;
  /** Returns the note of a paused trial that a person resumes. Present together with `nextToAdvance`. */
  readonly noteAfterManualResume?: (note: Json) => Json;
  /** Returns the trials that the sampler may learn from for the next suggestion (Hyperband: those of one bracket). Absent: all. */
  readonly filterHistory?: (history: History) => History;
}

export const keep: PruneDecision = { prune: false };

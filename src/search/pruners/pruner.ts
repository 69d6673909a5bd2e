import type { Json } from '../../core/json.ts';
import type { Curve, Direction, History } from '../trial/history.ts';

export type PruneDecision =
  | { readonly prune: false; readonly note?: Json }
  /**
   * `reason` in words, for people. `pause`: the trial may go on later, so that one that keeps checkpoints waits instead of ending.
   */
  | { readonly prune: true; readonly reason: string; readonly pause?: true; readonly note?: Json };

/*
 * A note is what the pruner wants remembered of the trial beside its curve: whoever keeps curves keeps the last one and
 * hands it back with the curve. Pruners that write notes manage without them where they are not kept.
 */

/** A curve with the state of its trial: which peers count is the pruner's own rule. */
export interface PeerCurve extends Curve {
  readonly state: 'complete' | 'pruned' | 'paused' | 'running' | 'failed';
  /** The objective value of a complete trial, for pruners that ask which trial is the best. */
  readonly value?: number;
  /** Whether a complete trial met its constraints; absent where it was told none. One that missed any sets no bar. */
  readonly feasible?: boolean;
}

/** A trial that goes on, and the note that its curve then has. */
export interface Advance {
  readonly number: number;
  readonly note: Json;
}

/** A pure function of the curves. Asked after each report, with the report already part of `self`. */
export interface Pruner {
  readonly id: string;
  readonly decide: (self: Curve, peers: readonly PeerCurve[], direction: Direction) => PruneDecision;
  /**
   * Of the trials that it paused, the one that goes on now; null: none does. Asked before a new trial is. Absent: it lets none wait.
   * @param waiting they are among the curves
   */
  readonly nextToAdvance?: (waiting: ReadonlySet<number>, curves: readonly PeerCurve[], direction: Direction) => Advance | null;
  /** The note of a trial that it paused, once a person lets it go on before its turn. Beside `promotes`. */
  readonly noteAfterManualResume?: (note: Json) => Json;
  /** Of the history, what the sampler shall learn from for the next trial, where trials are kept apart; absent: from all of it. */
  readonly filterHistory?: (history: History) => History;
}

export const keep: PruneDecision = { prune: false };

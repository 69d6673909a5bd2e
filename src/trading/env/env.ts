import type { Rng } from '../../core/rng.ts';
import type { EnvState } from './env-state.ts';

/**
 * `count` copies of one environment, stepped as one batch. Arrays are owned by the environment and overwritten by the next call: row i
 * belongs to copy i. A copy whose episode ended is reset at once; `observations` then holds the first observation of its next episode and
 * `finalObservations` the last one of the old.
 */
export interface VectorEnv {
  readonly count: number;
  readonly observationSize: number;
  readonly actionSize: number;
  /** For discrete actions, the number of choices per action; an action is then an index from 0. Default: actions in [-1, 1]. */
  readonly choices?: readonly number[];
  /** count x observationSize, float32. */
  readonly observations: Float32Array;
  /** Rewards of the last step, count long. */
  readonly rewards: Float32Array;
  /** 1 where the last step ended the episode by the environment's own rule (drawdown, pole fell): no bootstrap. */
  readonly terminated: Uint8Array;
  /** 1 where the last step ended it because time or data ran out: the value of the final observation counts. */
  readonly truncated: Uint8Array;
  /** count x observationSize; only rows of ended copies are meaningful. */
  readonly finalObservations: Float32Array;
  /** 1 where the observation after the last step (of an ended copy its final one) is the first of a session; none: there are no sessions. */
  readonly opensSession?: Uint8Array;
  /** Starts a new episode in every copy. */
  readonly reset: (rng: Rng) => void;
  /** Actions in [-1, 1], or indices of choices; count x actionSize. */
  readonly step: (actions: Float32Array) => void;
}

/** An environment that can be saved between two steps and restored elsewhere, and then continues with the same bits. */
export interface ResumableEnv extends VectorEnv {
  /** Saves the state; only after a reset. */
  readonly save: () => EnvState;
  /**
   * Restores a state, in place of a reset.
   * @throws AssayError if the state is of another environment.
   */
  readonly restore: (state: EnvState) => void;
}

import type { Rng } from '../../core/rng.ts';
import type { EnvState } from './env-state.ts';

/**
 * `count` copies of one environment stepped together. Arrays are owned by the environment and overwritten by the next
 * call: row i belongs to copy i. A copy whose episode ended is reset at once; `observations` then holds the first
 * observation of its next episode and `finalObservations` the last one of the old.
 */
export interface VectorEnv {
  readonly count: number;
  readonly observationSize: number;
  readonly actionSize: number;
  /** Where actions are choices: how many there are, for each action. An action is then the index of one, from 0. */
  readonly choices?: readonly number[];
  /** count x observationSize, float32. */
  readonly observations: Float32Array;
  /** Of the last step, count long. */
  readonly rewards: Float32Array;
  /** 1 where the last step ended the episode by the environment's own rule (drawdown, pole fell): no bootstrap. */
  readonly terminated: Uint8Array;
  /** 1 where the last step ended it by running out of time or data: the value of the final observation counts. */
  readonly truncated: Uint8Array;
  /** count x observationSize; only rows of ended copies are meaningful. */
  readonly finalObservations: Float32Array;
  /** Start every copy afresh. */
  readonly reset: (rng: Rng) => void;
  /** Actions in [-1, 1], or indices of choices; count x actionSize. */
  readonly step: (actions: Float32Array) => void;
}

/** An environment that can be left between two steps and gone on with elsewhere, bit for bit. */
export interface ResumableEnv extends VectorEnv {
  /** After a reset. */
  readonly save: () => EnvState;
  /** In place of a reset. Throws where the state is that of another environment. */
  readonly restore: (state: EnvState) => void;
}

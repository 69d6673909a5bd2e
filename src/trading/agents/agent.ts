/** What a vectorised environment showed in one step: row i belongs to copy i. Read at once, never kept. */
export interface Transitions {
  /** count x observationSize, before the step. */
  readonly observations: Float32Array;
  /** count x actionSize, in [-1, 1], or indices of choices. */
  readonly actions: Float32Array;
  readonly rewards: Float32Array;
  /** count x observationSize, after the step; the last observation of its episode where that ended, never the first of the next. */
  readonly nextObservations: Float32Array;
  /** 1 where the environment itself ended the episode: nothing is worth anything afterwards. */
  readonly terminated: Uint8Array;
  /** 1 where time or data ran out: the next observation keeps its value. */
  readonly truncated: Uint8Array;
}

export interface UpdateReport {
  readonly gradientSteps: number;
  /** Losses and the like of the last gradient step, by name. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** How observations were made from raw features: (raw - mean) / scale, and no farther from 0 than the limit, column by column. */
export interface Normalisation {
  readonly mean: ArrayLike<number>;
  readonly scale: ArrayLike<number>;
  /** Left out: none. */
  readonly limit?: ArrayLike<number>;
}

export interface PolicyOptions {
  /** Put in front of the network, so that the saved policy takes raw features. Left out, it takes normalised ones. */
  readonly normalisation?: Normalisation;
  /** Stored in the file: study, trial, features, hashes. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * A learner. It sees observations and gives actions in [-1, 1], or indices of choices; when and how it learns is its own business. One agent is one
 * folder here. NaN or infinity in an observation, a reward or a loss throws `not_finite` with the step and the tensor's name.
 */
export interface Agent {
  readonly id: string;
  /**
   * Actions for `environments` copies, to be copied if they must outlive the next call. `explore` adds the policy's own noise.
   * `starts` is for agents with memory: 1 where a copy's episode begins and what was remembered is forgotten. Left out when they
   * exploit, every call begins anew; when they explore, they know it from what they observed, but not of a reset of all copies.
   */
  readonly act: (observations: Float32Array, mode: 'explore' | 'exploit', starts?: Uint8Array) => Promise<Float32Array>;
  /** Takes in one step of all copies. */
  readonly observe: (transitions: Transitions) => void;
  /** Does the gradient steps that are due since the last call; null when none is. */
  readonly update: () => Promise<UpdateReport | null>;
  /** Everything needed to go on bit for bit, on the same executor and kind of processor. */
  readonly checkpoint: () => Uint8Array;
  /**
   * Goes on from an agent of the same sizes, with this one's settings of learning. Throws `data_invalid`, and changes nothing, for bytes
   * of another agent or of other sizes.
   */
  readonly restore: (checkpoint: Uint8Array) => void;
  /**
   * The policy without its noise, as an ONNX file: `observation` [rows, observationSize] to `action` [rows, actionSize]. One with
   * an encoder or a memory takes one row; one with memory `state` besides, zeros where an episode begins; it gives `nextState` for the next step. Weights are
   * named after their layers: `actor/ssm/0/in_proj/kernel`.
   */
  readonly exportPolicy: (options?: PolicyOptions) => Uint8Array;
  readonly dispose: () => Promise<void>;
}

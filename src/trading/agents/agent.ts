/** One step of a vectorised environment: row i belongs to copy i. Valid until the next step; copied if kept. */
export interface Transitions {
  /** count x observationSize, before the step. */
  readonly observations: Float32Array;
  /** count x actionSize, in [-1, 1], or indices of choices. */
  readonly actions: Float32Array;
  readonly rewards: Float32Array;
  /** count x observationSize, after the step: the last observation of its episode where that ended, never the first of the next. */
  readonly nextObservations: Float32Array;
  /** 1 where the environment itself ended the episode: no value follows. */
  readonly terminated: Uint8Array;
  /** 1 where time or data ran out: the value of the next observation still counts. */
  readonly truncated: Uint8Array;
  /** 1 where the observation after the step is the first of a session; none: there are no sessions. */
  readonly opensSession?: Uint8Array | undefined;
}

export interface UpdateReport {
  readonly gradientSteps: number;
  /** Losses and other metrics of the last gradient step, by name. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** Normalisation of raw features, column by column: (raw - mean) / scale, limited to [-limit, limit]. */
export interface Normalisation {
  readonly mean: ArrayLike<number>;
  readonly scale: ArrayLike<number>;
  /** Default: no limit. */
  readonly limit?: ArrayLike<number>;
}

export interface PolicyOptions {
  /** Put in front of the network, so that the saved policy takes raw features. Default: it takes normalised ones. */
  readonly normalisation?: Normalisation;
  /** Stored in the file: study, trial, features, hashes. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * A learner: observations in, actions in [-1, 1] or indices of choices out. It decides itself when and how it learns. One agent is one
 * folder here.
 * @throws AssayError `not_finite` naming the step and the tensor for NaN or infinity in an observation, a reward or a loss.
 */
export interface Agent {
  readonly id: string;
  /**
   * Returns actions; the array is overwritten by the next call of the same mode. `explore` adds the policy's own noise and takes one row
   * per environment, `exploit` one per account (by default as many). `starts` is for agents with memory: what each copy's observation
   * begins, `start.episode`, `start.session` or nothing (live-memory.ts). Default when exploiting: every call begins an episode. Default when
   * exploring: the ends that were observed, which do not include a reset of all copies.
   */
  readonly act: (observations: Float32Array, mode: 'explore' | 'exploit', starts?: Uint8Array) => Promise<Float32Array>;
  /** Records one step of all copies. */
  readonly observe: (transitions: Transitions) => void;
  /** Runs the gradient steps that are due since the last call (null: none was due). */
  readonly update: () => Promise<UpdateReport | null>;
  /**
   * Everything needed to continue learning with the same bits, on the same executor and kind of processor. Without the memory of `exploit`,
   * whose next call begins an episode.
   */
  readonly checkpoint: () => Uint8Array;
  /**
   * Continues from an agent of the same sizes, with this agent's learning settings.
   * @throws AssayError `data_invalid` for bytes of another agent or of other sizes; nothing is changed then.
   */
  readonly restore: (checkpoint: Uint8Array) => void;
  /**
   * The policy without its noise, as an ONNX file: `observation` [rows, observationSize] to `action` [rows, actionSize]. With an encoder or
   * a memory it takes one row; with a memory it also takes `state` and returns `nextState`. Weights are named after their layers:
   * `actor/ssm/0/in_proj/kernel`. The metadata `memory` says when the state must be all zeros: `session`, where a session begins; `account`,
   * where the account does; `none`, always, or there is no state.
   */
  readonly exportPolicy: (options?: PolicyOptions) => Uint8Array;
  readonly dispose: () => Promise<void>;
}

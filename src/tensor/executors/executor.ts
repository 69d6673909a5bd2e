import type { Graph, Leaf } from '../graph/graph.ts';

/** Row-major float32 values by the name of an input. */
export type Feeds = Readonly<Record<string, Float32Array>>;

/** Row-major float32 values by the name of an output. Owned by the program and overwritten by its next run: copy what must last. */
export type Fetches = Readonly<Record<string, Float32Array>>;

/**
 * What a study can ask for. `auto` is TensorFlow where it has a GPU, else onnx; `tensorflow-eager` runs op by op on TensorFlow, for where
 * it does not take a whole graph; `kernels` in plain JavaScript.
 */
export const executorChoices = ['auto', 'onnx', 'tensorflow', 'tensorflow-eager', 'kernels'] as const;
export type ExecutorChoice = (typeof executorChoices)[number];

/** Turns graphs into something that runs. One implementation per folder or file here; all pass tests/conformance/executor.ts. */
export interface Executor {
  readonly id: string;
  /** What computes: `onnxruntime 1.30.0`, `TensorFlow 2.19.1 on a GPU`. Loads it; throws `unavailable` when that fails. */
  readonly library: () => Promise<string>;
  /**
   * Compiles functions that share named states: a state that two graphs name is one state. All shapes are checked here.
   * Throws `shape_invalid` for graphs that do not fit and `unavailable` when the runtime cannot be loaded.
   */
  readonly compile: (functions: Readonly<Record<string, Graph>>, hints?: Hints) => Promise<Program>;
}

/** What an executor may make use of; nothing but speed depends on it. */
export interface Hints {
  /** Functions without updates that run many times before any state that they read changes. */
  readonly steady?: readonly string[];
}

/** Compiled functions over one set of states. Runs must not overlap: await one before starting the next. */
export interface Program {
  /** Every state, in the order in which the graphs first name it. */
  readonly states: readonly Leaf[];
  /** Runs a function once and applies its updates. Throws `shape_invalid` for a feed that is missing or of the wrong length. */
  readonly run: (name: string, feeds: Feeds) => Promise<Fetches>;
  /** A copy of a state's value; all zero before the first write. */
  readonly read: (state: string) => Float32Array;
  readonly write: (state: string, values: ArrayLike<number>) => void;
  /** Frees native memory; the program cannot run afterwards. */
  readonly dispose: () => Promise<void>;
}

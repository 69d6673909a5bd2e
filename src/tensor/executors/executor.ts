import type { Graph, Leaf } from '../graph/graph.ts';

/** Row-major float32 values by the name of an input. */
export type Feeds = Readonly<Record<string, Float32Array>>;

/** Row-major float32 values by the name of an output. Owned by the program and overwritten by its next run: copy values that must last. */
export type Fetches = Readonly<Record<string, Float32Array>>;

/**
 * Executors that a study can select. `auto` is TensorFlow if it has a GPU, else onnx; `tensorflow-eager` runs op by op on TensorFlow, for
 * graphs that it refuses as a whole; `kernels` runs in plain JavaScript.
 */
export const executorChoices = ['auto', 'onnx', 'tensorflow', 'tensorflow-eager', 'kernels'] as const;
export type ExecutorChoice = (typeof executorChoices)[number];

/** Compiles graphs to programs. All implementations in this folder pass tests/conformance/executor.ts. */
export interface Executor {
  readonly id: string;
  /** Loads the library; returns its name: `onnxruntime 1.30.0`, `TensorFlow 2.19.1 on a GPU`. @throws `unavailable` if it does not load. */
  readonly library: () => Promise<string>;
  /**
   * Compiles functions that share named states: a state that two graphs name is one state. All shapes are checked here.
   * @throws `shape_invalid` for graphs that do not fit, `unavailable` if the runtime does not load.
   */
  readonly compile: (functions: Readonly<Record<string, Graph>>, hints?: Hints) => Promise<Program>;
}

/** Hints for speed; results do not depend on them. */
export interface Hints {
  /** Functions without updates that run many times before any state that they read changes. */
  readonly steady?: readonly string[];
}

/** Compiled functions over one set of states. Runs must not overlap: await one before starting the next. */
export interface Program {
  /** Every state, in order of first use. */
  readonly states: readonly Leaf[];
  /** Runs a function once and applies its updates. @throws `shape_invalid` for a feed that is missing or of the wrong length. */
  readonly run: (name: string, feeds: Feeds) => Promise<Fetches>;
  /** Returns a copy of a state's value; all zero before the first write. */
  readonly read: (state: string) => Float32Array;
  readonly write: (state: string, values: ArrayLike<number>) => void;
  /** Frees native memory; the program cannot run afterwards. */
  readonly dispose: () => Promise<void>;
}

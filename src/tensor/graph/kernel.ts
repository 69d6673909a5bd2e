import type { Tensor as Value } from '@tensorflow/tfjs-core';

/** The functions of tfjs; the backend that computes them is a setting of the process. */
export type Tfjs = typeof import('@tensorflow/tfjs-core');

/** The argument of `Op.kernel`: the inputs of one op when a graph runs op by op on a tfjs backend. */
export interface KernelRun {
  readonly tf: Tfjs;
  /** Values of the op's inputs, in order. */
  readonly inputs: readonly Value[];
  /** Returns a new handle to the value fed for an input. */
  readonly feed: (name: string) => Value;
  /** Returns a new handle to the state's value before the run. */
  readonly state: (name: string) => Value;
}

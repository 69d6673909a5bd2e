import type { Tensor as Value } from '@tensorflow/tfjs-core';

/** The functions of tfjs; which backend computes them is a setting of the process. */
export type Tfjs = typeof import('@tensorflow/tfjs-core');

/** What an op computes itself with when a graph is run op by op on a tfjs backend. */
export interface KernelRun {
  readonly tf: Tfjs;
  /** Values of the op's inputs, in order. */
  readonly inputs: readonly Value[];
  /** A handle of its own to what was fed. */
  readonly feed: (name: string) => Value;
  /** A handle of its own to the state's value before the run. */
  readonly state: (name: string) => Value;
}

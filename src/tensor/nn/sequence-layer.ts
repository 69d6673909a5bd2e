import { slice } from '../graph/ops/index.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { Parameter, Parameters } from './parameters.ts';

/**
 * A layer that remembers. Its two forms compute the same: `sequence` all steps at once, for training; `step` one, for acting.
 * What it remembers of a row is one vector, zero before an episode's first step.
 */
export interface SequenceLayer {
  readonly parameters: readonly Parameter[];
  /** Numbers remembered per row. */
  readonly stateSize: number;
  /**
   * [steps, rows, inputs] to [wanted, rows, outputs], time first: the outputs of the last `wanted` steps, of all where it is left out.
   * `starts` is [steps, rows, 1], 1 where an episode begins: what was remembered is forgotten before that step. `state` is what was
   * remembered before the first step, [rows, stateSize], or null for nothing. Less wanted, and no state, is less work.
   */
  readonly sequence: (parameters: Parameters, x: Tensor, starts: Tensor, state: Tensor | null, wanted?: number) => Tensor;
  /** [rows, inputs] to [rows, outputs]. The caller clears the state's rows where an episode begins. */
  readonly step: (parameters: Parameters, x: Tensor, state: Tensor) => Remembered;
}

/** The axis that time lies on: [steps, rows, ...] or [rows, steps, ...]. */
export type TimeAxis = 0 | 1;

/** The last `count` of the steps. */
export function lastSteps(x: Tensor, count: number, time: TimeAxis = 0): Tensor {
  const steps = x.shape[time]!;
  return count === steps ? x : slice(x, time, steps - count, steps);
}

export interface Remembered {
  readonly output: Tensor;
  readonly state: Tensor;
}

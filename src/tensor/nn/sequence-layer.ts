import { slice } from '../graph/ops/index.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { Parameter, Parameters } from './parameters.ts';

/**
 * A layer with memory. Its two forms compute the same: `sequence` all steps at once, for training; `step` one step, for acting.
 * The state of a row is one vector, zero before an episode's first step.
 */
export interface SequenceLayer {
  readonly parameters: readonly Parameter[];
  /** Size of the state of one row. */
  readonly stateSize: number;
  /**
   * [steps, rows, inputs] to [wanted, rows, outputs], time first: the outputs of the last `wanted` steps (default: all). `starts`
   * [steps, rows, 1] is 1 where an episode begins, before which the state is cleared. `state` [rows, stateSize] is the state before the
   * first step (null: empty). Fewer wanted steps and no state are less work.
   */
  readonly sequence: (parameters: Parameters, x: Tensor, starts: Tensor, state: Tensor | null, wanted?: number) => Tensor;
  /** [rows, inputs] to [rows, outputs]. The caller clears the state's rows where an episode begins. */
  readonly step: (parameters: Parameters, x: Tensor, state: Tensor) => Remembered;
}

/** The axis of time: [steps, rows, ...] or [rows, steps, ...]. */
export type TimeAxis = 0 | 1;

/** Returns the last `count` steps. */
export function lastSteps(x: Tensor, count: number, time: TimeAxis = 0): Tensor {
  const steps = x.shape[time]!;
  return count === steps ? x : slice(x, time, steps - count, steps);
}

export interface Remembered {
  readonly output: Tensor;
  readonly state: Tensor;
}

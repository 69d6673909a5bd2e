import { AssayError } from '../../../core/errors.ts';
import { broadcast, concat, constant, mul, pad, reshape, slice, sub, sum, transpose } from '../../../tensor/graph/ops/index.ts';
import type { Tensor } from '../../../tensor/graph/tensor.ts';
import type { Parameter, Parameters } from '../../../tensor/nn/parameters.ts';
import { lastSteps } from '../../../tensor/nn/sequence-layer.ts';
import { createMemory, type MemoryKind, type MemorySizes } from '../encoders/memory.ts';
import { createObservationEncoder, type EncoderSizes } from '../encoders/observation.ts';

export interface ViewOptions extends EncoderSizes, MemorySizes {
  readonly memory: MemoryKind | 'none';
  readonly window: number;
  readonly recall: 'window' | 'episode';
}

/** The input stage of a network: an optional encoder of each observation, then an optional memory over the last of them. */
export interface View {
  readonly parameters: readonly Parameter[];
  /** Width of the result: with a memory, its output and the last observation's own features side by side. */
  readonly outputs: number;
  /** Size of the memory's state per row (0: no memory). */
  readonly stateSize: number;
  /** One observation per row, [rows, observationSize]; `state` [rows, stateSize] with a memory. */
  readonly step: (
    parameters: Parameters,
    observations: Tensor,
    state: Tensor | null,
  ) => { readonly features: Tensor; readonly state: Tensor | null };
  /** Features of a sequence that begins with an empty memory, at one of its last `wanted` steps per row. */
  readonly sequence: (parameters: Parameters, sequence: Sequence, wanted: number) => (at: StepOf) => Tensor;
}

/** Time first: observations [steps, rows, observationSize], starts [steps, rows, 1]. */
export interface Sequence {
  readonly observations: Tensor;
  readonly starts: Tensor;
}

/** One of the wanted steps: the same for all rows, or one-hot per row, [wanted, rows, 1]. */
export type StepOf = number | Tensor;

export function createView(
  owner: string,
  spaces: { readonly observationSize: number; readonly actionSize: number },
  options: ViewOptions,
): View {
  const encoder = createObservationEncoder(owner, spaces, options);
  const memory = options.memory === 'none' ? null : createMemory(owner, encoder.outputs, options.memory, options, options.window);
  const view: View = {
    parameters: [...encoder.parameters, ...(memory?.parameters ?? [])],
    outputs: encoder.outputs + (memory === null ? 0 : options.memoryWidth),
    stateSize: memory?.stateSize ?? 0,
    step: (parameters, observations, state) => {
      const seen = encoder.apply(parameters, observations);
      if (memory === null || state === null) return { features: seen, state: null };
      const remembered = memory.step(parameters, seen, state);
      return { features: concat([remembered.output, seen], 1), state: remembered.state };
    },
    sequence: (parameters, { observations, starts }, wanted) => {
      const [steps, rows, size] = observations.shape as readonly [number, number, number];
      const seen = reshape(encoder.apply(parameters, reshape(observations, [steps * rows, size])), [steps, rows, encoder.outputs]);
      const last = lastSteps(seen, wanted);
      if (memory === null) return (at) => rowsAt(last, at);
      const remembered = memory.sequence(parameters, seen, starts, null, wanted);
      return (at) => concat([rowsAt(remembered, at), rowsAt(last, at)], 1);
    },
  };
  return memory === null || options.recall === 'episode' ? view : { ...view, ...overWindow(view, spaces.observationSize, options.window) };
}

/**
 * A view whose state is the window of observations itself, which each step computes anew: exactly what a gradient step sees, however long
 * the episode. The state is the last window - 1 observations, oldest first, each followed by a 1; all zeros is an empty past.
 */
function overWindow(view: View, observationSize: number, window: number): Pick<View, 'stateSize' | 'step'> {
  const each = observationSize + 1;
  const past = (window - 1) * each;
  return {
    stateSize: past,
    step: (parameters, observations, state) => {
      if (state === null) throw new AssayError('internal', 'a view with a memory needs its state');
      const rows = observations.shape[0]!;
      const now = concat([observations, broadcast(constant(1), [rows, 1])], 1);
      const all = concat([state, now], 1);
      const steps = transpose(reshape(all, [rows, window, each]), [1, 0, 2]);
      const there = slice(steps, 2, observationSize, each);
      const before = pad(slice(there, 0, 0, window - 1), 0, 1, 0);
      const sequence = { observations: slice(steps, 2, 0, observationSize), starts: sub(there, before) };
      return { features: view.sequence(parameters, sequence, 1)(0), state: slice(all, 1, each, past + each) };
    },
  };
}

function rowsAt(all: Tensor, at: StepOf): Tensor {
  const [, rows, width] = all.shape as readonly [number, number, number];
  if (typeof at === 'number') return reshape(slice(all, 0, at, at + 1), [rows, width]);
  return sum(mul(all, at), [0]);
}

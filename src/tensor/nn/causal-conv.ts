import { add, concat, constant, matmul, mul, pad, reshape, slice, sub, sum } from '../graph/ops/index.ts';
import type { Tensor } from '../graph/tensor.ts';
import { uniformFanIn } from './initial.ts';
import type { Parameter, Parameters } from './parameters.ts';
import type { Remembered, TimeAxis } from './sequence-layer.ts';
import { requireWidth } from './width.ts';

/** The channels [first, end). */
type Range = readonly [first: number, end: number];

/**
 * A causal convolution per channel: y[t] = bias + sum_k kernel[k] x[t - taps + 1 + k]. Its input is always a product x = u W, and a weight
 * per channel commutes with that product: the concatenated steps of u ({@link history}) times the stacked weighted copies of W compute
 * projection and convolution as one product, several times faster than shifted slices. (No executor here has a gradient of a depthwise
 * convolution that is both correct and fast.)
 */
export interface CausalConv {
  readonly parameters: readonly Parameter[];
  /** The last taps - 1 inputs, oldest first. */
  readonly stateSize: number;
  /** {@link history} of u, [a, b, taps x width], and the projection [width, channels of the range], to [a, b, channels of the range]. */
  readonly sequence: (parameters: Parameters, past: Tensor, projection: Tensor, channels: Range) => Tensor;
  /** The contribution of the state to a sequence as long as `starts`, for all channels: zero after the first taps - 1 steps. */
  readonly carried: (parameters: Parameters, state: Tensor, starts: Tensor, time: TimeAxis) => Tensor;
  /** [rows, channels] to the same. */
  readonly step: (parameters: Parameters, x: Tensor, state: Tensor) => Remembered;
}

export function causalConv(name: string, channels: number, taps: number): CausalConv {
  const [kernel, bias] = [`${name}/kernel`, `${name}/bias`];
  const weightOf = (parameters: Parameters, tap: number): Tensor => reshape(slice(parameters[kernel]!, 0, tap, tap + 1), [channels]);
  const initial = uniformFanIn(taps);
  return {
    parameters: [
      { name: kernel, shape: [taps, channels], initial },
      { name: bias, shape: [channels], initial },
    ],
    stateSize: (taps - 1) * channels,
    sequence: (parameters, past, projection, [first, end]) => {
      const [a, b, width] = past.shape as readonly [number, number, number];
      requireWidth(name, past, taps * projection.shape[0]!);
      const copies = Array.from({ length: taps }, (_, tap) => mul(projection, slice(weightOf(parameters, tap), 0, first, end)));
      const product = matmul(reshape(past, [a * b, width]), concat(copies, 0));
      return reshape(add(product, slice(parameters[bias]!, 0, first, end)), [a, b, end - first]);
    },
    carried: (parameters, state, starts, time) => {
      const steps = starts.shape[time]!;
      const rows = state.shape[0]!;
      const before = Array.from({ length: taps - 1 }, (_, i) => slice(state, 1, i * channels, (i + 1) * channels));
      let kept: Tensor = constant(1);
      const first = Array.from({ length: Math.min(steps, taps - 1) }, (_, step) => {
        kept = mul(kept, sub(constant(1), reshape(slice(starts, time, step, step + 1), [rows, 1])));
        const weighed = before.slice(step).map((x, i) => mul(x, weightOf(parameters, i)));
        return reshape(
          mul(
            weighed.reduce((x, y) => add(x, y)),
            kept,
          ),
          time === 0 ? [1, rows, channels] : [rows, 1, channels],
        );
      });
      return pad(concat(first, time), time, 0, steps - first.length);
    },
    step: (parameters, x, state) => {
      requireWidth(name, x, channels);
      const window = concat([state, x], 1);
      const weighed = mul(reshape(window, [x.shape[0]!, taps, channels]), parameters[kernel]!);
      return {
        output: add(sum(weighed, [1]), parameters[bias]!),
        state: slice(window, 1, channels, taps * channels),
      };
    },
  };
}

/**
 * Concatenates each step of u with the taps - 1 before it, oldest first: [.., .., width] to [.., .., taps x width], zero where the episode
 * has no such step. `starts` has the axes of u.
 */
export function history(u: Tensor, starts: Tensor, taps: number, time: TimeAxis): Tensor {
  const steps = u.shape[time]!;
  const [flags, padded] = [pad(starts, time, taps - 1, 0), pad(u, time, taps - 1, 0)];
  const parts = [u];
  let sameEpisode: Tensor = constant(1);
  for (let back = 1; back < taps; back++) {
    const begin = taps - 1 - back;
    sameEpisode = mul(sameEpisode, sub(constant(1), slice(flags, time, begin + 1, begin + 1 + steps)));
    parts.unshift(mul(slice(padded, time, begin, begin + steps), sameEpisode));
  }
  return concat(parts, 2);
}

import { add, concat, constant, mul, pad, reshape, slice, sub } from '../graph/ops/index.ts';
import type { Tensor } from '../graph/tensor.ts';
import { uniformFanIn } from './initial.ts';
import type { SequenceLayer } from './sequence-layer.ts';
import { requireWidth } from './width.ts';

/**
 * Every channel's last `taps` values, weighed, plus a bias: y[t] = bias + sum_k kernel[k] x[t - taps + 1 + k], as shifted slices
 * (no executor here has a gradient of a depthwise convolution that is both right and fast). The state is the last taps - 1 inputs,
 * oldest first.
 */
export function causalConv(name: string, channels: number, taps: number): SequenceLayer {
  const [kernel, bias] = [`${name}/kernel`, `${name}/bias`];
  const weightOf = (weights: Tensor, tap: number): Tensor => reshape(slice(weights, 0, tap, tap + 1), [channels]);
  const initial = uniformFanIn(taps);
  return {
    parameters: [
      { name: kernel, shape: [taps, channels], initial },
      { name: bias, shape: [channels], initial },
    ],
    stateSize: (taps - 1) * channels,
    sequence: (parameters, x, starts, state) => {
      requireWidth(name, x, channels);
      const steps = x.shape[0]!;
      const weights = parameters[kernel]!;
      // What is kept is of the running episode, so that the flags of the steps before the first are 0.
      const flags = pad(starts, 0, taps - 1, 0);
      const padded = state === null ? pad(x, 0, taps - 1, 0) : concat([...pastOf(state, channels, taps), x], 0);
      let sum = add(mul(x, weightOf(weights, taps - 1)), parameters[bias]!);
      let sameEpisode: Tensor = constant(1);
      for (let back = 1; back < taps; back++) {
        const begin = taps - 1 - back;
        sameEpisode = mul(sameEpisode, sub(constant(1), slice(flags, 0, begin + 1, begin + 1 + steps)));
        sum = add(sum, mul(mul(slice(padded, 0, begin, begin + steps), sameEpisode), weightOf(weights, taps - 1 - back)));
      }
      return sum;
    },
    step: (parameters, x, state) => {
      requireWidth(name, x, channels);
      const window = concat([state, x], 1);
      const products = Array.from({ length: taps }, (_, tap) =>
        mul(slice(window, 1, tap * channels, (tap + 1) * channels), weightOf(parameters[kernel]!, tap)),
      );
      return {
        output: add(
          products.reduce((a, b) => add(a, b)),
          parameters[bias]!,
        ),
        state: slice(window, 1, channels, taps * channels),
      };
    },
  };
}

/** The state as rows of time: taps - 1 tensors [1, rows, channels]. */
function pastOf(state: Tensor, channels: number, taps: number): readonly Tensor[] {
  const rows = state.shape[0]!;
  return Array.from({ length: taps - 1 }, (_, i) => reshape(slice(state, 1, i * channels, (i + 1) * channels), [1, rows, channels]));
}

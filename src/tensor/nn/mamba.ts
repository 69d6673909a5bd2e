import { add, concat, constant, exp, matmul, mul, neg, reshape, scan, sigmoid, slice, softplus } from '../graph/ops/index.ts';
import type { Tensor } from '../graph/tensor.ts';
import { causalConv } from './causal-conv.ts';
import { filledWith, type uniformFanIn, uniformWithin } from './initial.ts';
import { linear } from './linear.ts';
import type { Parameters } from './parameters.ts';
import type { SequenceLayer } from './sequence-layer.ts';
import { stepBias } from './ssm-initial.ts';

export interface SsmSizes {
  /** Features in and out. */
  readonly width: number;
  /** State numbers per channel, and in Mamba-2 per head. */
  readonly stateWidth: number;
  /** Taps of the convolution. */
  readonly taps: number;
  /** Inner channels per feature. */
  readonly expand: number;
  /** Layers of the network: the output projection starts that much smaller, by its root (Radford et al. 2019, section 2.3). */
  readonly layers: number;
}

/** Large enough to make exp(-decay) zero for every decay rate that can be, small enough to stay a plain number. */
export const forget = 1e6;

export const silu = (x: Tensor): Tensor => mul(x, sigmoid(x));

/** What the recurrence takes: `delta` and `x` [steps, rows, channels], `b` and `c` [steps, rows, states], `rates` [states, channels]. */
interface Scanned {
  readonly delta: Tensor;
  readonly x: Tensor;
  readonly b: Tensor;
  readonly c: Tensor;
  /** Negative. */
  readonly rates: Tensor;
  /** The weight of x itself, [channels]. */
  readonly direct: Tensor;
}

/**
 * The selective state space (Gu & Dao 2023, algorithm 2): h[t] = exp(delta[t] A) h[t-1] + delta[t] B[t] x[t],
 * y[t] = C[t] h[t] + D x[t]. A is held exactly, B by Euler's rule, as in the published code.
 */
export function selectiveScan({ delta, x, b, c, rates, direct }: Scanned, starts: Tensor, state: Tensor | null): Tensor {
  const [steps, rows, channels] = x.shape as readonly [number, number, number];
  const states = b.shape[2]!;
  const forgetting = add(delta, mul(starts, constant(forget)));
  const decay = exp(mul(reshape(forgetting, [steps, rows, 1, channels]), rates));
  const drive = mul(reshape(mul(delta, x), [steps, rows, 1, channels]), reshape(b, [steps, rows, states, 1]));
  const h = scan(
    decay,
    state === null ? drive : carriedInto(drive, mul(slice(decay, 0, 0, 1), reshape(state, [1, rows, states, channels]))),
  );
  const read = matmul(reshape(c, [steps * rows, 1, states]), reshape(h, [steps * rows, states, channels]));
  return add(reshape(read, [steps, rows, channels]), mul(x, direct));
}

/** `drive` with what is left of an earlier state added to its first step. */
function carriedInto(drive: Tensor, before: Tensor): Tensor {
  const steps = drive.shape[0]!;
  const first = add(slice(drive, 0, 0, 1), before);
  return steps === 1 ? first : concat([first, slice(drive, 0, 1, steps)], 0);
}

/**
 * A Mamba-1 mixer with the initialisation of the published code: rates -1..-N for every channel, step sizes log-uniform in
 * [.001, .1]. The state is that of the convolution, then [stateWidth, channels] of the recurrence.
 */
export function mamba(name: string, sizes: SsmSizes): SequenceLayer {
  const { width, stateWidth, taps } = sizes;
  const channels = sizes.expand * width;
  const rank = Math.ceil(width / 16);
  const into = linear(`${name}/in_proj`, width, 2 * channels, { bias: false });
  const conv = causalConv(`${name}/conv`, channels, taps);
  const select = linear(`${name}/x_proj`, channels, rank + 2 * stateWidth, { bias: false });
  const stepKernel = `${name}/dt_proj/kernel`;
  const stepShift = `${name}/dt_proj/bias`;
  const [rateLog, direct] = [`${name}/a_log`, `${name}/d`];
  const out = linear(`${name}/out_proj`, channels, width, { bias: false, kernel: outInitial(channels, sizes.layers) });

  /** All that depends on one step alone; whatever stands before the last axis of `x` is kept. */
  const selected = (parameters: Parameters, x: Tensor): Scanned => {
    const lead = x.shape.slice(0, -1);
    const all = select.apply(parameters, x);
    const last = lead.length;
    const rows = lead.reduce((a, b) => a * b, 1);
    const coarse = reshape(slice(all, last, 0, rank), [rows, rank]);
    const delta = softplus(add(matmul(coarse, parameters[stepKernel]!), parameters[stepShift]!));
    return {
      delta: reshape(delta, [...lead, channels]),
      x,
      b: slice(all, last, rank, rank + stateWidth),
      c: slice(all, last, rank + stateWidth, rank + 2 * stateWidth),
      rates: neg(exp(parameters[rateLog]!)),
      direct: parameters[direct]!,
    };
  };

  return {
    parameters: [
      ...into.parameters,
      ...conv.parameters,
      ...select.parameters,
      { name: stepKernel, shape: [rank, channels], initial: uniformWithin(rank ** -0.5) },
      { name: stepShift, shape: [channels], initial: stepBias },
      {
        name: rateLog,
        shape: [stateWidth, channels],
        initial: (_rng, size) => Float32Array.from({ length: size }, (_, i) => Math.log(1 + Math.floor(i / channels))),
      },
      { name: direct, shape: [channels], initial: filledWith(1) },
      ...out.parameters,
    ],
    stateSize: conv.stateSize + stateWidth * channels,
    sequence: (parameters, u, starts, state) => {
      const both = into.apply(parameters, u);
      const convolved = conv.sequence(parameters, slice(both, 2, 0, channels), starts, state && slice(state, 1, 0, conv.stateSize));
      const memory = state && slice(state, 1, conv.stateSize, state.shape[1]!);
      const y = selectiveScan(selected(parameters, silu(convolved)), starts, memory);
      return out.apply(parameters, mul(y, silu(slice(both, 2, channels, 2 * channels))));
    },
    step: (parameters, u, state) => {
      const rows = u.shape[0]!;
      const both = into.apply(parameters, u);
      const convolved = conv.step(parameters, slice(both, 1, 0, channels), slice(state, 1, 0, conv.stateSize));
      const { delta, x, b, c, rates } = selected(parameters, silu(convolved.output));
      const before = reshape(slice(state, 1, conv.stateSize, state.shape[1]!), [rows, stateWidth, channels]);
      const drive = mul(reshape(mul(delta, x), [rows, 1, channels]), reshape(b, [rows, stateWidth, 1]));
      const h = add(mul(exp(mul(reshape(delta, [rows, 1, channels]), rates)), before), drive);
      const read = reshape(matmul(reshape(c, [rows, 1, stateWidth]), h), [rows, channels]);
      const y = add(read, mul(x, parameters[direct]!));
      return {
        output: out.apply(parameters, mul(y, silu(slice(both, 1, channels, 2 * channels)))),
        state: concat([convolved.state, reshape(h, [rows, stateWidth * channels])], 1),
      };
    },
  };
}

/** PyTorch's uniform start of a linear layer, divided by the root of the number of layers that add to the residual stream. */
export function outInitial(inputs: number, layers: number): ReturnType<typeof uniformFanIn> {
  return uniformWithin(1 / Math.sqrt(inputs * layers));
}

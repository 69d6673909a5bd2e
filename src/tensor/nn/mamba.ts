import {
  add,
  broadcast,
  concat,
  constant,
  exp,
  matmul,
  mul,
  neg,
  reshape,
  selectiveScan,
  selectiveState,
  silu,
  slice,
  softplus,
} from '../graph/ops/index.ts';
import type { Tensor } from '../graph/tensor.ts';
import { causalConv, history } from './causal-conv.ts';
import { filledWith, type uniformFanIn, uniformWithin } from './initial.ts';
import { linear, rowsTimes } from './linear.ts';
import type { Parameters } from './parameters.ts';
import { lastSteps, type SequenceLayer } from './sequence-layer.ts';
import { stepBias } from './ssm-initial.ts';
import { requireWidth } from './width.ts';

export interface SsmSizes {
  /** Features in and out. */
  readonly width: number;
  /** State numbers per channel, and in Mamba-2 per head. */
  readonly stateWidth: number;
  /** Taps of the convolution. */
  readonly taps: number;
  /** Inner channels per feature. */
  readonly expand: number;
  /** Layers of the network; the output projection starts smaller by its square root (Radford et al. 2019, section 2.3). */
  readonly layers: number;
}

/** A step size that erases the state: makes exp(-decay) zero for every possible decay rate, and stays finite. */
export const forget = 1e6;

/**
 * Inputs of the recurrence: `delta` and `x` [steps, rows, channels], `b` [steps, rows, states], `c` [wanted, rows, states] of the last
 * steps, whose y is wanted, `rates` [states, channels].
 */
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
 * y[t] = C[t] h[t] + D x[t]. A is discretised exactly, B by Euler's rule, as in the published code.
 */
export function recurrence({ delta, x, b, c, rates, direct }: Scanned, starts: Tensor, state: Tensor | null): Tensor {
  const [, rows, channels] = x.shape as readonly [number, number, number];
  const states = b.shape[2]!;
  const before = state === null ? broadcast(constant(0), [rows, states, channels]) : reshape(state, [rows, states, channels]);
  const wanted = c.shape[0]!;
  const [decaying, drive, early] = [add(delta, mul(starts, constant(forget))), mul(delta, x), delta.shape[0]! - wanted];
  // Steps before the first wanted one only advance the state.
  const passed = (each: Tensor): Tensor => slice(each, 0, 0, early);
  const middle = early === 0 ? before : selectiveState(passed(decaying), passed(drive), passed(b), rates, before);
  const last = (each: Tensor): Tensor => lastSteps(each, wanted);
  return add(selectiveScan(last(decaying), last(drive), last(b), rates, middle, c), mul(last(x), direct));
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

  /** Columns [first, end) of the projection of x. */
  const selected = (parameters: Parameters, x: Tensor, first: number, end: number): Tensor =>
    rowsTimes(x, slice(parameters[`${name}/x_proj/kernel`]!, 1, first, end));
  const stepSizes = (parameters: Parameters, coarse: Tensor): Tensor =>
    softplus(rowsTimes(coarse, parameters[stepKernel]!, parameters[stepShift]!));
  const ratesOf = (parameters: Parameters): Tensor => neg(exp(parameters[rateLog]!));

  return {
    parameters: [
      ...into.parameters,
      ...conv.parameters,
      ...select.parameters,
      { name: stepKernel, shape: [rank, channels], initial: uniformWithin(rank ** -0.5) },
      { name: stepShift, shape: [channels], initial: stepBias, decays: false },
      {
        name: rateLog,
        shape: [stateWidth, channels],
        initial: (_rng, size) => Float32Array.from({ length: size }, (_, i) => Math.log(1 + Math.floor(i / channels))),
        decays: false,
      },
      { name: direct, shape: [channels], initial: filledWith(1), decays: false },
      ...out.parameters,
    ],
    stateSize: conv.stateSize + stateWidth * channels,
    sequence: (parameters, u, starts, state, wanted = u.shape[0]!) => {
      requireWidth(`${name}/in_proj`, u, width);
      const projection = parameters[`${name}/in_proj/kernel`]!;
      const convolved = conv.sequence(parameters, history(u, starts, taps, 0), slice(projection, 1, 0, channels), [0, channels]);
      const carried = state && conv.carried(parameters, slice(state, 1, 0, conv.stateSize), starts, 0);
      const x = silu(carried === null ? convolved : add(convolved, carried));
      const coarse = selected(parameters, x, 0, rank + stateWidth);
      const scanned: Scanned = {
        delta: stepSizes(parameters, slice(coarse, 2, 0, rank)),
        x,
        b: slice(coarse, 2, rank, rank + stateWidth),
        c: selected(parameters, lastSteps(x, wanted), rank + stateWidth, rank + 2 * stateWidth),
        rates: ratesOf(parameters),
        direct: parameters[direct]!,
      };
      const y = recurrence(scanned, starts, state && slice(state, 1, conv.stateSize, state.shape[1]!));
      const z = rowsTimes(lastSteps(u, wanted), slice(projection, 1, channels, 2 * channels));
      return out.apply(parameters, mul(y, silu(z)));
    },
    step: (parameters, u, state) => {
      const rows = u.shape[0]!;
      const both = into.apply(parameters, u);
      const convolved = conv.step(parameters, slice(both, 1, 0, channels), slice(state, 1, 0, conv.stateSize));
      const x = silu(convolved.output);
      const all = select.apply(parameters, x);
      const delta = stepSizes(parameters, slice(all, 1, 0, rank));
      const [b, c] = [slice(all, 1, rank, rank + stateWidth), slice(all, 1, rank + stateWidth, rank + 2 * stateWidth)];
      const before = reshape(slice(state, 1, conv.stateSize, state.shape[1]!), [rows, stateWidth, channels]);
      const drive = mul(reshape(mul(delta, x), [rows, 1, channels]), reshape(b, [rows, stateWidth, 1]));
      const h = add(mul(exp(mul(reshape(delta, [rows, 1, channels]), ratesOf(parameters))), before), drive);
      const read = reshape(matmul(reshape(c, [rows, 1, stateWidth]), h), [rows, channels]);
      const y = add(read, mul(x, parameters[direct]!));
      return {
        output: out.apply(parameters, mul(y, silu(slice(both, 1, channels, 2 * channels)))),
        state: concat([convolved.state, reshape(h, [rows, stateWidth * channels])], 1),
      };
    },
  };
}

/** PyTorch's uniform initial values of a linear layer, divided by the square root of the number of residual layers. */
export function outInitial(inputs: number, layers: number): ReturnType<typeof uniformFanIn> {
  return uniformWithin(1 / Math.sqrt(inputs * layers));
}

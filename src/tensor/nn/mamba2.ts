import { AssayError } from '../../core/errors.ts';
import {
  add,
  broadcast,
  concat,
  constant,
  exp,
  greater,
  matmul,
  mul,
  neg,
  reshape,
  slice,
  softplus,
  sub,
  transpose,
  where,
} from '../graph/ops/index.ts';
import type { Tensor } from '../graph/tensor.ts';
import { causalConv } from './causal-conv.ts';
import { filledWith } from './initial.ts';
import { linear } from './linear.ts';
import type { SsmSizes } from './mamba.ts';
import { forget, outInitial, silu } from './mamba.ts';
import { rmsNorm } from './norm.ts';
import type { Parameter, Parameters } from './parameters.ts';
import type { Remembered, SequenceLayer } from './sequence-layer.ts';
import { stepBias } from './ssm-initial.ts';

interface Mamba2Sizes extends SsmSizes {
  /** Channels that share one decay rate; must divide expand x width. */
  readonly headWidth: number;
  /** Steps that are done as one product; longer sequences carry a state from chunk to chunk. */
  readonly chunk: number;
}

/** A chunk of the recurrence, time first: `x` [steps, rows, heads, channels], `delta` [steps, rows, heads], `b`, `c` [steps, rows, states]. */
interface Chunk {
  readonly x: Tensor;
  readonly delta: Tensor;
  readonly b: Tensor;
  readonly c: Tensor;
  readonly starts: Tensor;
}

/**
 * One chunk of H[t] = exp(delta[t] a) H[t-1] + delta[t] B[t] x[t]^T, y[t] = C[t] H[t] per head, as products of matrices (Dao & Gu
 * 2024, arXiv 2405.21060, section 6): what reaches step i from step j decays by exp(sum of delta a after j up to i), and by nothing
 * at all across the start of an episode. `state` is [rows x heads, states, channels]; so is the one that comes back.
 */
function scanChunk({ x, delta, b, c, starts }: Chunk, rates: Tensor, state: Tensor | null): { readonly y: Tensor; readonly state: Tensor } {
  const [steps, rows, heads, channels] = x.shape as readonly [number, number, number, number];
  const states = b.shape[2]!;
  const series = rows * heads;
  const order = (i: number, j: number) => Number(j <= i);
  const lower = constant(
    Array.from({ length: steps * steps }, (_, at) => order(Math.floor(at / steps), at % steps)),
    [steps, steps],
  );
  const upTo = (each: Tensor, width: number): Tensor => transpose(matmul(lower, reshape(each, [steps, width])), [1, 0]);
  const elapsed = reshape(upTo(mul(delta, rates), series), [rows, heads, steps]);
  const episode = reshape(upTo(starts, rows), [rows, 1, steps]);
  const between = (all: Tensor): Tensor =>
    sub(reshape(all, [rows, all.shape[1]!, steps, 1]), reshape(all, [rows, all.shape[1]!, 1, steps]));
  const never = constant(-forget);
  const sameEpisode = where(greater(between(episode), constant(0.5)), never, between(elapsed));
  const decay = exp(where(greater(lower, constant(0.5)), sameEpisode, never));

  const rowsFirst = (each: Tensor): Tensor => transpose(each, [1, 0, 2]);
  const perHead = (each: Tensor): Tensor =>
    reshape(broadcast(reshape(each, [rows, 1, steps, states]), [rows, heads, steps, states]), [series, steps, states]);
  const [bs, cs] = [rowsFirst(b), rowsFirst(c)];
  const affinity = reshape(matmul(cs, bs, { transposeB: true }), [rows, 1, steps, steps]);
  const drive = reshape(transpose(mul(x, reshape(delta, [steps, rows, heads, 1])), [1, 2, 0, 3]), [series, steps, channels]);
  const inside = matmul(reshape(mul(decay, affinity), [series, steps, steps]), drive);

  const left = reshape(slice(decay, 2, steps - 1, steps), [series, steps, 1]);
  const gathered = matmul(perHead(bs), mul(drive, left), { transposeA: true });
  const unordered = (y: Tensor): Tensor => transpose(reshape(y, [rows, heads, steps, channels]), [2, 0, 1, 3]);
  if (state === null) return { y: unordered(inside), state: gathered };
  const kept = reshape(exp(where(greater(episode, constant(0.5)), never, elapsed)), [series, steps, 1]);
  const carried = mul(matmul(perHead(cs), state), kept);
  return { y: unordered(add(inside, carried)), state: add(gathered, mul(state, slice(kept, 1, steps - 1, steps))) };
}

/**
 * A Mamba-2 mixer: one decay rate per head, from -U(1, 16), x, B and C through the convolution, RMSNorm of y SiLU(z) before the
 * output. The state is that of the convolution, then [heads, stateWidth, headWidth] of the recurrence.
 */
export function mamba2(name: string, sizes: Mamba2Sizes): SequenceLayer {
  const { width, stateWidth, headWidth } = sizes;
  const channels = sizes.expand * width;
  if (channels % headWidth !== 0)
    throw new AssayError('shape_invalid', `${name}: heads of ${headWidth} do not divide ${channels} channels`, { place: name });
  const heads = channels / headWidth;
  const mixed = channels + 2 * stateWidth;
  const into = linear(`${name}/in_proj`, width, channels + mixed + heads, { bias: false });
  const conv = causalConv(`${name}/conv`, mixed, sizes.taps);
  const norm = rmsNorm(`${name}/norm`, channels);
  const out = linear(`${name}/out_proj`, channels, width, { bias: false, kernel: outInitial(channels, sizes.layers) });
  const [stepShift, rateLog, direct] = [`${name}/dt_bias`, `${name}/a_log`, `${name}/d`];
  const own: readonly Parameter[] = [
    { name: stepShift, shape: [heads], initial: stepBias },
    {
      name: rateLog,
      shape: [heads],
      initial: (rng, size) => Float32Array.from({ length: size }, () => Math.log(1 + 15 * rng.uniform())),
    },
    { name: direct, shape: [heads], initial: filledWith(1) },
  ];

  const project = (parameters: Parameters, u: Tensor) => {
    const all = into.apply(parameters, u);
    const last = u.shape.length - 1;
    return {
      z: slice(all, last, 0, channels),
      mixed: slice(all, last, channels, channels + mixed),
      delta: softplus(add(slice(all, last, channels + mixed, channels + mixed + heads), parameters[stepShift]!)),
    };
  };
  const split = (convolved: Tensor) => {
    const last = convolved.shape.length - 1;
    return {
      x: reshape(slice(convolved, last, 0, channels), [...convolved.shape.slice(0, -1), heads, headWidth]),
      b: slice(convolved, last, channels, channels + stateWidth),
      c: slice(convolved, last, channels + stateWidth, mixed),
    };
  };
  const finish = (parameters: Parameters, y: Tensor, x: Tensor, z: Tensor): Tensor => {
    const whole = reshape(add(y, mul(x, reshape(parameters[direct]!, [heads, 1]))), z.shape);
    return out.apply(parameters, norm.apply(parameters, mul(whole, silu(z))));
  };

  return {
    parameters: [...into.parameters, ...conv.parameters, ...own, ...norm.parameters, ...out.parameters],
    stateSize: conv.stateSize + stateWidth * channels,
    sequence: (parameters, u, starts, state) => {
      const [steps, rows] = u.shape as readonly [number, number, number];
      const projected = project(parameters, u);
      const { x, b, c } = split(silu(conv.sequence(parameters, projected.mixed, starts, state && slice(state, 1, 0, conv.stateSize))));
      const rates = neg(exp(parameters[rateLog]!));
      const memory = state && reshape(slice(state, 1, conv.stateSize, state.shape[1]!), [rows * heads, stateWidth, headWidth]);
      let running: Tensor | null = memory;
      const chunks: Tensor[] = [];
      for (let begin = 0; begin < steps; begin += sizes.chunk) {
        const at = (all: Tensor) => slice(all, 0, begin, Math.min(begin + sizes.chunk, steps));
        const done = scanChunk({ x: at(x), delta: at(projected.delta), b: at(b), c: at(c), starts: at(starts) }, rates, running);
        running = done.state;
        chunks.push(done.y);
      }
      return finish(parameters, concat(chunks, 0), x, projected.z);
    },
    step: (parameters, u, state): Remembered => {
      const rows = u.shape[0]!;
      const { z, mixed: unmixed, delta } = project(parameters, u);
      const convolved = conv.step(parameters, unmixed, slice(state, 1, 0, conv.stateSize));
      const { x, b, c } = split(silu(convolved.output));
      const kept = exp(mul(delta, neg(exp(parameters[rateLog]!))));
      const before = reshape(slice(state, 1, conv.stateSize, state.shape[1]!), [rows, heads, stateWidth, headWidth]);
      const drive = reshape(mul(x, reshape(delta, [rows, heads, 1])), [rows, heads, 1, headWidth]);
      const h = add(mul(before, reshape(kept, [rows, heads, 1, 1])), mul(drive, reshape(b, [rows, 1, stateWidth, 1])));
      const asked = broadcast(reshape(c, [rows, 1, 1, stateWidth]), [rows, heads, 1, stateWidth]);
      const read = matmul(reshape(asked, [rows * heads, 1, stateWidth]), reshape(h, [rows * heads, stateWidth, headWidth]));
      return {
        output: finish(parameters, reshape(read, [rows, heads, headWidth]), x, z),
        state: concat([convolved.state, reshape(h, [rows, stateWidth * channels])], 1),
      };
    },
  };
}

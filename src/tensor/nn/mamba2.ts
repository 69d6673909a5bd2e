import { AssayError } from '../../core/errors.ts';
import {
  add,
  broadcast,
  clip,
  concat,
  constant,
  exp,
  greater,
  matmul,
  mul,
  neg,
  reshape,
  silu,
  slice,
  softplus,
  stopGradient,
  sub,
  transpose,
  where,
} from '../graph/ops/index.ts';
import type { Tensor } from '../graph/tensor.ts';
import { causalConv, history } from './causal-conv.ts';
import { filledWith } from './initial.ts';
import { linear, rowsTimes } from './linear.ts';
import type { SsmSizes } from './mamba.ts';
import { forget, outInitial } from './mamba.ts';
import { rmsNorm } from './norm.ts';
import type { Parameter, Parameters } from './parameters.ts';
import type { Remembered, SequenceLayer } from './sequence-layer.ts';
import { stepBias } from './ssm-initial.ts';
import { requireWidth } from './width.ts';

interface Mamba2Sizes extends SsmSizes {
  /** Channels that share one decay rate; must divide expand x width. */
  readonly headWidth: number;
  /** Steps that are computed as one product; longer sequences carry a state from chunk to chunk. */
  readonly chunk: number;
}

/**
 * A chunk of the recurrence, rows first: `x` [rows, heads, steps, channels], `delta` [rows, heads, steps], `b` [rows, steps, states],
 * `starts` [rows, steps]; `c` [rows, wanted, states] of its last steps, whose y is wanted (null if none is).
 */
interface Chunk {
  readonly x: Tensor;
  readonly delta: Tensor;
  readonly b: Tensor;
  readonly c: Tensor | null;
  readonly starts: Tensor;
}

/** `y` [rows, heads, wanted, channels]; `state` [rows x heads, states, channels], after the chunk. */
interface Scanned {
  readonly y: Tensor | null;
  readonly state: Tensor;
}

/** The last `count` steps of [rows, .., steps]. */
const ending = (all: Tensor, count: number): Tensor => slice(all, 2, all.shape[2]! - count, all.shape[2]!);

/** Lower bound of exponents: e^-40 vanishes beside 1 in float32. Numbers below e^-87 are subnormal and take 17 times as long. */
const lowestExponent = -40;

/** Added to an exponent: erases the state from before the start of an episode. */
const forgotten = (begun: Tensor): Tensor => where(greater(begun, constant(0.5)), constant(-forget), constant(0));

/** Exactly 1, with the gradient of exp(x) at 0. */
const gradientOf = (x: Tensor): Tensor => exp(sub(x, stopGradient(x)));

/** Added to a number of at most 40 and subtracted again, rounds it to a multiple of 2^-7, of which float32 adds 3,000 exactly. */
const grid = 1.5 * 2 ** 16;

/**
 * Differences of running sums of `exponents` [series, steps], at most 0: exact even if the sums are large and their difference is small.
 * Each sum is split into one of multiples of 2^-7 and one of the remainders; the product over four numbers subtracts the former first.
 */
function differences(
  exponents: Tensor,
  upTo: (each: Tensor) => Tensor,
  [rows, heads]: readonly [rows: number, heads: number],
): (count: number) => Tensor {
  const [series, steps] = exponents.shape as readonly [number, number];
  const bounded = clip(exponents, lowestExponent, 0);
  // The clip changes no value; without it TensorFlow folds the two constants into each other.
  const rounded = sub(clip(add(bounded, constant(grid)), 0, grid), constant(grid));
  const [coarse, fine] = [upTo(rounded), upTo(sub(bounded, rounded))];
  const one = broadcast(constant(1), [series, steps]);
  const side = (parts: readonly Tensor[], count: number): Tensor =>
    concat(
      parts.map((each) => reshape(slice(each, 1, steps - count, steps), [series, count, 1])),
      2,
    );
  const subtracted = side([one, neg(coarse), one, neg(fine)], steps);
  return (count) => reshape(matmul(side([coarse, one, fine, one], count), subtracted, { transposeB: true }), [rows, heads, count, steps]);
}

/**
 * One chunk of H[t] = exp(delta[t] a) H[t-1] + delta[t] B[t] x[t]^T, y[t] = C[t] H[t] per head, as products of matrices (Dao & Gu
 * 2024, arXiv 2405.21060, section 6): the contribution of step j to step i is scaled by exp(e[i] - e[j]), e the running sum of delta a,
 * and is zero across the start of an episode. The gradient of e[i] is that of a factor exp(e[i]) on everything that reaches i, the gradient
 * of e[j] that of exp(-e[j]) on everything that leaves j: in this form it costs sums over channels, not over pairs of steps.
 */
function scanChunk({ x, delta, b, c, starts }: Chunk, rates: Tensor, state: Tensor | null): Scanned {
  const [rows, heads, steps, channels] = x.shape as readonly [number, number, number, number];
  const series = rows * heads;
  const order = Array.from({ length: steps * steps }, (_, at) => Number(Math.floor(at / steps) <= at % steps));
  const upTo = (each: Tensor): Tensor => matmul(each, constant(order, [steps, steps]));
  const exponents = reshape(mul(delta, reshape(rates, [heads, 1])), [series, steps]);
  const elapsed = reshape(upTo(exponents), [rows, heads, steps]);
  /** e[i] - e[j] of the last steps i and all j, [rows, heads, count, steps], without gradients. */
  const between = differences(stopGradient(exponents), upTo, [rows, heads]);
  const episode = reshape(upTo(starts), [rows, 1, steps]);
  const perStep = (all: Tensor): Tensor => reshape(all, [...all.shape, 1]);
  const perHead = (all: Tensor): Tensor => {
    const [, count, states] = all.shape as readonly [number, number, number];
    return reshape(broadcast(reshape(all, [rows, 1, count, states]), [rows, heads, count, states]), [series, count, states]);
  };
  /** Share of the state before the chunk that is left at its last `count` steps: [rows, heads, count]. */
  const kept = (count: number): Tensor => exp(add(ending(elapsed, count), forgotten(ending(episode, count))));

  const answer = (asked: Tensor): Tensor => {
    const wanted = asked.shape[1]!;
    const reach = Array.from({ length: wanted * steps }, (_, at) => (at % steps > Math.floor(at / steps) + steps - wanted ? -forget : 1));
    /** 1 where a step belongs to the same episode and is not later, else 0. */
    const seen = clip(
      sub(constant(reach, [wanted, steps]), sub(perStep(ending(episode, wanted)), reshape(episode, [rows, 1, 1, steps]))),
      0,
      1,
    );
    const decay = exp(clip(between(wanted), lowestExponent, 0));
    const affinity = mul(reshape(matmul(asked, b, { transposeB: true }), [rows, 1, wanted, steps]), seen);
    const sent = reshape(mul(x, perStep(mul(delta, gradientOf(neg(elapsed))))), [series, steps, channels]);
    const received = reshape(matmul(reshape(mul(decay, affinity), [series, wanted, steps]), sent), [rows, heads, wanted, channels]);
    const inside = mul(received, perStep(gradientOf(ending(elapsed, wanted))));
    if (state === null) return inside;
    const carried = reshape(matmul(perHead(asked), state), [rows, heads, wanted, channels]);
    return add(inside, mul(carried, perStep(kept(wanted))));
  };

  const left = mul(
    exp(add(reshape(between(1), [rows, heads, steps]), forgotten(sub(ending(episode, 1), episode)))),
    gradientOf(sub(ending(elapsed, 1), elapsed)),
  );
  const gathered = matmul(perHead(b), reshape(mul(x, perStep(mul(delta, left))), [series, steps, channels]), { transposeA: true });
  return {
    y: c && answer(c),
    state: state === null ? gathered : add(gathered, mul(state, reshape(kept(1), [series, 1, 1]))),
  };
}

/** A layer that works with rows first, so that a stack of them transposes only once. */
export interface RowsFirstLayer extends SequenceLayer {
  /** {@link SequenceLayer.sequence} with rows and steps exchanged: [rows, steps, inputs] to [rows, wanted, outputs]. */
  readonly rowsFirst: SequenceLayer['sequence'];
}

/**
 * A Mamba-2 mixer: one decay rate per head, from -U(1, 16), x, B and C through the convolution, RMSNorm of y SiLU(z) before the
 * output. The state is that of the convolution, then [stateWidth, heads, headWidth] of the recurrence.
 */
export function mamba2(name: string, sizes: Mamba2Sizes): RowsFirstLayer {
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
  const [stepShift, rateLog, directWeight] = [`${name}/dt_bias`, `${name}/a_log`, `${name}/d`];
  const own: readonly Parameter[] = [
    { name: stepShift, shape: [heads], initial: stepBias, decays: false },
    {
      name: rateLog,
      shape: [heads],
      initial: (rng, size) => Float32Array.from({ length: size }, () => Math.log(1 + 15 * rng.uniform())),
      decays: false,
    },
    { name: directWeight, shape: [heads], initial: filledWith(1), decays: false },
  ];

  /** Columns [first, end) of the input projection of u. */
  const project = (parameters: Parameters, u: Tensor, first: number, end: number): Tensor =>
    rowsTimes(u, slice(parameters[`${name}/in_proj/kernel`]!, 1, first, end));
  const stepSizes = (parameters: Parameters, u: Tensor): Tensor =>
    softplus(add(project(parameters, u, channels + mixed, channels + mixed + heads), parameters[stepShift]!));
  /** The recurrence's part of a state, [rows, stateWidth, heads, headWidth], as chunks take it: [rows x heads, stateWidth, headWidth]. */
  const memoryOf = (state: Tensor): Tensor => {
    const rows = state.shape[0]!;
    const held = reshape(slice(state, 1, conv.stateSize, state.shape[1]!), [rows, stateWidth, heads, headWidth]);
    return reshape(transpose(held, [0, 2, 1, 3]), [rows * heads, stateWidth, headWidth]);
  };
  const finish = (parameters: Parameters, y: Tensor, z: Tensor): Tensor =>
    norm.times(parameters, mul(y, silu(z)), parameters[`${name}/out_proj/kernel`]!);

  const rowsFirst: SequenceLayer['sequence'] = (parameters, whole, flags, state, wanted = whole.shape[1]!) => {
    requireWidth(`${name}/in_proj`, whole, width);
    const [rows, steps] = whole.shape as readonly [number, number, number];
    const starts = reshape(flags, [rows, steps]);
    const past = history(whole, flags, sizes.taps, 1);
    const carried = state && conv.carried(parameters, slice(state, 1, 0, conv.stateSize), flags, 1);
    /** Channels of the convolution, at the last `count` steps. */
    const convolved = (first: number, end: number, count: number): Tensor => {
      const at = (all: Tensor): Tensor => slice(all, 1, steps - count, steps);
      const columns = slice(parameters[`${name}/in_proj/kernel`]!, 1, channels + first, channels + end);
      const y = conv.sequence(parameters, at(past), columns, [first, end]);
      return silu(carried === null ? y : add(y, slice(at(carried), 2, first, end)));
    };
    const [beforeC, all] = [channels + stateWidth, wanted === steps];
    const mixture = convolved(0, all ? mixed : beforeC, steps);
    const c = all ? slice(mixture, 2, beforeC, mixed) : convolved(beforeC, mixed, wanted);
    const b = slice(mixture, 2, channels, beforeC);
    const x = transpose(reshape(slice(mixture, 2, 0, channels), [rows, steps, heads, headWidth]), [0, 2, 1, 3]);
    const delta = transpose(stepSizes(parameters, whole), [0, 2, 1]);

    const rates = neg(exp(parameters[rateLog]!));
    let running = state && memoryOf(state);
    const answers: Tensor[] = [];
    for (let begin = 0; begin < steps; begin += sizes.chunk) {
      const end = Math.min(begin + sizes.chunk, steps);
      const at = (every: Tensor, axis: number) => slice(every, axis, begin, end);
      const first = Math.max(begin - (steps - wanted), 0);
      const last = end - (steps - wanted);
      const asked = last > first ? slice(c, 1, first, last) : null;
      const done = scanChunk({ x: at(x, 2), delta: at(delta, 2), b: at(b, 1), c: asked, starts: at(starts, 1) }, rates, running);
      running = done.state;
      if (done.y !== null) answers.push(done.y);
    }
    const direct = mul(slice(x, 2, steps - wanted, steps), reshape(parameters[directWeight]!, [heads, 1, 1]));
    const y = reshape(transpose(add(concat(answers, 2), direct), [0, 2, 1, 3]), [rows, wanted, channels]);
    const z = project(parameters, slice(whole, 1, steps - wanted, steps), 0, channels);
    return finish(parameters, y, z);
  };

  return {
    parameters: [...into.parameters, ...conv.parameters, ...own, ...norm.parameters, ...out.parameters],
    stateSize: conv.stateSize + stateWidth * channels,
    sequence: (parameters, u, starts, state, wanted) =>
      transpose(rowsFirst(parameters, transpose(u, [1, 0, 2]), transpose(starts, [1, 0, 2]), state, wanted), [1, 0, 2]),
    rowsFirst,
    step: (parameters, u, state): Remembered => {
      const rows = u.shape[0]!;
      const all = into.apply(parameters, u);
      const z = slice(all, 1, 0, channels);
      const delta = softplus(add(slice(all, 1, channels + mixed, channels + mixed + heads), parameters[stepShift]!));
      const convolved = conv.step(parameters, slice(all, 1, channels, channels + mixed), slice(state, 1, 0, conv.stateSize));
      const mixture = silu(convolved.output);
      const x = reshape(slice(mixture, 1, 0, channels), [rows, heads, headWidth]);
      const [b, c] = [slice(mixture, 1, channels, channels + stateWidth), slice(mixture, 1, channels + stateWidth, mixed)];
      const kept = exp(mul(delta, neg(exp(parameters[rateLog]!))));
      const before = reshape(slice(state, 1, conv.stateSize, state.shape[1]!), [rows, stateWidth, heads, headWidth]);
      const drive = mul(
        reshape(b, [rows, stateWidth, 1, 1]),
        reshape(mul(x, reshape(delta, [rows, heads, 1])), [rows, 1, heads, headWidth]),
      );
      const h = reshape(add(mul(before, reshape(kept, [rows, 1, heads, 1])), drive), [rows, stateWidth, channels]);
      const read = matmul(reshape(c, [rows, 1, stateWidth]), h);
      const y = add(reshape(read, [rows, heads, headWidth]), mul(x, reshape(parameters[directWeight]!, [heads, 1])));
      return {
        output: finish(parameters, reshape(y, [rows, channels]), z),
        state: concat([convolved.state, reshape(h, [rows, stateWidth * channels])], 1),
      };
    },
  };
}

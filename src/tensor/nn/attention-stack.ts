import { AssayError } from '../../core/errors.ts';
import {
  add,
  broadcast,
  concat,
  constant,
  greater,
  matmul,
  mul,
  pad,
  relu,
  reshape,
  slice,
  sub,
  transpose,
  where,
} from '../graph/ops/index.ts';
import type { Tensor } from '../graph/tensor.ts';
import { filledWith } from './initial.ts';
import { linear, rowsTimes } from './linear.ts';
import { rmsNorm } from './norm.ts';
import type { Parameters } from './parameters.ts';
import { lastSteps, type SequenceLayer } from './sequence-layer.ts';
import { softmax } from './softmax.ts';
import { requireWidth } from './width.ts';

export interface AttentionStackOptions {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  /** Steps that a step attends to, itself included; at least 2. */
  readonly window: number;
}

/** Added to masked scores: the exponential becomes zero. */
const unseen = constant(-1e9);

interface Keys {
  readonly k: Tensor;
  readonly v: Tensor;
}

/**
 * Attention of every step to the last `window` steps of its episode (Vaswani et al. 2017, 3.2.2, causal), with a learned bias per
 * head and distance (Raffel et al. 2020, section 2.1), which tells it how long ago a step was. The state holds key, value
 * and a 1 for each of the last window - 1 steps, oldest first; all zero is an empty past.
 */
function attention(name: string, { width, heads, window }: AttentionStackOptions): SequenceLayer {
  const [into, out] = [linear(`${name}/in_proj`, width, 3 * width), linear(`${name}/out_proj`, width, width)];
  const distance = `${name}/distance`;
  const past = window - 1;
  const each = 2 * width + 1;
  const channels = width / heads;

  /** Queries, keys or values of every step. */
  const project = (parameters: Parameters, x: Tensor, part: 0 | 1 | 2): Tensor => {
    requireWidth(`${name}/in_proj`, x, width);
    const at = (all: Tensor, axis: number): Tensor => slice(all, axis, part * width, (part + 1) * width);
    return rowsTimes(x, at(parameters[`${name}/in_proj/kernel`]!, 1), at(parameters[`${name}/in_proj/bias`]!, 0));
  };
  /** [steps, rows, width] to [rows, heads, steps, channels]. */
  const perHead = (x: Tensor): Tensor => transpose(reshape(x, [x.shape[0]!, x.shape[1]!, heads, channels]), [1, 2, 0, 3]);
  /** Biases as [heads, steps, keys], the last key being the last step; the parameter is the row of the last step, oldest key first. */
  const biases = (parameters: Parameters, steps: number, keys: number): Tensor => {
    const own = parameters[distance]!;
    const row = reshape(keys <= window ? slice(own, 1, window - keys, window) : pad(own, 1, keys - window, 0), [heads, 1, keys]);
    if (steps === 1) return row;
    // Every row shifted by one against the next: pad each by one, and read the same numbers one column narrower (Huang et al. 2018).
    const square = pad(broadcast(row, [heads, keys, keys]), 2, 1, 0);
    return slice(reshape(square, [heads, keys + 1, keys]), 1, keys - steps + 1, keys + 1);
  };
  /** `seen` is [rows, steps, keys], 0 where a key is masked. */
  const attend = (parameters: Parameters, q: Tensor, { k, v }: Keys, seen: Tensor): Tensor => {
    const [steps, rows] = q.shape as readonly [number, number, number];
    const keys = k.shape[0]!;
    const flat = (x: Tensor): Tensor => reshape(perHead(x), [rows * heads, x.shape[0]!, channels]);
    const products = matmul(mul(flat(q), constant(1 / Math.sqrt(channels))), flat(k), { transposeB: true });
    const scores = add(reshape(products, [rows, heads, steps, keys]), biases(parameters, steps, keys));
    const counts = reshape(seen, [rows, 1, steps, keys]);
    const masked = add(scores, where(greater(counts, constant(0.5)), constant(0), unseen));
    // `counts` makes exact zeros: products of subnormal numbers take a processor many times as long.
    const mixed = matmul(reshape(softmax(masked, counts), [rows * heads, steps, keys]), flat(v));
    const joined = transpose(reshape(mixed, [rows, heads, steps, channels]), [2, 0, 1, 3]);
    return out.apply(parameters, reshape(joined, [steps, rows, width]));
  };
  /** Returns the state as keys, values and flags of `past` steps, time first. */
  const recall = (state: Tensor) => {
    const all = transpose(reshape(state, [state.shape[0]!, past, each]), [1, 0, 2]);
    return { k: slice(all, 2, 0, width), v: slice(all, 2, width, 2 * width), there: slice(all, 2, 2 * width, each) };
  };
  const rowsFirst = (x: Tensor): Tensor => reshape(transpose(x, [1, 0, 2]), [x.shape[1]!, 1, x.shape[0]!]);

  return {
    parameters: [...into.parameters, { name: distance, shape: [heads, window], initial: filledWith(0) }, ...out.parameters],
    stateSize: past * each,
    sequence: (parameters, x, starts, state, wanted = x.shape[0]!) => {
      const [steps, rows] = x.shape as readonly [number, number, number];
      const k = project(parameters, x, 1);
      const v = project(parameters, x, 2);
      const q = project(parameters, lastSteps(x, wanted), 0);
      const near = (keys: number): Tensor =>
        constant(
          Array.from({ length: wanted * keys }, (_, at) => {
            const back = Math.floor(at / keys) + keys - wanted - (at % keys);
            return Number(back >= 0 && back < window);
          }),
          [1, wanted, keys],
        );
      const lower = constant(
        Array.from({ length: steps * steps }, (_, at) => Number(at % steps <= Math.floor(at / steps))),
        [steps, steps],
      );
      // Number of episodes begun up to each step; the past belongs to none of them.
      const begun = transpose(matmul(lower, reshape(starts, [steps, rows])), [1, 0]);
      const begunThen = reshape(slice(begun, 1, steps - wanted, steps), [rows, wanted, 1]);
      const apart = sub(begunThen, reshape(begun, [rows, 1, steps]));
      const same = where(greater(apart, constant(0.5)), constant(0), constant(1));
      if (state === null) return attend(parameters, q, { k, v }, mul(same, near(steps)));
      const before = recall(state);
      const unbroken = where(greater(begunThen, constant(0.5)), constant(0), rowsFirst(before.there));
      const seen = mul(concat([unbroken, same], 2), near(past + steps));
      return attend(parameters, q, { k: concat([before.k, k], 0), v: concat([before.v, v], 0) }, seen);
    },
    step: (parameters, x, state) => {
      const rows = x.shape[0]!;
      const now = reshape(x, [1, rows, width]);
      const [q, k, v] = [project(parameters, now, 0), project(parameters, now, 1), project(parameters, now, 2)];
      const here = broadcast(constant(1), [1, rows, 1]);
      const cached = reshape(concat([k, v, here], 2), [rows, each]);
      const before = recall(state);
      const keys = { k: concat([before.k, k], 0), v: concat([before.v, v], 0) };
      const output = attend(parameters, q, keys, rowsFirst(concat([before.there, here], 0)));
      const later = past === 1 ? [] : [slice(state, 1, each, past * each)];
      return { output: reshape(output, [rows, width]), state: concat([...later, cached], 1) };
    },
  };
}

/**
 * A linear layer to `width`, then `layers` times attention and a ReLU network of twice the width, each after an RMSNorm and with a
 * residual connection, then a last RMSNorm. Acting costs O(window) per step, unlike the state-space layers.
 */
export function attentionStack(name: string, inputs: number, options: AttentionStackOptions): SequenceLayer {
  const { layers, width, heads } = options;
  if (width % heads !== 0)
    throw new AssayError('shape_invalid', `${name}: ${heads} heads do not divide a width of ${width}`, { place: name });
  const into = linear(`${name}/embedding`, inputs, width);
  const blocks = Array.from({ length: layers }, (_, i) => ({
    look: attention(`${name}/${i}`, options),
    norms: [rmsNorm(`${name}/${i}/norm/0`, width), rmsNorm(`${name}/${i}/norm/1`, width)] as const,
    feed: [linear(`${name}/${i}/feed_forward/0`, width, 2 * width), linear(`${name}/${i}/feed_forward/1`, 2 * width, width)] as const,
  }));
  const last = rmsNorm(`${name}/norm`, width);
  const own = blocks[0]!.look.stateSize;
  const fed = ({ norms, feed }: (typeof blocks)[number], parameters: Parameters, y: Tensor): Tensor =>
    add(y, feed[1].apply(parameters, relu(feed[0].apply(parameters, norms[1].apply(parameters, y)))));
  return {
    parameters: [into, ...blocks.flatMap(({ look, norms, feed }) => [look, ...norms, ...feed]), last].flatMap((part) => part.parameters),
    stateSize: layers * own,
    sequence: (parameters, x, starts, state, wanted = x.shape[0]!) => {
      let y = into.apply(parameters, x);
      for (const [i, block] of blocks.entries()) {
        // Only the last block can leave out steps: every other block feeds the next one.
        const needed = i === layers - 1 ? wanted : x.shape[0]!;
        const part = state && slice(state, 1, i * own, (i + 1) * own);
        const looked = block.look.sequence(parameters, block.norms[0].apply(parameters, y), starts, part, needed);
        y = fed(block, parameters, add(lastSteps(y, needed), looked));
      }
      return last.apply(parameters, y);
    },
    step: (parameters, x, state) => {
      const states: Tensor[] = [];
      let y = into.apply(parameters, x);
      for (const [i, block] of blocks.entries()) {
        const done = block.look.step(parameters, block.norms[0].apply(parameters, y), slice(state, 1, i * own, (i + 1) * own));
        y = fed(block, parameters, add(y, done.output));
        states.push(done.state);
      }
      return { output: last.apply(parameters, y), state: concat(states, 1) };
    },
  };
}

import { add, broadcast, concat, constant, matmul, mul, reshape, sigmoid, slice, sub, tanh } from '../graph/ops/index.ts';
import type { Tensor } from '../graph/tensor.ts';
import { filledWith, orthogonal } from './initial.ts';
import type { Parameters } from './parameters.ts';
import type { Remembered, SequenceLayer } from './sequence-layer.ts';
import { requireWidth } from './width.ts';

/**
 * Long short-term memory (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000), with the two bias vectors of
 * PyTorch's LSTM: c' = f c + i g, h' = o tanh c', where i, f, o are sigmoids and g the tanh of x W + h R + b. Weights start
 * orthogonal, biases at 0 (CleanRL, ppo_atari_lstm). The state is [h, c]. Gates lie as i, f, o, g, so that one sigmoid computes three.
 */
export function lstm(name: string, inputs: number, hidden: number): SequenceLayer {
  const names = { kernel: `${name}/kernel`, recurrent: `${name}/recurrent`, bias: `${name}/bias`, recurrentBias: `${name}/recurrent_bias` };
  const gates = (count: number) => orthogonal(count, 4 * hidden);

  const project = (parameters: Parameters, x: Tensor): Tensor => {
    requireWidth(name, x, inputs);
    return add(matmul(x, parameters[names.kernel]!), add(parameters[names.bias]!, parameters[names.recurrentBias]!));
  };

  const cell = (parameters: Parameters, projected: Tensor, h: Tensor, c: Tensor): readonly [h: Tensor, c: Tensor] => {
    const sums = add(projected, matmul(h, parameters[names.recurrent]!));
    const open = sigmoid(slice(sums, 1, 0, 3 * hidden));
    const gate = (i: number) => slice(open, 1, i * hidden, (i + 1) * hidden);
    const candidate = tanh(slice(sums, 1, 3 * hidden, 4 * hidden));
    const next = add(mul(gate(1), c), mul(gate(0), candidate));
    return [mul(gate(2), tanh(next)), next];
  };
  const split = (state: Tensor) => [slice(state, 1, 0, hidden), slice(state, 1, hidden, 2 * hidden)] as const;

  return {
    parameters: [
      { name: names.kernel, shape: [inputs, 4 * hidden], initial: gates(inputs) },
      { name: names.recurrent, shape: [hidden, 4 * hidden], initial: gates(hidden) },
      { name: names.bias, shape: [4 * hidden], initial: filledWith(0) },
      { name: names.recurrentBias, shape: [4 * hidden], initial: filledWith(0) },
    ],
    stateSize: 2 * hidden,
    sequence: (parameters, x, starts, state, wanted = x.shape[0]!) => {
      requireWidth(name, x, inputs);
      const [steps, rows] = x.shape as readonly [number, number, number];
      // The projection of the inputs does not depend on the past: one product for all steps.
      const projected = project(parameters, reshape(x, [steps * rows, inputs]));
      const goesOn = reshape(sub(constant(1), starts), [steps * rows, 1]);
      const outputs: Tensor[] = [];
      let [h, c] = split(state ?? broadcast(constant(0), [rows, 2 * hidden]));
      for (let step = 0; step < steps; step++) {
        const at = (all: Tensor) => slice(all, 0, step * rows, (step + 1) * rows);
        const kept = at(goesOn);
        [h, c] = cell(parameters, at(projected), mul(h, kept), mul(c, kept));
        outputs.push(h);
      }
      return reshape(concat(outputs.slice(steps - wanted), 0), [wanted, rows, hidden]);
    },
    step: (parameters, x, state): Remembered => {
      const [h, c] = cell(parameters, project(parameters, x), ...split(state));
      return { output: h, state: concat([h, c], 1) };
    },
  };
}

import { add, matmul } from '../graph/ops/index.ts';
import { uniformFanIn } from './initial.ts';
import type { Layer } from './parameters.ts';

/**
 * x kernel + bias: [rows, inputs] to [rows, outputs]. With `copies`, that many independent layers at once on a leading axis:
 * [copies, rows, inputs] to [copies, rows, outputs].
 */
export function linear(name: string, inputs: number, outputs: number, copies?: number): Layer {
  const kernel = `${name}/kernel`;
  const bias = `${name}/bias`;
  const initial = uniformFanIn(inputs);
  const lead = copies === undefined ? [] : [copies];
  return {
    parameters: [
      { name: kernel, shape: [...lead, inputs, outputs], initial },
      { name: bias, shape: copies === undefined ? [outputs] : [copies, 1, outputs], initial },
    ],
    apply: (parameters, x) => add(matmul(x, parameters[kernel]!), parameters[bias]!),
  };
}

import { add, matmul, reshape } from '../graph/ops/index.ts';
import { sizeOf } from '../graph/shapes.ts';
import type { Tensor } from '../graph/tensor.ts';
import { filledWith, uniformFanIn } from './initial.ts';
import type { Layer, Parameter } from './parameters.ts';
import { requireWidth } from './width.ts';

interface LinearOptions {
  /** Initial values of the kernel; the bias then starts at zero. Default: both uniform in +-1/sqrt(inputs). */
  readonly kernel?: Parameter['initial'];
  readonly bias?: false;
}

/** x kernel + bias along the last axis: [..., inputs] to [..., outputs]. */
export function linear(name: string, inputs: number, outputs: number, options: LinearOptions = {}): Layer {
  const kernel = `${name}/kernel`;
  const bias = `${name}/bias`;
  const initial = uniformFanIn(inputs);
  const weights: Parameter = {
    name: kernel,
    shape: [inputs, outputs],
    initial: options.kernel ?? initial,
  };
  const shifts: Parameter = {
    name: bias,
    shape: [outputs],
    initial: options.kernel === undefined ? initial : filledWith(0),
  };
  return {
    parameters: options.bias === false ? [weights] : [weights, shifts],
    apply: (parameters, x) => {
      requireWidth(name, x, inputs);
      return rowsTimes(x, parameters[kernel]!, options.bias === false ? null : parameters[bias]!);
    },
  };
}

/** x kernel + shift; axes before the last are rows of one product. Adds the shift before the reshape, so that onnxruntime fuses both. */
export function rowsTimes(x: Tensor, kernel: Tensor, shift: Tensor | null = null): Tensor {
  const inputs = x.shape.at(-1)!;
  const lead = x.shape.slice(0, -1);
  const product = matmul(reshape(x, [sizeOf(lead), inputs]), kernel);
  return reshape(shift === null ? product : add(product, shift), [...lead, product.shape[1]!]);
}

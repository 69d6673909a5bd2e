import { add, constant, div, mean, mul, reshape, sqrt, square, sub } from '../graph/ops/index.ts';
import type { Tensor } from '../graph/tensor.ts';
import { filledWith } from './initial.ts';
import { rowsTimes } from './linear.ts';
import type { Layer, Parameters } from './parameters.ts';
import { requireWidth } from './width.ts';

/** Added under the root, as in both papers, so that a constant row stays finite. */
const epsilon = 1e-5;

/** (x - mean) / sqrt(variance + 1e-5) along the last axis, times a scale, plus a shift (Ba et al. 2016, arXiv 1607.06450). */
export function layerNorm(name: string, width: number): Layer {
  const [scale, shift] = [`${name}/scale`, `${name}/shift`];
  return {
    parameters: [
      { name: scale, shape: [width], initial: filledWith(1) },
      { name: shift, shape: [width], initial: filledWith(0) },
    ],
    apply: (parameters, x) => {
      requireWidth(name, x, width);
      const centred = sub(x, meanOf(x));
      return add(mul(overRoot(centred), parameters[scale]!), parameters[shift]!);
    },
  };
}

export interface RmsNorm extends Layer {
  /** The norm, then a product with `kernel`. The scale multiplies the kernel instead of every row of x. */
  readonly times: (parameters: Parameters, x: Tensor, kernel: Tensor) => Tensor;
}

/** x / sqrt(mean x^2 + 1e-5) along the last axis, times a scale (Zhang & Sennrich 2019, arXiv 1910.07467). */
export function rmsNorm(name: string, width: number): RmsNorm {
  const scale = `${name}/scale`;
  return {
    parameters: [{ name: scale, shape: [width], initial: filledWith(1) }],
    apply: (parameters, x) => {
      requireWidth(name, x, width);
      return mul(overRoot(x), parameters[scale]!);
    },
    times: (parameters, x, kernel) => {
      requireWidth(name, x, width);
      return rowsTimes(overRoot(x), mul(kernel, reshape(parameters[scale]!, [width, 1])));
    },
  };
}

function overRoot(x: Tensor): Tensor {
  return mul(x, div(constant(1), sqrt(add(meanOf(square(x)), constant(epsilon)))));
}

function meanOf(x: Tensor): Tensor {
  return reshape(mean(x, [-1]), [...x.shape.slice(0, -1), 1]);
}

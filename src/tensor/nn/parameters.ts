import type { Rng } from '../../core/rng.ts';
import { concat, reshape, sliceVector } from '../graph/ops/index.ts';
import { sizeOf } from '../graph/shapes.ts';
import type { Shape, Tensor } from '../graph/tensor.ts';

/** A trainable tensor: its name says where it is (`actor/0/kernel`), `initial` draws its initial values, row-major. */
export interface Parameter {
  readonly name: string;
  readonly shape: Shape;
  readonly initial: (rng: Rng, size: number) => Float32Array;
  /** False for parameters without weight decay: rates, biases of step sizes, logarithms of deviations. */
  readonly decays?: false;
}

/** Tensors by parameter name. */
export type Parameters = Readonly<Record<string, Tensor>>;

/** A function of a tensor, with parameters. */
export interface Layer {
  readonly parameters: readonly Parameter[];
  readonly apply: (parameters: Parameters, x: Tensor) => Tensor;
}

interface Placed extends Parameter {
  readonly offset: number;
}

/**
 * Offsets of parameters in one flat vector. The optimizer, the averaging of target networks and a checkpoint then handle a whole
 * network as one tensor: at width 64 the nodes of an Adam step per parameter would cost more than the network itself.
 */
export interface Layout {
  readonly parameters: readonly Placed[];
  readonly size: number;
}

export function layoutOf(parameters: readonly Parameter[]): Layout {
  let size = 0;
  const placed = parameters.map((parameter) => {
    const offset = size;
    size += sizeOf(parameter.shape);
    return { ...parameter, offset };
  });
  return { parameters: placed, size };
}

/** Returns the parameters as parts of their flat vector. */
export function partsOf(layout: Layout, vector: Tensor): Parameters {
  return Object.fromEntries(layout.parameters.map(({ name, offset, shape }) => [name, sliceVector(vector, offset, shape)]));
}

/** Concatenates tensors in the layout's order, such as gradients, to one flat vector. */
export function flatten(tensors: readonly Tensor[]): Tensor {
  return concat(
    tensors.map((x) => reshape(x, [sizeOf(x.shape)])),
    0,
  );
}

/** Draws the initial values of a layout. Every parameter has a random stream named after it, so that adding one changes no other. */
export function initialise(layout: Layout, rng: Rng): Float32Array {
  const vector = new Float32Array(layout.size);
  for (const { name, shape, offset, initial } of layout.parameters) vector.set(initial(rng.fork(name), sizeOf(shape)), offset);
  return vector;
}

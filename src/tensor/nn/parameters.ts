import type { Rng } from '../../core/rng.ts';
import { concat, reshape, sliceVector } from '../graph/ops/index.ts';
import { sizeOf } from '../graph/shapes.ts';
import type { Shape, Tensor } from '../graph/tensor.ts';

/** A trainable tensor: its name says where it is (`actor/0/kernel`), `initial` draws its first values, row-major. */
export interface Parameter {
  readonly name: string;
  readonly shape: Shape;
  readonly initial: (rng: Rng, size: number) => Float32Array;
  /** False for what the decay of weights must leave alone: rates, biases of step sizes, logarithms of deviations. */
  readonly decays?: false;
}

/** Tensors by parameter name. */
export type Parameters = Readonly<Record<string, Tensor>>;

/** Something with parameters that turns a tensor into another. */
export interface Layer {
  readonly parameters: readonly Parameter[];
  readonly apply: (parameters: Parameters, x: Tensor) => Tensor;
}

interface Placed extends Parameter {
  readonly offset: number;
}

/**
 * Where each parameter lies in one flat vector. The optimizer, the averaging of target networks and a checkpoint then handle a whole
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

/** The parameters inside their flat vector. */
export function partsOf(layout: Layout, vector: Tensor): Parameters {
  return Object.fromEntries(layout.parameters.map(({ name, offset, shape }) => [name, sliceVector(vector, offset, shape)]));
}

/** Tensors in the layout's order, such as gradients, as one flat vector. */
export function flatten(tensors: readonly Tensor[]): Tensor {
  return concat(
    tensors.map((x) => reshape(x, [sizeOf(x.shape)])),
    0,
  );
}

/** First values for a whole layout. Every parameter draws from a stream of its own name, so that adding one changes no other. */
export function initialise(layout: Layout, rng: Rng): Float32Array {
  const vector = new Float32Array(layout.size);
  for (const { name, shape, offset, initial } of layout.parameters) vector.set(initial(rng.fork(name), sizeOf(shape)), offset);
  return vector;
}

import { AssayError } from '../../core/errors.ts';
import type { Graph } from './graph.ts';
import { nameOf, rootsOf, topological } from './graph.ts';
import { sizeOf } from './shapes.ts';
import type { Tensor, Values } from './tensor.ts';

export interface Evaluation {
  readonly outputs: Readonly<Record<string, Values>>;
  /** New values of the states that the graph updates. */
  readonly updates: Readonly<Record<string, Values>>;
}

/**
 * Runs a graph op by op in float64 by the definitions of the ops: slow, the reference of all executors.
 * @throws `shape_invalid` for an input or a state that is missing or of the wrong length.
 */
export function evaluate(
  graph: Graph,
  feeds: Readonly<Record<string, ArrayLike<number>>>,
  states: Readonly<Record<string, ArrayLike<number>>> = {},
): Evaluation {
  const values = new Map<Tensor, Values>();
  for (const tensor of topological(rootsOf(graph))) values.set(tensor, valuesOf(tensor));

  function valuesOf(tensor: Tensor): Values {
    if (tensor.op.name === 'input') return leaf(tensor, feeds);
    if (tensor.op.name === 'state') return leaf(tensor, states);
    return tensor.op.evaluate(
      tensor.inputs.map((x) => values.get(x)!),
      tensor,
    );
  }
  return {
    outputs: Object.fromEntries(Object.entries(graph.outputs).map(([name, tensor]) => [name, values.get(tensor)!])),
    updates: Object.fromEntries((graph.updates ?? []).map(({ state, value }) => [nameOf(state), values.get(value)!])),
  };
}

function leaf(tensor: Tensor, given: Readonly<Record<string, ArrayLike<number>>>): Values {
  const found = given[nameOf(tensor)];
  if (found === undefined || found.length !== sizeOf(tensor.shape))
    throw new AssayError(
      'shape_invalid',
      `the ${tensor.op.name} ${nameOf(tensor)} takes ${sizeOf(tensor.shape)} numbers, got ${found?.length}`,
    );
  return Float64Array.from(found);
}

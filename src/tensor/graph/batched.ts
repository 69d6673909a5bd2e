import type { Graph } from './graph.ts';
import { rootsOf, topological } from './graph.ts';
import { aligned } from './ops/batching.ts';
import * as ops from './ops/index.ts';
import type { Lanes, Tensor } from './tensor.ts';
import { makeTensor } from './tensor.ts';

/**
 * The graph for `count` lanes at once: every input, state and output has them on a leading axis, and what one lane gets depends on its
 * own values alone, as if the graph had run once for each. What nothing of theirs goes into is computed once for all.
 */
export function batched(graph: Graph, count: number): Graph {
  const lanes = new Map<Tensor, Lanes>();
  for (const tensor of topological(rootsOf(graph))) lanes.set(tensor, lanesOf(tensor));

  function lanesOf(tensor: Tensor): Lanes {
    const inputs = tensor.inputs.map((x) => lanes.get(x)!);
    const own = tensor.op.name === 'input' || tensor.op.name === 'state';
    if (!own && inputs.every(({ shared }) => shared)) return sharedLanes(tensor, count);
    if (tensor.op.elementwise) return wholeLanes(elementwise(tensor, inputs));
    const result = tensor.op.batch(tensor, inputs, count, ops);
    return 'op' in result ? wholeLanes(result) : separateLanes(result);
  }
  const allOf = (tensor: Tensor): Tensor => lanes.get(tensor)!.all;
  return {
    outputs: Object.fromEntries(Object.entries(graph.outputs).map(([name, tensor]) => [name, allOf(tensor)])),
    updates: (graph.updates ?? []).map(({ state, value }) => ({ state: allOf(state), value: allOf(value) })),
  };
}

/** Shared inputs broadcast as they are; the others by axes of length 1 between their lanes and their shape. */
function elementwise(node: Tensor, inputs: readonly Lanes[]): Tensor {
  const rank = node.shape.length;
  const values = inputs.map((x, i) => {
    const own = node.inputs[i]!;
    if (x.shared) return x.each[0]!;
    if (own.shape.length === rank) return x.all;
    // Only float32 is reshaped: a condition goes through numbers.
    const numbers = own.dtype === 'bool' ? ops.where(x.all, ops.constant(1), ops.constant(0)) : x.all;
    const widened = aligned(numbers, rank, ops);
    return own.dtype === 'bool' ? ops.greater(widened, ops.constant(0)) : widened;
  });
  return makeTensor(node.op, values, node.attributes);
}

function sharedLanes(tensor: Tensor, count: number): Lanes {
  return lanesFrom(
    true,
    () => ops.broadcast(tensor, [count, ...tensor.shape]),
    () => new Array<Tensor>(count).fill(tensor),
  );
}

function wholeLanes(all: Tensor): Lanes {
  const [count, ...shape] = all.shape as [number, ...number[]];
  const at = (lane: number): Tensor => ops.reshape(ops.slice(all, 0, lane, lane + 1), shape);
  return lanesFrom(
    false,
    () => all,
    () => Array.from({ length: count }, (_, lane) => at(lane)),
  );
}

function separateLanes(each: readonly Tensor[]): Lanes {
  const rows = () => each.map((x) => ops.reshape(x, [1, ...x.shape]));
  return lanesFrom(
    false,
    () => ops.concat(rows(), 0),
    () => each,
  );
}

/** Each form is made when it is first asked for. */
function lanesFrom(shared: boolean, makeAll: () => Tensor, makeEach: () => readonly Tensor[]): Lanes {
  let all: Tensor | undefined;
  let each: readonly Tensor[] | undefined;
  return {
    shared,
    get all() {
      all ??= makeAll();
      return all;
    },
    get each() {
      each ??= makeEach();
      return each;
    },
  };
}

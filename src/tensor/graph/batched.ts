import type { Graph } from './graph.ts';
import { rootsOf, topological } from './graph.ts';
import { aligned } from './ops/batching.ts';
import * as ops from './ops/index.ts';
import type { BatchMembers, Tensor } from './tensor.ts';
import { makeTensor } from './tensor.ts';

/**
 * Returns the graph for `count` members at once. Every input, state and output gets a leading axis of members, and the values of a member
 * depend on its own alone, as if the graph had run once per member. Tensors that depend on no input and no state are computed once for all.
 */
export function batched(graph: Graph, count: number): Graph {
  const members = new Map<Tensor, BatchMembers>();
  for (const tensor of topological(rootsOf(graph))) members.set(tensor, membersOf(tensor));

  function membersOf(tensor: Tensor): BatchMembers {
    const inputs = tensor.inputs.map((x) => members.get(x)!);
    const own = tensor.op.name === 'input' || tensor.op.name === 'state';
    if (!own && inputs.every(({ shared }) => shared)) return sharedMembers(tensor, count);
    if (tensor.op.elementwise) return stackedMembers(elementwise(tensor, inputs));
    const result = tensor.op.batch(tensor, inputs, count, ops);
    return 'op' in result ? stackedMembers(result) : separateMembers(result);
  }
  const allOf = (tensor: Tensor): Tensor => members.get(tensor)!.all;
  return {
    outputs: Object.fromEntries(Object.entries(graph.outputs).map(([name, tensor]) => [name, allOf(tensor)])),
    updates: (graph.updates ?? []).map(({ state, value }) => ({ state: allOf(state), value: allOf(value) })),
  };
}

/** The batched elementwise op. Shared inputs broadcast unchanged; others get axes of length 1 between the member axis and their shape. */
function elementwise(node: Tensor, inputs: readonly BatchMembers[]): Tensor {
  const rank = node.shape.length;
  const values = inputs.map((x, i) => {
    const own = node.inputs[i]!;
    if (x.shared) return x.each[0]!;
    if (own.shape.length === rank) return x.all;
    // Only float32 can be reshaped, so a condition is converted to numbers and back.
    const numbers = own.dtype === 'bool' ? ops.where(x.all, ops.constant(1), ops.constant(0)) : x.all;
    const widened = aligned(numbers, rank, ops);
    return own.dtype === 'bool' ? ops.greater(widened, ops.constant(0)) : widened;
  });
  return makeTensor(node.op, values, node.attributes);
}

function sharedMembers(tensor: Tensor, count: number): BatchMembers {
  return membersFrom(
    true,
    () => ops.broadcast(tensor, [count, ...tensor.shape]),
    () => new Array<Tensor>(count).fill(tensor),
  );
}

function stackedMembers(all: Tensor): BatchMembers {
  const [count, ...shape] = all.shape as [number, ...number[]];
  const at = (member: number): Tensor => ops.reshape(ops.slice(all, 0, member, member + 1), shape);
  return membersFrom(
    false,
    () => all,
    () => Array.from({ length: count }, (_, member) => at(member)),
  );
}

function separateMembers(each: readonly Tensor[]): BatchMembers {
  const rows = () => each.map((x) => ops.reshape(x, [1, ...x.shape]));
  return membersFrom(
    false,
    () => ops.concat(rows(), 0),
    () => each,
  );
}

/** Builds each form at its first use. */
function membersFrom(shared: boolean, makeAll: () => Tensor, makeEach: () => readonly Tensor[]): BatchMembers {
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

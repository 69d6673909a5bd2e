import { AssayError } from '../../core/errors.ts';
import { sameShape, typeText } from './shapes.ts';
import type { Shape, Tensor } from './tensor.ts';

/** The new value of a named state, written at the end of a run; during the run every node reads the old value. */
export interface Update {
  /** A tensor made by the op `state`. */
  readonly state: Tensor;
  readonly value: Tensor;
}

/** One computation: its results and its new state values. */
export interface Graph {
  /** Named results. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly updates?: readonly Update[];
}

export interface Leaf {
  readonly name: string;
  readonly shape: Shape;
}

/** Returns every tensor that the roots depend on, inputs before users, in an order that depends only on the graph. */
export function topological(roots: readonly Tensor[]): readonly Tensor[] {
  const order: Tensor[] = [];
  const seen = new Set<Tensor>();
  // An explicit stack: a long chain (an unrolled recurrence) would overflow the call stack.
  const stack: { readonly tensor: Tensor; next: number }[] = [];
  const enter = (tensor: Tensor): void => {
    if (seen.has(tensor)) return;
    seen.add(tensor);
    stack.push({ tensor, next: 0 });
  };
  for (const root of roots) {
    enter(root);
    for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
      const following = frame.tensor.inputs[frame.next++];
      if (following !== undefined) enter(following);
      else {
        order.push(frame.tensor);
        stack.pop();
      }
    }
  }
  return order;
}

export function rootsOf(graph: Graph): readonly Tensor[] {
  return [...Object.values(graph.outputs), ...(graph.updates ?? []).flatMap(({ state, value }) => [state, value])];
}

export const nameOf = (leaf: Tensor): string => leaf.attributes['name'] as string;

/** Returns the inputs or the states that a graph reads, one per name. @throws `shape_invalid` if one name has two shapes. */
export function leavesOf(graph: Graph, kind: 'input' | 'state'): readonly Leaf[] {
  const leaves = new Map<string, Tensor>();
  for (const tensor of topological(rootsOf(graph))) {
    if (tensor.op.name !== kind) continue;
    const other = leaves.get(nameOf(tensor));
    if (other !== undefined && !sameShape(other.shape, tensor.shape))
      throw new AssayError('shape_invalid', `the ${kind} ${nameOf(tensor)} is both ${typeText(other)} and ${typeText(tensor)}`);
    leaves.set(nameOf(tensor), tensor);
  }
  return [...leaves].map(([name, { shape }]) => ({ name, shape }));
}

/** Checks the updates. @throws `internal` for a target that is not a state or has two updates, `shape_invalid` for a wrong shape. */
export function checkUpdates(graph: Graph): void {
  const updated = new Set<string>();
  for (const { state, value } of graph.updates ?? []) {
    if (state.op.name !== 'state') throw new AssayError('internal', `an update targets the op ${state.op.name}, not a state`);
    if (!sameShape(state.shape, value.shape))
      throw new AssayError('shape_invalid', `the state ${nameOf(state)} is ${typeText(state)}, its update ${typeText(value)}`);
    if (updated.has(nameOf(state))) throw new AssayError('internal', `the state ${nameOf(state)} is updated twice`);
    updated.add(nameOf(state));
  }
}

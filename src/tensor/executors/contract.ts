/** Checks that all executors share. */
import { AssayError } from '../../core/errors.ts';
import type { Graph, Leaf } from '../graph/graph.ts';
import { leavesOf } from '../graph/graph.ts';
import { sameShape, sizeOf } from '../graph/shapes.ts';
import type { Feeds } from './executor.ts';

/** Returns every state of the functions once, in order of first use. @throws `shape_invalid` for a state with two shapes. */
export function statesOf(functions: Readonly<Record<string, Graph>>): readonly Leaf[] {
  const states = new Map<string, Leaf>();
  for (const leaf of Object.values(functions).flatMap((graph) => leavesOf(graph, 'state'))) {
    const known = states.get(leaf.name);
    if (known !== undefined && !sameShape(known.shape, leaf.shape))
      throw new AssayError(
        'shape_invalid',
        `the state ${leaf.name} is [${known.shape.join(',')}] in one graph and [${leaf.shape.join(',')}] in another`,
      );
    if (known === undefined) states.set(leaf.name, leaf);
  }
  return [...states.values()];
}

export function checkedFeed(name: string, leaf: Leaf, feeds: Feeds): Float32Array {
  const values = feeds[leaf.name];
  if (values?.length !== sizeOf(leaf.shape))
    throw new AssayError(
      'shape_invalid',
      `${name} takes ${leaf.name} as [${leaf.shape.join(',')}], got ${values === undefined ? 'nothing' : `${values.length} numbers`}`,
    );
  return values;
}

export function checkStateLength({ name, shape }: Leaf, values: ArrayLike<number>): void {
  if (values.length !== sizeOf(shape))
    throw new AssayError('shape_invalid', `the state ${name} holds ${sizeOf(shape)} numbers, got ${values.length}`);
}

/** Returns the entry of a function. @throws `internal` if there is none, as after dispose. */
export function functionOf<Function>(known: ReadonlyMap<string, Function>, name: string): Function {
  const found = known.get(name);
  if (found === undefined) throw new AssayError('internal', `the program has no function ${name}, or was disposed`);
  return found;
}

export function stateOf<State>(known: ReadonlyMap<string, State>, name: string): State {
  const found = known.get(name);
  if (found === undefined) throw new AssayError('internal', `the program has no state ${name}, or was disposed`);
  return found;
}

import type { Graph } from './graph.ts';
import { rootsOf, topological } from './graph.ts';
import { constant } from './ops/index.ts';
import { sameShape, sizeOf } from './shapes.ts';
import type { Tensor } from './tensor.ts';
import { makeTensor } from './tensor.ts';

/** Larger results stay computed: a folded constant is stored, and its fold costs float64 work at build time. */
const largestFold = 4096;

/** Ops that broadcast by themselves, so that a `broadcast` before them may go. */
const broadcasting = new Set(['add', 'sub', 'mul', 'div', 'min', 'max', 'where']);

/**
 * The same graph with equal subexpressions computed once, constants folded, multiplications by one and additions of zero dropped, and
 * explicit broadcasts removed where the op broadcasts itself. Unreached tensors fall away because a graph is what its outputs reach.
 */
export function simplify(graph: Graph): Graph {
  const replacement = new Map<Tensor, Tensor>();
  const known = new Map<string, Tensor>();
  const numbers = new Map<Tensor, number>();

  for (const tensor of topological(rootsOf(graph))) {
    const inputs = tensor.inputs.map((x) => replacement.get(x)!);
    const candidate = neutral(fold(dropBroadcast(tensor, inputs)));
    const key = `${candidate.op.name}(${candidate.inputs.map((x) => numbers.get(x)).join(',')})${JSON.stringify(candidate.attributes)}`;
    const same = numbers.has(candidate) ? candidate : known.get(key);
    if (same === undefined) {
      known.set(key, candidate);
      numbers.set(candidate, numbers.size);
    }
    replacement.set(tensor, same ?? candidate);
  }
  const replaced = (tensor: Tensor): Tensor => replacement.get(tensor)!;
  return {
    outputs: Object.fromEntries(Object.entries(graph.outputs).map(([name, tensor]) => [name, replaced(tensor)])),
    updates: (graph.updates ?? []).map(({ state, value }) => ({ state: replaced(state), value: replaced(value) })),
  };
}

const isConstant = (tensor: Tensor): boolean => tensor.op.name === 'constant';

/** All elements equal `value`. */
function isAll(tensor: Tensor | undefined, value: number): boolean {
  return tensor !== undefined && isConstant(tensor) && (tensor.attributes['values'] as readonly number[]).every((x) => x === value);
}

function dropBroadcast(tensor: Tensor, inputs: readonly Tensor[]): Tensor {
  if (broadcasting.has(tensor.op.name)) {
    const narrow = inputs.map((x) => (x.op.name === 'broadcast' ? x.inputs[0]! : x));
    const rebuilt = makeTensor(tensor.op, narrow, tensor.attributes);
    if (sameShape(rebuilt.shape, tensor.shape)) return rebuilt;
  }
  if (inputs.length === 0) return tensor;
  return makeTensor(tensor.op, inputs, tensor.attributes);
}

function fold(tensor: Tensor): Tensor {
  const foldable = tensor.inputs.length > 0 && tensor.dtype === 'float32' && tensor.inputs.every(isConstant);
  if (!foldable || sizeOf(tensor.shape) > largestFold) return tensor;
  const values = tensor.op.evaluate(
    tensor.inputs.map((x) => x.op.evaluate([], x)),
    tensor,
  );
  // A value that is not finite stays in the graph, where the run will show it.
  return values.every(Number.isFinite) ? constant([...values], tensor.shape) : tensor;
}

/** x*1, x/1, x+0 and x-0 are x. */
function neutral(tensor: Tensor): Tensor {
  const [a, b] = tensor.inputs;
  const keep = (x: Tensor | undefined): Tensor => (x !== undefined && sameShape(x.shape, tensor.shape) ? x : tensor);
  switch (tensor.op.name) {
    case 'mul':
      return isAll(b, 1) ? keep(a) : isAll(a, 1) ? keep(b) : tensor;
    case 'div':
      return isAll(b, 1) ? keep(a) : tensor;
    case 'add':
      return isAll(b, 0) ? keep(a) : isAll(a, 0) ? keep(b) : tensor;
    case 'sub':
      return isAll(b, 0) ? keep(a) : tensor;
    default:
      return tensor;
  }
}

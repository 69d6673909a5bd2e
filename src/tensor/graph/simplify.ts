import type { Graph } from './graph.ts';
import { rootsOf, topological } from './graph.ts';
import * as ops from './ops/index.ts';
import { keptShape } from './ops/reduction.ts';
import { sameShape, sizeOf } from './shapes.ts';
import type { Shape, Tensor } from './tensor.ts';
import { makeTensor } from './tensor.ts';

/** Largest size of a folded constant: it is stored, and folding it costs float64 work at build time. */
const largestFold = 4096;

const { broadcast, constant, reshape } = ops;

/**
 * Returns an equivalent graph with less work: moves broadcasts behind elementwise ops, folds constants, drops x*1, x/1, x+0, x-0, x-x,
 * reshapes of reshapes and `stopGradient`, computes ops from others where it can (`reuseFrom`), and merges equal subexpressions. Tensors
 * that no output depends on disappear, because a graph consists of its outputs.
 */
export function simplify(graph: Graph): Graph {
  const replacement = new Map<Tensor, Tensor>();
  const unique = uniqueTensors();
  const order = topological(rootsOf(graph));
  for (const tensor of order) {
    const inputs = tensor.inputs.map((x) => replacement.get(x)!);
    const same = tensor.inputs.length === 0 ? tensor : makeTensor(tensor.op, inputs, tensor.attributes);
    const { reuseFrom } = tensor.op;
    const left = reuseFrom !== undefined && contains(order, reuseFrom.other(tensor)) ? reuseFrom.read(same, ops) : same;
    // A rewrite can make several new tensors (a broadcast of an op), so their inputs are merged as well.
    replacement.set(tensor, unique(rewrite(moveBroadcast(left))));
  }
  const replaced = (tensor: Tensor): Tensor => replacement.get(tensor)!;
  return {
    outputs: Object.fromEntries(Object.entries(graph.outputs).map(([name, tensor]) => [name, replaced(tensor)])),
    updates: (graph.updates ?? []).map(({ state, value }) => ({ state: replaced(state), value: replaced(value) })),
  };
}

/** True if one of `tensors` has the op and the inputs of `wanted`. */
function contains(tensors: readonly Tensor[], wanted: Tensor): boolean {
  return tensors.some(({ op, inputs }) => op === wanted.op && inputs.every((x, i) => x === wanted.inputs[i]));
}

/** Returns a function that maps a tensor to the first one with the same op, attributes and inputs. */
function uniqueTensors(): (tensor: Tensor) => Tensor {
  const numbers = new Map<Tensor, number>();
  const known = new Map<string, Tensor>();
  return function unique(tensor: Tensor): Tensor {
    if (numbers.has(tensor)) return tensor;
    const inputs = tensor.inputs.map(unique);
    const key = `${tensor.op.name}(${inputs.map((x) => numbers.get(x)).join(',')})${JSON.stringify(tensor.attributes)}`;
    const same = known.get(key);
    if (same !== undefined) return same;
    const first = inputs.every((x, i) => x === tensor.inputs[i]) ? tensor : makeTensor(tensor.op, inputs, tensor.attributes);
    known.set(key, first);
    numbers.set(first, numbers.size);
    return first;
  };
}

/** Rewrites op(broadcast(x), y) to op(x, y) if that has the same shape, else to broadcast(op(x, y)). */
function moveBroadcast(tensor: Tensor): Tensor {
  if (!tensor.op.elementwise || !tensor.inputs.some((x) => x.op.name === 'broadcast')) return tensor;
  const narrow = tensor.inputs.map((x) => (x.op.name === 'broadcast' ? x.inputs[0]! : x));
  const small = rewrite(makeTensor(tensor.op, narrow, tensor.attributes));
  // There is no broadcast op for conditions.
  if (tensor.dtype !== 'float32') return sameShape(small.shape, tensor.shape) ? small : tensor;
  return broadcast(small, tensor.shape);
}

function rewrite(tensor: Tensor): Tensor {
  return neutral(fold(tensor));
}

const isConstant = (tensor: Tensor): boolean => tensor.op.name === 'constant';

function fold(tensor: Tensor): Tensor {
  const foldable = tensor.inputs.length > 0 && tensor.dtype === 'float32' && tensor.inputs.every(isConstant);
  // A broadcast constant is better moved behind its users than stored at full size.
  if (!foldable || tensor.op.name === 'broadcast' || sizeOf(tensor.shape) > largestFold) return tensor;
  const inputs = tensor.inputs.map((x) => x.op.evaluate([], x));
  const values = tensor.op.evaluate(inputs, tensor);
  // A value that is not finite stays in the graph, so that the run shows it.
  return values.every(Number.isFinite) ? constant([...values], tensor.shape) : tensor;
}

/** True for a constant whose elements all equal `value`. */
function isAll(tensor: Tensor | undefined, value: number): boolean {
  return tensor !== undefined && isConstant(tensor) && (tensor.attributes['values'] as readonly number[]).every((x) => x === value);
}

/** True for a broadcast scalar: any rearrangement of its elements is the same scalar, broadcast. */
function isBroadcastScalar(tensor: Tensor): boolean {
  return tensor.op.name === 'broadcast' && sizeOf(tensor.inputs[0]!.shape) === 1;
}

function broadcastScalar(repeated: Tensor, shape: Shape): Tensor {
  return broadcast(reshape(repeated.inputs[0]!, []), shape);
}

const isReduction = ({ op }: Tensor): boolean => op.name === 'sum' || op.name === 'mean';

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
      return a === b ? broadcast(constant(0), tensor.shape) : isAll(b, 0) ? keep(a) : tensor;
    case 'stopGradient':
      return a!;
    case 'reshape':
      if (a!.op.name === 'reshape') return neutral(reshape(a!.inputs[0]!, tensor.shape));
      if (isBroadcastScalar(a!)) return broadcastScalar(a!, tensor.shape);
      return isReduction(a!) && sameShape(keptShape(a!.inputs[0]!.shape, a!.attributes['axes'] as Shape), tensor.shape)
        ? makeTensor(a!.op, a!.inputs, { ...a!.attributes, keep: 1 })
        : keep(a);
    case 'slice':
    case 'transpose':
      return isBroadcastScalar(a!) ? broadcastScalar(a!, tensor.shape) : tensor;
    default:
      return tensor;
  }
}

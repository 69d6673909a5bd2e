import { AssayError } from '../../../core/errors.ts';
import type { Graph, Leaf } from '../../graph/graph.ts';
import { checkUpdates, leavesOf, nameOf, rootsOf, topological } from '../../graph/graph.ts';
import { sizeOf } from '../../graph/shapes.ts';
import type { Shape, Tensor } from '../../graph/tensor.ts';
import type { TensorflowLowering } from '../../graph/tensorflow-lowering.ts';
import { dataType, graphVersion, savedModelMessage, tag } from './schema.ts';
import type { NodeWriter } from './writer.ts';
import { createWriter, shapeMessage } from './writer.ts';

/** Names of signatures: one per function, and two for all states. */
export const signatureOf = { function: (name: string): string => `run:${name}`, read: 'read', write: 'write' } as const;

/** Keys of a function's input and output, one vector each: every tensor that crosses the boundary costs as much as twenty small ops. */
export const [fedVector, givenVector] = ['fed', 'given'];
/** Key of the output of a signature without results: TensorFlow runs nothing for a signature without an output. */
export const doneValue = 'done';

/** Offsets of tensors in one vector. */
export interface Packing {
  readonly places: readonly (Leaf & { readonly offset: number; readonly length: number })[];
  readonly size: number;
}

/** Packs tensors one after another, each at a multiple of `alignment` numbers. */
function packingOf(leaves: readonly Leaf[], alignment: number): Packing {
  let size = 0;
  const places = leaves.map((leaf) => {
    const [offset, length] = [Math.ceil(size / alignment) * alignment, sizeOf(leaf.shape)];
    size = offset + length;
    return { ...leaf, offset, length };
  });
  return { places, size };
}

/** Packing of a function's inputs. TensorFlow uses a slice that is aligned to 64 bytes in place and copies any other. */
export const fedOf = (graph: Graph): Packing => packingOf(leavesOf(graph, 'input'), 16);

/** Packing of a function's outputs. */
export const givenOf = (graph: Graph): Packing =>
  packingOf(
    Object.entries(graph.outputs).map(([name, { shape }]) => ({ name, shape })),
    1,
  );

interface Endpoint {
  readonly node: string;
  readonly shape: Shape;
}

interface Signature {
  readonly inputs: Readonly<Record<string, Endpoint>>;
  readonly outputs: Readonly<Record<string, Endpoint>>;
}

/**
 * Serialises functions over shared states as one SavedModel file. States are resource variables: a function's signature reads them,
 * computes, and assigns the new values before its outputs are fetched; only feeds and outputs cross the boundary.
 */
export function serialise(functions: Readonly<Record<string, Graph>>, states: readonly Leaf[]): Uint8Array {
  const writer = createWriter();
  const handles = new Map(states.map(({ name, shape }) => [name, handleOf(writer, shape)]));
  const signatures: Record<string, Signature> = {};
  for (const [name, graph] of Object.entries(functions)) signatures[signatureOf.function(name)] = writeFunction(writer, graph, handles);
  signatures[signatureOf.read] = writeRead(writer, states, handles);
  signatures[signatureOf.write] = writeWrite(writer, states, handles);
  return encode(writer, signatures);
}

function handleOf(writer: NodeWriter, shape: Shape): string {
  const name = `state${writer.count()}`;
  return writer.named(name, 'VarHandleOp', [], { dtype: { type: 'float32' }, shape: { shape }, shared_name: { s: name } });
}

const read = (writer: NodeWriter, handle: string): string => writer.plain('ReadVariableOp', [handle], { dtype: { type: 'float32' } });

const assign = (writer: NodeWriter, handle: string, value: string, after: readonly string[]): string =>
  writer.plain('AssignVariableOp', [handle, value, ...after.map((node) => `^${node}`)], { dtype: { type: 'float32' } });

function writeFunction(writer: NodeWriter, graph: Graph, handles: ReadonlyMap<string, string>): Signature {
  checkUpdates(graph);
  const fed = writeFed(writer, fedOf(graph));
  const reads = new Map<string, string>();
  const names = new Map<Tensor, string>();
  const lowering = (tensor: Tensor): TensorflowLowering => ({
    ...writer.lowering,
    inputs: tensor.inputs.map((x) => names.get(x)!),
    feed: (name) => fed.nodes.get(name)!,
    state: (name) => {
      const known = reads.get(name) ?? read(writer, handles.get(name)!);
      reads.set(name, known);
      return known;
    },
  });
  for (const tensor of topological(rootsOf(graph))) names.set(tensor, tensor.op.tensorflow(tensor, lowering(tensor)));

  // Every read comes before every assignment, so that all nodes see the values before the run.
  const assigned = (graph.updates ?? []).map(({ state, value }) => {
    const name = names.get(value)!;
    const kept = aliasesFeed(value) ? writer.lowering.node('DeepCopy', [name]) : name;
    return assign(writer, handles.get(nameOf(state))!, kept, [...reads.values()]);
  });
  // Outputs depend on the assignments, so that fetching them runs these.
  const after = assigned.map((node) => `^${node}`);
  const outputs = Object.values(graph.outputs).map((tensor) => names.get(tensor)!);
  if (outputs.length === 0) return { inputs: fed.inputs, outputs: writeDone(writer, after) };
  return { inputs: fed.inputs, outputs: { [givenVector]: { node: joined(writer, outputs, after), shape: [givenOf(graph).size] } } };
}

/** Writes the vector that a function is fed and the nodes that slice the inputs out of it. */
function writeFed({ plain, lowering }: NodeWriter, { places, size }: Packing) {
  if (places.length === 0) return { inputs: {}, nodes: new Map<string, string>() };
  const vector = plain('Placeholder', [], { dtype: { type: 'float32' }, shape: { shape: [size] } });
  const nodes = places.map(({ name, shape, offset, length }) => {
    const bounds = [lowering.integers([offset]), lowering.integers([length])];
    const flat = lowering.node('Slice', [vector, ...bounds], { Index: { type: 'int32' } });
    return [name, lowering.node('Reshape', [flat, lowering.integers(shape, [shape.length])], { Tshape: { type: 'int32' } })] as const;
  });
  return { inputs: { [fedVector]: { node: vector, shape: [size] } }, nodes: new Map(nodes) };
}

/** Writes tensors as one vector, in a new node: TensorFlow cannot fetch a fed tensor. */
function joined({ lowering }: NodeWriter, values: readonly string[], after: readonly string[]): string {
  const flat = values.map((value) => lowering.node('Reshape', [value, lowering.integers([-1])], { Tshape: { type: 'int32' } }));
  if (flat.length === 1) return lowering.node('Identity', [flat[0]!, ...after]);
  return lowering.node('ConcatV2', [...flat, lowering.integers(0), ...after], { N: { i: flat.length }, Tidx: { type: 'int32' } });
}

function writeDone(writer: NodeWriter, after: readonly string[]): Readonly<Record<string, Endpoint>> {
  return { [doneValue]: { node: writer.lowering.node('Identity', [writer.lowering.floats([0]), ...after]), shape: [] } };
}

const views = new Set(['reshape', 'slice', 'sliceVector', 'stopGradient']);

/** True if a value may be in the caller's memory: TensorFlow uses feeds in place, and {@link views} pass them on without a copy. */
function aliasesFeed(value: Tensor): boolean {
  return value.op.name === 'input' || (views.has(value.op.name) && value.inputs.some(aliasesFeed));
}

function writeRead(writer: NodeWriter, states: readonly Leaf[], handles: ReadonlyMap<string, string>): Signature {
  const valueIn = (name: string): string => writer.lowering.node('Identity', [read(writer, handles.get(name)!)]);
  return { inputs: {}, outputs: Object.fromEntries(states.map(({ name, shape }) => [name, { node: valueIn(name), shape }])) };
}

function writeWrite(writer: NodeWriter, states: readonly Leaf[], handles: ReadonlyMap<string, string>): Signature {
  const inputs = states.map(({ name, shape }) => {
    const node = writer.plain('Placeholder', [], { dtype: { type: 'float32' }, shape: { shape } });
    return [name, { node, shape }] as const;
  });
  const assigned = inputs.map(([name, { node }]) => assign(writer, handles.get(name)!, writer.lowering.node('DeepCopy', [node]), []));
  const after = assigned.map((node) => `^${node}`);
  return { inputs: Object.fromEntries(inputs), outputs: writeDone(writer, after) };
}

function encode(writer: NodeWriter, signatures: Readonly<Record<string, Signature>>): Uint8Array {
  const infos = (endpoints: Readonly<Record<string, Endpoint>>) =>
    Object.fromEntries(
      Object.entries(endpoints).map(([key, { node, shape }]) => [
        key,
        { name: `${node}:0`, dtype: dataType.float32, tensorShape: shapeMessage(shape) },
      ]),
    );
  const signature = Object.fromEntries(
    Object.entries(signatures).map(([name, { inputs, outputs }]) => [
      name,
      { inputs: infos(inputs), outputs: infos(outputs), methodName: 'tensorflow/serving/predict' },
    ]),
  );
  const graph = { node: writer.nodes, versions: { producer: graphVersion } };
  const message = { schemaVersion: 1, metaGraphs: [{ metaInfo: { tags: [tag] }, graph, signature }] };
  const problem = savedModelMessage.verify(message);
  if (problem !== null) throw new AssayError('internal', `the graph has no TensorFlow form: ${problem}`);
  return savedModelMessage.encode(savedModelMessage.create(message)).finish();
}

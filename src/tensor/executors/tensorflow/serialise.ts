import { AssayError } from '../../../core/errors.ts';
import type { Graph, Leaf } from '../../graph/graph.ts';
import { checkUpdates, nameOf, rootsOf, topological } from '../../graph/graph.ts';
import type { Shape, Tensor } from '../../graph/tensor.ts';
import type { TensorflowLowering } from '../../graph/tensorflow-lowering.ts';
import { dataType, graphVersion, savedModelMessage, tag } from './schema.ts';
import type { NodeWriter } from './writer.ts';
import { createWriter, shapeMessage } from './writer.ts';

/** Names of signatures: one for each function, and two for each state. */
export const signatureOf = {
  function: (name: string): string => `run:${name}`,
  read: (state: string): string => `read:${state}`,
  write: (state: string): string => `write:${state}`,
};

/** The key of the one value that a state's signatures take or give. */
export const stateValue = 'value';
/** The key of an output that is always there: TensorFlow runs nothing for a signature without one. */
export const doneValue = 'done';
/** Outputs of a function have a prefix of their own, so that they cannot meet `done`. */
export const outputKey = (output: string): string => `out:${output}`;

interface Endpoint {
  readonly node: string;
  readonly shape: Shape;
}

interface Signature {
  readonly inputs: Readonly<Record<string, Endpoint>>;
  readonly outputs: Readonly<Record<string, Endpoint>>;
}

/**
 * Functions over shared states as one SavedModel file. States are resource variables: a function's signature reads them, computes,
 * and assigns the new values before its outputs are given; nothing but feeds and outputs crosses.
 */
export function serialise(functions: Readonly<Record<string, Graph>>, states: readonly Leaf[]): Uint8Array {
  const writer = createWriter();
  const handles = new Map(states.map(({ name, shape }) => [name, handleOf(writer, shape)]));
  const signatures: Record<string, Signature> = {};
  for (const [name, graph] of Object.entries(functions)) signatures[signatureOf.function(name)] = writeFunction(writer, graph, handles);
  for (const { name, shape } of states) {
    signatures[signatureOf.read(name)] = writeRead(writer, handles.get(name)!, shape);
    signatures[signatureOf.write(name)] = writeWrite(writer, handles.get(name)!, shape);
  }
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
  const inputs = new Map<string, Endpoint>();
  const reads = new Map<string, string>();
  const names = new Map<Tensor, string>();
  const lowering = (tensor: Tensor): TensorflowLowering => ({
    ...writer.lowering,
    inputs: tensor.inputs.map((x) => names.get(x)!),
    feed: (name, shape) => {
      const known = inputs.get(name)?.node ?? writer.plain('Placeholder', [], { dtype: { type: 'float32' }, shape: { shape } });
      inputs.set(name, { node: known, shape });
      return known;
    },
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
  const after = assigned.map((node) => `^${node}`);
  const done = writer.lowering.node('Identity', [writer.lowering.floats([0]), ...after]);
  const outputs = Object.entries(graph.outputs).map(([output, tensor]) => {
    // An output needs a node of its own: TensorFlow cannot give what is fed, and the fetch must bring the assignments about.
    const node = writer.lowering.node('Identity', [names.get(tensor)!, ...after]);
    return [outputKey(output), { node, shape: tensor.shape }] as const;
  });
  return { inputs: Object.fromEntries(inputs), outputs: { ...Object.fromEntries(outputs), [doneValue]: { node: done, shape: [] } } };
}

const views = new Set(['reshape', 'slice', 'part', 'stopGradient']);

/** Whether a value may lie in the caller's memory: TensorFlow takes feeds where they are, and such ops pass them on uncopied. */
function aliasesFeed(value: Tensor): boolean {
  return value.op.name === 'input' || (views.has(value.op.name) && value.inputs.some(aliasesFeed));
}

function writeRead(writer: NodeWriter, handle: string, shape: Shape): Signature {
  return { inputs: {}, outputs: { [stateValue]: { node: writer.lowering.node('Identity', [read(writer, handle)]), shape } } };
}

function writeWrite(writer: NodeWriter, handle: string, shape: Shape): Signature {
  const fed = writer.plain('Placeholder', [], { dtype: { type: 'float32' }, shape: { shape } });
  const assigned = assign(writer, handle, writer.lowering.node('DeepCopy', [fed]), []);
  const done = writer.lowering.node('Identity', [writer.lowering.floats([0]), `^${assigned}`]);
  return { inputs: { [stateValue]: { node: fed, shape } }, outputs: { [doneValue]: { node: done, shape: [] } } };
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

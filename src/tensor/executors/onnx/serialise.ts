import { AssayError } from '../../../core/errors.ts';
import type { Graph } from '../../graph/graph.ts';
import { checkUpdates, nameOf, rootsOf, topological } from '../../graph/graph.ts';
import type { OnnxAttribute, OnnxLoop, OnnxLowering } from '../../graph/onnx-lowering.ts';
import { sizeOf } from '../../graph/shapes.ts';
import type { Shape, Tensor } from '../../graph/tensor.ts';
import { attributeType, dataType, irVersion, modelMessage, operatorSet } from './schema.ts';

/** An input of the ONNX model that holds a state, or a part of one. */
export interface StateInput {
  /** The input's name in the model. */
  readonly input: string;
  readonly state: string;
  readonly offset: number;
  readonly shape: Shape;
}

export interface SerialisedGraph {
  readonly bytes: Uint8Array;
  readonly stateInputs: readonly StateInput[];
}

/** Values of a state to store in a file; its parts are named after the parameters that `layout` has at their offsets. */
interface Weights {
  readonly values: Float32Array;
  readonly layout?: { readonly parameters: readonly { readonly name: string; readonly offset: number }[] };
}

interface SerialiseOptions {
  /** By name of the state; a state without an entry becomes an input of the model. */
  readonly weights?: Readonly<Record<string, Weights>>;
  /** Makes the first axis of inputs and outputs variable. Only for graphs that are built for one row and fix the number of rows nowhere. */
  readonly freeRows?: boolean;
  /** Puts an empty sequence of this name before the outputs. */
  readonly firstOutput?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The name of the model output that carries the new value of a state. */
export const updateName = (state: string): string => `next:${state}`;

/** A graph as an ONNX model file. Inputs and outputs keep their names, which must therefore all differ. */
export function serialise(graph: Graph, options: SerialiseOptions = {}): SerialisedGraph {
  checkUpdates(graph);
  const writer = createWriter(options);
  const names = new Map<Tensor, string>();
  const nameIn = (tensor: Tensor): string => {
    const name = names.get(tensor) ?? tensor.op.onnx(tensor, loweringOf(tensor));
    names.set(tensor, name);
    return name;
  };
  const loweringOf = (tensor: Tensor): OnnxLowering => ({
    ...writer.lowering,
    get inputs() {
      return tensor.inputs.map(nameIn);
    },
  });
  // A state is written when an op reads it, so that one of which only parts are used is no input as a whole.
  for (const tensor of topological(rootsOf(graph))) if (tensor.op.name !== 'state') nameIn(tensor);
  for (const [name, tensor] of Object.entries(graph.outputs)) writer.output(name, nameIn(tensor), tensor.shape);
  for (const { state, value } of graph.updates ?? []) writer.output(updateName(nameOf(state)), nameIn(value), value.shape);
  return writer.finish();
}

function createWriter(options: SerialiseOptions) {
  const node: NodeMessage[] = [];
  const initializer: object[] = [];
  const input: object[] = [];
  const output: object[] = [];
  const stateInputs: StateInput[] = [];
  const constants = new Map<string, string>();
  const leaves = new Map<string, string>();
  /** Names of outputs in the file, by the names of their values. */
  const outputNames = new Map<string, string>();
  let count = 0;

  const add = (type: string, inputs: readonly string[], outputName: string, attributes: Readonly<Record<string, OnnxAttribute>> = {}) => {
    node.push({ opType: type, name: outputName, input: inputs, output: [outputName], attribute: attributeMessages(attributes) });
    return outputName;
  };
  const addLoop = (type: string, inputs: readonly string[], { body, attributes }: OnnxLoop): readonly string[] => {
    const name = `node:${count++}`;
    const outputs = body.outputs.map((_, i) => `${name}/${i}`);
    const repeated = { name: 'body', type: attributeType.graph, g: bodyMessage(body) };
    node.push({ opType: type, name, input: inputs, output: outputs, attribute: [...attributeMessages(attributes), repeated] });
    return outputs;
  };
  const store = (type: number, rawData: Uint8Array, dims: Shape, name: string): string => {
    initializer.push({ name, dataType: type, dims, rawData });
    return name;
  };
  const constant = (type: number, rawData: Uint8Array, dims: Shape): string => {
    const key = `${type}[${dims.join(',')}]${Buffer.from(rawData).toString('base64')}`;
    const known = constants.get(key);
    if (known !== undefined) return known;
    constants.set(key, `constant:${constants.size}`);
    return store(type, rawData, dims, constants.get(key)!);
  };
  const once = (key: string, create: () => void): string => {
    if (!leaves.has(key)) create();
    leaves.set(key, key);
    return key;
  };
  const valueInfo = (name: string, shape: Shape, free: boolean): object => ({
    name,
    type: {
      tensorType: {
        elemType: dataType.float32,
        shape: { dim: shape.map((length, axis) => (free && axis === 0 ? { dimParam: 'rows' } : { dimValue: length })) },
      },
    },
  });

  if (options.firstOutput !== undefined) {
    const type = { sequenceType: { elemType: { tensorType: { elemType: dataType.float32 } } } };
    output.push({ name: add('SequenceEmpty', [], options.firstOutput), type });
  }

  const lowering: Omit<OnnxLowering, 'inputs'> = {
    node: (type, inputs, attributes) => add(type, inputs, `node:${count++}`, attributes),
    loop: addLoop,
    integers: (values) => constant(dataType.int64, bytesOf(BigInt64Array.from(values, BigInt)), [values.length]),
    floats: (values, shape = []) => constant(dataType.float32, bytesOf(Float32Array.from(values)), shape),
    feed: (name, shape) => once(name, () => input.push(valueInfo(name, shape, options.freeRows ?? false))),
    state: (name, shape, offset = 0) => {
      const weights = options.weights?.[name];
      const named = weights?.layout?.parameters.find((parameter) => parameter.offset === offset);
      const key = named?.name ?? `state:${name}@${offset}[${shape.join(',')}]`;
      return once(key, () => {
        if (weights !== undefined)
          return store(dataType.float32, bytesOf(weights.values.slice(offset, offset + sizeOf(shape))), shape, key);
        stateInputs.push({ input: key, state: name, offset, shape });
        return input.push(valueInfo(key, shape, false));
      });
    },
  };

  return {
    lowering,
    output: (name: string, value: string, shape: Shape): void => {
      // An output needs its own name, even if it is an input or another output's value. Renaming a value saves the copy of an Identity.
      if (node.some((each) => each.output.includes(value)) && !outputNames.has(value)) outputNames.set(value, name);
      else add('Identity', [value], name);
      output.push(valueInfo(name, shape, options.freeRows ?? false));
    },
    finish: (): SerialisedGraph => {
      const metadataProps = Object.entries(options.metadata ?? {}).map(([key, value]) => ({ key, value }));
      const message = {
        irVersion,
        producerName: 'assay',
        opsetImport: [{ domain: '', version: operatorSet }],
        graph: { name: 'graph', node: node.map((each) => withNames(each, outputNames)), initializer, input, output },
        metadataProps,
      };
      const problem = modelMessage.verify(message);
      if (problem !== null) throw new AssayError('internal', `the graph has no ONNX form: ${problem}`);
      return { bytes: modelMessage.encode(modelMessage.create(message)).finish(), stateInputs };
    },
  };
}

interface NodeMessage {
  readonly opType: string;
  readonly name: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  /** The attribute `g` of a loop holds its body. */
  readonly attribute: readonly { readonly g?: { readonly node: readonly NodeMessage[] } }[];
}

/** Renames values in a node and in the body of a loop. */
function withNames(node: NodeMessage, names: ReadonlyMap<string, string>): NodeMessage {
  const rename = (values: readonly string[]) => values.map((value) => names.get(value) ?? value);
  return {
    ...node,
    input: rename(node.input),
    output: rename(node.output),
    attribute: node.attribute.map((each) =>
      each.g === undefined ? each : { ...each, g: { ...each.g, node: each.g.node.map((inner) => withNames(inner, names)) } },
    ),
  };
}

/** The graph inside a loop; its shapes follow from its inputs. */
function bodyMessage({ inputs, outputs, nodes }: OnnxLoop['body']) {
  const value = (name: string) => ({ name, type: { tensorType: { elemType: dataType.float32 } } });
  return {
    name: 'body',
    node: nodes.map(({ type, inputs: input, output, attributes = {} }) => ({
      opType: type,
      name: output,
      input,
      output: [output],
      attribute: attributeMessages(attributes),
    })),
    initializer: [],
    input: inputs.map(value),
    output: outputs.map(value),
  };
}

function attributeMessages(attributes: Readonly<Record<string, OnnxAttribute>>): readonly object[] {
  return Object.entries(attributes).map(([name, value]) => ({ name, type: attributeTypeOf(value), ...value }));
}

function attributeTypeOf(value: OnnxAttribute): number {
  if ('f' in value) return attributeType.float;
  return 'i' in value ? attributeType.int : attributeType.ints;
}

/** The bytes of a typed array. ONNX stores them little-endian, as does every platform that onnxruntime-node is built for. */
function bytesOf(array: Float32Array | BigInt64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** Returns the metadata entries of a model file. */
export function readMetadata(bytes: Uint8Array): Readonly<Record<string, string>> {
  const model = modelMessage.toObject(modelMessage.decode(bytes)) as { metadataProps?: readonly { key: string; value: string }[] };
  return Object.fromEntries((model.metadataProps ?? []).map(({ key, value }) => [key, value]));
}

import type { Shape } from '../../graph/tensor.ts';
import type { TensorflowAttribute, TensorflowAttributes, TensorflowLowering } from '../../graph/tensorflow-lowering.ts';
import { dataType } from './schema.ts';

/** Collects the nodes of one file. Node names are numbered, because TensorFlow allows neither spaces nor commas in them. */
export interface NodeWriter {
  readonly nodes: readonly object[];
  readonly count: () => number;
  /** A node without the attribute `T`. */
  readonly plain: (op: string, inputs: readonly string[], attributes: TensorflowAttributes) => string;
  readonly named: (name: string, op: string, inputs: readonly string[], attributes: TensorflowAttributes) => string;
  readonly lowering: Pick<TensorflowLowering, 'node' | 'split' | 'integers' | 'floats'>;
}

export function createWriter(): NodeWriter {
  const nodes: object[] = [];
  const constants = new Map<string, string>();

  const push = (name: string, op: string, input: readonly string[], attr: object): string => {
    nodes.push({ name, op, input, attr });
    return name;
  };
  const messages = (attributes: TensorflowAttributes) =>
    Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, attributeMessage(value)]));
  const named: NodeWriter['named'] = (name, op, inputs, attributes) => push(name, op, inputs, messages(attributes));
  const plain: NodeWriter['plain'] = (op, inputs, attributes) => named(`n${nodes.length}`, op, inputs, attributes);
  const node: TensorflowLowering['node'] = (op, inputs, attributes = {}) => plain(op, inputs, { T: { type: 'float32' }, ...attributes });

  const constant = (type: 'float32' | 'int32', values: Float32Array | Int32Array, shape: Shape): string => {
    const content = bytesOf(values);
    const key = `${type}[${shape.join(',')}]${Buffer.from(content).toString('base64')}`;
    const known = constants.get(key);
    if (known !== undefined) return known;
    const tensor = { dtype: dataType[type], tensorShape: shapeMessage(shape), tensorContent: content };
    const name = push(`n${nodes.length}`, 'Const', [], { dtype: { type: dataType[type] }, value: { tensor } });
    constants.set(key, name);
    return name;
  };

  return {
    nodes,
    count: () => nodes.length,
    plain,
    named,
    lowering: {
      node,
      split: (op, input, count, attributes) => {
        const name = node(op, [input], attributes);
        return Array.from({ length: count }, (_, i) => (i === 0 ? name : `${name}:${i}`));
      },
      integers: (values, shape) =>
        typeof values === 'number'
          ? constant('int32', Int32Array.of(values), [])
          : constant('int32', Int32Array.from(values), shape ?? [values.length]),
      floats: (values, shape = []) => constant('float32', Float32Array.from(values), shape),
    },
  };
}

export const shapeMessage = (shape: Shape): object => ({ dim: shape.map((size) => ({ size })) });

function attributeMessage(value: TensorflowAttribute): object {
  if ('type' in value) return { type: dataType[value.type] };
  if ('shape' in value) return { shape: shapeMessage(value.shape) };
  if ('s' in value) return { s: Buffer.from(value.s) };
  return value;
}

/** Returns the bytes of a typed array, in the machine's order as the format requires. */
function bytesOf(array: Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

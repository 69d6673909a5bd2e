import protobuf from 'protobufjs/light.js';

/**
 * The messages of TensorFlow's SavedModel format that we write, as published (numbers are the format's; fields that are never set
 * are left out). https://github.com/tensorflow/tensorflow/tree/master/tensorflow/core/protobuf and ../framework
 */
const repeated = 'repeated';
const mapOf = (type: string, id: number): protobuf.IMapField => ({ keyType: 'string', type, id });
const root = protobuf.Root.fromJSON({
  nested: {
    Dimension: { fields: { size: { type: 'int64', id: 1 } } },
    Shape: { fields: { dim: { rule: repeated, type: 'Dimension', id: 2 } } },
    Tensor: {
      fields: {
        dtype: { type: 'int32', id: 1 },
        tensorShape: { type: 'Shape', id: 2 },
        tensorContent: { type: 'bytes', id: 4 },
      },
    },
    Attribute: {
      oneofs: { value: { oneof: ['s', 'i', 'b', 'type', 'shape', 'tensor'] } },
      fields: {
        s: { type: 'bytes', id: 2 },
        i: { type: 'int64', id: 3 },
        b: { type: 'bool', id: 5 },
        type: { type: 'int32', id: 6 },
        shape: { type: 'Shape', id: 7 },
        tensor: { type: 'Tensor', id: 8 },
      },
    },
    Node: {
      fields: {
        name: { type: 'string', id: 1 },
        op: { type: 'string', id: 2 },
        input: { rule: repeated, type: 'string', id: 3 },
        attr: mapOf('Attribute', 5),
      },
    },
    Versions: { fields: { producer: { type: 'int32', id: 1 } } },
    Graph: { fields: { node: { rule: repeated, type: 'Node', id: 1 }, versions: { type: 'Versions', id: 4 } } },
    TensorInfo: {
      fields: { name: { type: 'string', id: 1 }, dtype: { type: 'int32', id: 2 }, tensorShape: { type: 'Shape', id: 3 } },
    },
    Signature: {
      fields: {
        inputs: mapOf('TensorInfo', 1),
        outputs: mapOf('TensorInfo', 2),
        methodName: { type: 'string', id: 3 },
      },
    },
    MetaInfo: { fields: { tags: { rule: repeated, type: 'string', id: 4 } } },
    MetaGraph: {
      fields: {
        metaInfo: { type: 'MetaInfo', id: 1 },
        graph: { type: 'Graph', id: 2 },
        signature: mapOf('Signature', 5),
      },
    },
    SavedModel: {
      fields: { schemaVersion: { type: 'int64', id: 1 }, metaGraphs: { rule: repeated, type: 'MetaGraph', id: 2 } },
    },
  },
});

export const savedModelMessage = root.lookupType('SavedModel');

/** Values of the format's enumerations that we use. */
export const dataType = { float32: 1, int32: 3 } as const;
/** The version of graphs that TensorFlow 2.20 writes; older ones get other defaults. */
export const graphVersion = 1882;
export const tag = 'serve';

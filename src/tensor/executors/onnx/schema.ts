import protobuf from 'protobufjs/light.js';

/**
 * The messages of the ONNX format that we write or read, as published in onnx.proto (numbers are the format's; fields that are
 * never set are left out). https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
const repeated = 'repeated';
const root = protobuf.Root.fromJSON({
  nested: {
    Entry: { fields: { key: { type: 'string', id: 1 }, value: { type: 'string', id: 2 } } },
    Dimension: {
      oneofs: { length: { oneof: ['dimValue', 'dimParam'] } },
      fields: { dimValue: { type: 'int64', id: 1 }, dimParam: { type: 'string', id: 2 } },
    },
    Shape: { fields: { dim: { rule: repeated, type: 'Dimension', id: 1 } } },
    TensorType: { fields: { elemType: { type: 'int32', id: 1 }, shape: { type: 'Shape', id: 2 } } },
    SequenceType: { fields: { elemType: { type: 'Type', id: 1 } } },
    Type: { fields: { tensorType: { type: 'TensorType', id: 1 }, sequenceType: { type: 'SequenceType', id: 4 } } },
    ValueInfo: { fields: { name: { type: 'string', id: 1 }, type: { type: 'Type', id: 2 } } },
    Tensor: {
      fields: {
        dims: { rule: repeated, type: 'int64', id: 1 },
        dataType: { type: 'int32', id: 2 },
        name: { type: 'string', id: 8 },
        rawData: { type: 'bytes', id: 9 },
      },
    },
    Attribute: {
      fields: {
        name: { type: 'string', id: 1 },
        f: { type: 'float', id: 2 },
        i: { type: 'int64', id: 3 },
        g: { type: 'Graph', id: 6 },
        ints: { rule: repeated, type: 'int64', id: 8 },
        type: { type: 'int32', id: 20 },
      },
    },
    Node: {
      fields: {
        input: { rule: repeated, type: 'string', id: 1 },
        output: { rule: repeated, type: 'string', id: 2 },
        name: { type: 'string', id: 3 },
        opType: { type: 'string', id: 4 },
        attribute: { rule: repeated, type: 'Attribute', id: 5 },
      },
    },
    Graph: {
      fields: {
        node: { rule: repeated, type: 'Node', id: 1 },
        name: { type: 'string', id: 2 },
        initializer: { rule: repeated, type: 'Tensor', id: 5 },
        input: { rule: repeated, type: 'ValueInfo', id: 11 },
        output: { rule: repeated, type: 'ValueInfo', id: 12 },
      },
    },
    OperatorSet: { fields: { domain: { type: 'string', id: 1 }, version: { type: 'int64', id: 2 } } },
    Model: {
      fields: {
        irVersion: { type: 'int64', id: 1 },
        producerName: { type: 'string', id: 2 },
        graph: { type: 'Graph', id: 7 },
        opsetImport: { rule: repeated, type: 'OperatorSet', id: 8 },
        metadataProps: { rule: repeated, type: 'Entry', id: 14 },
      },
    },
  },
});

export const modelMessage = root.lookupType('Model');

/** Values of the format's enumerations that we use. */
export const dataType = { float32: 1, int64: 7 } as const;
export const attributeType = { float: 1, int: 2, graph: 5, ints: 7 } as const;
/** Operator set 18: reductions take their axes as an input. */
export const operatorSet = 18;
export const irVersion = 9;

/**
 * ONNX models to bytes. The schema is the part of the public `onnx.proto` that `model.ts` uses, as data; protobufjs does
 * the encoding and is loaded when the first model is written.
 */
import type { Type } from 'protobufjs';
import { loadMessageType, type ProtoSchema } from '../protobuf-schema.ts';
import { type AttributeValue, ELEMENT_CODES, isExternal, type OnnxModel, type OnnxValue, OPSET } from './model.ts';

/** The file format that goes with the opset. */
const IR_VERSION = 9;

const SCHEMA: ProtoSchema = {
  Model: [
    'int64 irVersion = 1',
    'string producerName = 2',
    'Graph graph = 7',
    '+OperatorSet opsetImport = 8',
    '+Entry metadataProps = 14',
  ],
  OperatorSet: ['string domain = 1', 'int64 version = 2'],
  Entry: ['string key = 1', 'string value = 2'],
  Graph: [
    '+Node node = 1',
    'string name = 2',
    '+Tensor initializer = 5',
    '+ValueInfo input = 11',
    '+ValueInfo output = 12',
  ],
  Node: [
    '+string input = 1',
    '+string output = 2',
    'string name = 3',
    'string opType = 4',
    '+Attribute attribute = 5',
    'string domain = 7',
  ],
  Attribute: ['string name = 1', 'float f = 2', 'int64 i = 3', 'bytes s = 4', '+int64 ints = 8', 'int32 type = 20'],
  Tensor: [
    '+int64 dims = 1',
    'int32 dataType = 2',
    'string name = 8',
    'bytes rawData = 9',
    '+Entry externalData = 13',
    'int32 dataLocation = 14',
  ],
  ValueInfo: ['string name = 1', 'ValueType type = 2'],
  ValueType: ['TensorType tensorType = 1', 'SequenceType sequenceType = 4'],
  TensorType: ['int32 elemType = 1', 'TensorShape shape = 2'],
  SequenceType: ['ValueType elemType = 1'],
  TensorShape: ['+Dimension dim = 1'],
  Dimension: ['int64 dimValue = 1', 'string dimParam = 2'],
};

/** AttributeProto.AttributeType */
const ATTRIBUTE = { float: 1, int: 2, string: 3, ints: 7 };

const EXTERNAL = 1;

let modelType: Promise<Type> | undefined;

const loadModelType = (): Promise<Type> => (modelType ??= loadMessageType(SCHEMA, 'Model'));

function attribute(name: string, value: AttributeValue): object {
  if (typeof value === 'number') return { name, i: value, type: ATTRIBUTE.int };
  if (typeof value === 'string') return { name, s: new TextEncoder().encode(value), type: ATTRIBUTE.string };
  if ('float' in value) return { name, f: value.float, type: ATTRIBUTE.float };
  return { name, ints: value, type: ATTRIBUTE.ints };
}

function valueInfo({ name, type, dims }: OnnxValue): object {
  if (type === 'sequence') {
    return { name, type: { sequenceType: { elemType: { tensorType: { elemType: ELEMENT_CODES.float } } } } };
  }
  const dim = dims.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: ELEMENT_CODES[type], shape: { dim } } } };
}

/** The message that `encodeModel` writes; apart from it so that tests and prints can look at it. */
function message(model: OnnxModel): object {
  const domains = new Set(model.nodes.map((node) => node.domain ?? ''));
  const entry = ([key, value]: readonly [string, string | number]) => ({ key, value: String(value) });
  return {
    irVersion: IR_VERSION,
    producerName: 'ditc',
    opsetImport: [...domains.add('')].sort().map((domain) => ({ domain, version: domain === '' ? OPSET : 1 })),
    metadataProps: Object.entries(model.metadata).map(entry),
    graph: {
      name: model.name,
      node: model.nodes.map((node, index) => ({
        input: node.inputs,
        output: node.outputs,
        name: `${node.op}_${index}`,
        opType: node.op,
        attribute: Object.entries(node.attributes).map(([name, value]) => attribute(name, value)),
        ...(node.domain === undefined ? {} : { domain: node.domain }),
      })),
      initializer: model.initialisers.map(({ name, type, dims, data }) => ({
        name,
        dims,
        dataType: ELEMENT_CODES[type],
        ...(isExternal(data)
          ? { dataLocation: EXTERNAL, externalData: Object.entries(data).map(entry) }
          : { rawData: data }),
      })),
      input: model.inputs.map(valueInfo),
      output: model.outputs.map(valueInfo),
    },
  };
}

/** The model as a `.onnx` file. Protobuf ends at 2 GiB: tensors that would pass it must be external. */
export async function encodeModel(model: OnnxModel): Promise<Uint8Array> {
  const type = await loadModelType();
  return type.encode(message(model)).finish();
}

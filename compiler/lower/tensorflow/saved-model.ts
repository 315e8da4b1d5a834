/**
 * A TensorFlow graph to the bytes of a `saved_model.pb`, the form in which tfjs-node's binding takes one. The schema is
 * the part of TensorFlow's public protocol buffers that is used.
 */
import { tensorBytes } from '../onnx/model.ts';
import { loadMessageType, type ProtoSchema } from '../protobuf-schema.ts';
import { type GraphNode, type NodeAttribute, TYPE_CODES } from './graph.ts';

const SCHEMA: ProtoSchema = {
  SavedModel: ['int64 savedModelSchemaVersion = 1', '+MetaGraph metaGraphs = 2'],
  MetaGraph: ['MetaInfo metaInfoDef = 1', 'Graph graphDef = 2'],
  MetaInfo: ['+string tags = 4'],
  Graph: ['+Node node = 1', 'Versions versions = 4'],
  Versions: ['int32 producer = 1'],
  Node: ['string name = 1', 'string op = 2', '+string input = 3', '%Attribute attr = 5'],
  Attribute: [
    'List list = 1',
    'bytes s = 2',
    '?int64 i = 3',
    '?bool b = 5',
    'int32 type = 6',
    'Shape shape = 7',
    'Tensor tensor = 8',
  ],
  List: ['+int64 i = 3'],
  Tensor: ['int32 dtype = 1', 'Shape tensorShape = 2', 'bytes tensorContent = 4'],
  Shape: ['+Dim dim = 2'],
  Dim: ['int64 size = 1'],
};

/** TF_GRAPH_DEF_VERSION of TensorFlow 2.9, whose headers the binding has. */
const PRODUCER = 1087;

/** The tag of the one graph in the file. */
export const TAG = 'serve';

const shapeOf = (dims: readonly number[]): object => ({ dim: dims.map((size) => ({ size })) });

function attribute(value: NodeAttribute): object {
  if ('s' in value) return { s: new TextEncoder().encode(value.s) };
  if ('ints' in value) return { list: { i: value.ints } };
  if ('dims' in value) return { shape: shapeOf(value.dims) };
  if (!('tensor' in value)) return value;
  const { dtype, shape } = value.tensor;
  return {
    tensor: { dtype: TYPE_CODES[dtype], tensorShape: shapeOf(shape), tensorContent: tensorBytes(value.tensor) },
  };
}

export async function encodeSavedModel(nodes: readonly GraphNode[]): Promise<Uint8Array> {
  const type = await loadMessageType(SCHEMA, 'SavedModel');
  const node = nodes.map(({ name, op, inputs, attributes }) => ({
    name,
    op,
    input: inputs,
    attr: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, attribute(value)])),
  }));
  const graphDef = { node, versions: { producer: PRODUCER } };
  const message = { savedModelSchemaVersion: 1, metaGraphs: [{ metaInfoDef: { tags: [TAG] }, graphDef }] };
  return type.encode(message).finish();
}

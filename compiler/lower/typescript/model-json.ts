/** A model as the JSON of `LayersModel.save`, for `loadLayersModel` of a page that has the module's layers. */
import type { HostTensor } from '../../ir/tensor.ts';
import { isBatch, type Shape } from '../../ir/type.ts';
import { type LayerClass, layerClasses, type ModelPlan, type PlannedWire } from './layer-text.ts';
import { DTYPES } from './writing.ts';

/** A file of weights is at most this long: what hosts and caches of browsers like. */
const SHARD = 4 << 20;

export interface SavedModel {
  /** the text of `model.json` */
  readonly json: string;
  /** bytes by the name of the file */
  readonly shards: ReadonlyMap<string, readonly Uint8Array[]>;
}

const batchShape = (shape: Shape): (number | null)[] => shape.map((dim) => (isBatch(dim) ? null : dim));

function topologyOf(plan: ModelPlan, classes: readonly LayerClass[], name: string) {
  const classOf = new Map(classes.map(({ graph, saved }) => [graph, saved]));
  const sources = new Map<PlannedWire, readonly [layer: string, node: number, tensor: number]>();
  const layers: { name: string; class_name: string; config: object; inbound_nodes: unknown[] }[] = [];
  for (const wire of plan.inputs) {
    const input = wire.input!.name;
    const shape = batchShape(wire.type.shape);
    const batch_input_shape = shape.length === 1 ? [...shape, 1] : shape;
    const config = { batch_input_shape, dtype: DTYPES[wire.type.dtype], sparse: false, name: input };
    layers.push({ name: input, class_name: 'InputLayer', config, inbound_nodes: [] });
    sources.set(wire, [input, 0, 0]);
  }
  for (const { layer, operands, results } of plan.calls) {
    let entry = layers.find((one) => one.name === layer.name);
    if (entry === undefined) {
      const config = {
        name: layer.name,
        trainable: true,
        path: { name: layer.prefix },
        settings: { name: layer.graph.settings },
        seed: 0,
      };
      layers.push((entry = { name: layer.name, class_name: classOf.get(layer.graph)!, config, inbound_nodes: [] }));
    }
    const node = entry.inbound_nodes.push(operands.map((wire) => [...sources.get(wire)!, {}])) - 1;
    for (const [at, wire] of results.entries()) sources.set(wire, [layer.name, node, at]);
  }
  const ends = (wires: readonly PlannedWire[]) => wires.map((wire) => sources.get(wire)!);
  const config = { name, layers, input_layers: ends(plan.inputs), output_layers: ends(plan.outputs) };
  return { class_name: 'Model', config, keras_version: 'tfjs-layers 4.22.0', backend: 'tensor_flow.js' };
}

export function saveModel(name: string, plan: ModelPlan, weights: ReadonlyMap<string, HostTensor>): SavedModel {
  const all = [...weights].map(([path, { data, shape, dtype }]) => {
    const stored = data instanceof Float64Array ? Float32Array.from(data) : data;
    const bytes = new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
    return { spec: { name: path, shape, dtype: DTYPES[dtype] }, bytes };
  });
  const parts = cut(all.map(({ bytes }) => bytes));
  const files = parts.map((part, at) => [`group1-shard${at + 1}of${parts.length}.bin`, part] as const);
  const model = {
    format: 'layers-model',
    generatedBy: 'ditc',
    convertedBy: null,
    modelTopology: topologyOf(plan, layerClasses(plan), name),
    weightsManifest: [{ paths: files.map(([file]) => file), weights: all.map(({ spec }) => spec) }],
  };
  return { json: `${JSON.stringify(model, null, 1)}\n`, shards: new Map(files) };
}

/** The bytes of all one after the other, in pieces for files of at most `SHARD`. */
function cut(all: readonly Uint8Array[]): Uint8Array[][] {
  const parts: Uint8Array[][] = [[]];
  let room = SHARD;
  for (const bytes of all) {
    for (let at = 0; at < bytes.length; ) {
      if (room === 0) {
        parts.push([]);
        room = SHARD;
      }
      const piece = bytes.subarray(at, at + Math.min(room, bytes.length - at));
      parts.at(-1)!.push(piece);
      at += piece.length;
      room -= piece.length;
    }
  }
  return parts;
}

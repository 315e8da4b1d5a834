/** What the layer of a block is made of, and what it can do beyond the layers of tfjs. */
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import type { BlockConfig } from './block-config.ts';

export type TfjsLayers = typeof import('@tensorflow/tfjs-layers');
export type Layer = InstanceType<TfjsLayers['layers']['Layer']>;
export type LayerVariable = Layer['weights'][number];

/** A layer of tfjs that runs a block, with a layer for every call inside that owns weights. */
export interface BlockLayer extends Layer {
  /** of the call, before the paths of its weights; empty where the spec has none */
  readonly path: string;
  /** compile-time parameters, for people */
  readonly settings: string;
  /** in the order of the spec */
  readonly layers: readonly BlockLayer[];
  /** every weight, those of layers inside too, in the order of the spec */
  readonly variables: readonly LayerVariable[];
  /** the layer at a path inside, `attn` or `attn.qkv` */
  getLayer(path: string): BlockLayer;
  findLayer(path: string): BlockLayer | undefined;
  /** by a layer that has it inside: makes its weights, which then live until both let go */
  hold(start: Start | undefined): void;
}

/** Weights of a layer that is being made, by full path. */
export type Start = ReadonlyMap<string, HostTensor>;

export interface BlockClass {
  new (config: BlockConfig): BlockLayer;
  readonly className: string;
}

export const isBlockLayer = (layer: Layer): layer is BlockLayer => 'hold' in layer;

/** What stands behind the path of a layer in a path inside of it. */
export const relativeTo = (base: string, path: string): string => (base === '' ? path : path.slice(base.length + 1));

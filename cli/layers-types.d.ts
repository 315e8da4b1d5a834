/** `ditc/layers`: models of a spec as layers of TensorFlow.js. docs/layers.md shows how they are used. */
import type { ModelPredictConfig, Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel, layers, ModelEvaluateArgs } from '@tensorflow/tfjs-layers';

export interface OpenOptions {
  /** parameters of the model, as `--set` takes them: `{ 'size.depth': 2 }` */
  readonly set?: Readonly<Record<string, string | number | boolean>>;
  /** the graph for training instead of the one for inference, where they differ */
  readonly training?: boolean;
  /**
   * layers keep their inputs alone and run again on the way back: less memory for a longer step; false unless said.
   * A saved model keeps its choice
   */
  readonly recompute?: boolean;
  /** a safetensors file or a checkpoint of PyTorch; the initial values of the spec unless said */
  readonly weights?: string;
  /** of the initial values; 0 unless said */
  readonly seed?: number;
}

/**
 * A call of the spec as a layer. Calls inside that own weights are layers too: frozen by `trainable = false`, read and
 * set by `getWeights` and `setWeights`, called by `apply` like others.
 */
export interface BlockLayer extends layers.Layer {
  /** of the call in the model, `blocks.0.attn`; before the paths of its weights */
  readonly path: string;
  /** the block's parameters: `heads: 6, qkv_bias: true` */
  readonly settings: string;
  /** those inside, in the order of the spec */
  readonly layers: readonly BlockLayer[];
  /** the layer at a path inside, `attn` or `attn.qkv`; one that is not there is thrown with those that are */
  getLayer(path: string): BlockLayer;
}

type Inputs = Tensor | Tensor[] | { readonly [name: string]: Tensor };

/** A `tf.LayersModel`, also when it was saved and loaded. What it is given wrongly is thrown with the line of the spec. */
export interface SpecModel extends LayersModel {
  /** file and line of the model in the spec */
  readonly place: string;
  /** a layer by its path, at any depth: `blocks.0`, `blocks.0.attn.qkv`; inputs are layers of tfjs without what is inside */
  getLayer(path: string): BlockLayer;
  getLayer(index: number): layers.Layer;
  getLayer(name: string, index: number): layers.Layer;
  /** inputs in the order of the spec, or by name */
  predict(x: Inputs, args?: ModelPredictConfig): Tensor | Tensor[];
  predictOnBatch(x: Inputs): Tensor | Tensor[];
  evaluate(x: Inputs, y: Tensor | Tensor[], args?: ModelEvaluateArgs): Scalar | Scalar[];
  /** as tfjs prints it; `expandNested` shows the layers inside of layers too */
  summary(lineLength?: number, positions?: number[], print?: (line: string) => void, expandNested?: boolean): void;
}

/**
 * The model of a spec, with its weights, on the backend of tfjs that is current when it runs. `target` is `FILE` or
 * `FILE#NAME`, a preset or a model. What is wrong with the spec, an option or the file of weights is thrown.
 */
export declare function openLayersModel(target: string, options?: OpenOptions): Promise<SpecModel>;

/**
 * Before `tf.loadLayersModel` of a model that was saved: makes its layers known. Takes what `openLayersModel` took;
 * `weights`, `seed` and `recompute` make no difference.
 */
export declare function registerLayersOf(target: string, options?: OpenOptions): Promise<void>;

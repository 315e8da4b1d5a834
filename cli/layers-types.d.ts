import type { LayersModel } from '@tensorflow/tfjs-layers';

export interface CompileOptions {
  /** parameters of the model, as `--set` takes them: `{ 'size.depth': 2 }` */
  readonly set?: Readonly<Record<string, string | number | boolean>>;
  /** the graph for training instead of the one for inference, where they differ */
  readonly training?: boolean;
}

export interface OpenOptions extends CompileOptions {
  /** a safetensors file or a checkpoint of PyTorch; the initial values of the spec unless said */
  readonly weights?: string;
  /** of the initial values; 0 unless said */
  readonly seed?: number;
}

/** `target` is `FILE` or `FILE#NAME`, a preset or a model. What is wrong with the spec or the file of weights is thrown. */
export declare function openLayersModel(target: string, options?: OpenOptions): Promise<LayersModel>;

/** Before `tf.loadLayersModel` of a model that was saved: makes its layers known. */
export declare function registerLayersOf(target: string, options?: CompileOptions): Promise<void>;

/**
 * The model of a spec as tfjs knows it: a `tf.LayersModel` that finds layers inside of layers by their paths, shows them
 * in its summary, and says what does not fit in the words of the spec. A class of its own, so that what is loaded is one
 * again.
 */
import { nearest } from '../../dsl/suggest.ts';
import type { Tfjs, TfjsTensor } from '../engines/tfjs-backend.ts';
import { type BlockLayer, isBlockLayer, type Layer, relativeTo, type TfjsLayers } from './block-contract.ts';
import { ofModel, takeFeeds } from './feeds.ts';
import { nestedSummary } from './nested-summary.ts';
import { checkNamed, checkSet } from './weight-values.ts';

export type LayersModel = InstanceType<TfjsLayers['LayersModel']>;
type ModelArguments = ConstructorParameters<TfjsLayers['LayersModel']>[0];
type Fed = Parameters<LayersModel['fit']>[0];
type Rest<K extends 'fit' | 'evaluate' | 'predict' | 'trainOnBatch'> =
  Parameters<LayersModel[K]> extends [unknown, ...infer R] ? R : never;

export interface SpecModel extends LayersModel {
  /** the file and line of the model in the spec */
  readonly place: string;
  /** a layer of the model, or at any depth inside of one: `blocks.0.attn.qkv`. Inputs are layers of tfjs */
  getLayer(path: string): BlockLayer;
  getLayer(index: number): Layer;
  getLayer(name: string, index: number): Layer;
  /** as tfjs prints it; with `expandNested` the layers inside of layers too */
  summary(lineLength?: number, positions?: number[], print?: (line: string) => void, expandNested?: boolean): void;
}

export interface SpecModelClass {
  new (config: ModelArguments & { readonly place?: string }): SpecModel;
}

const classes = new WeakMap<Tfjs, SpecModelClass>();

/** The class of models, known to `tf.loadLayersModel`. */
export function specModelClass(tf: Tfjs, tfl: TfjsLayers): SpecModelClass {
  let made = classes.get(tf);
  if (made === undefined) {
    classes.set(tf, (made = defineModel(tf, tfl)));
    tf.serialization.registerClass(made as unknown as Parameters<typeof tf.serialization.registerClass>[0], 'ditc');
  }
  return made;
}

function defineModel(tf: Tfjs, tfl: TfjsLayers): SpecModelClass {
  return class extends tfl.LayersModel {
    static override readonly className = 'ditc>Model';
    readonly place: string;

    constructor(config: ModelArguments & { readonly place?: string }) {
      super(config);
      this.place = config.place ?? '';
    }

    override getLayer(nameOrIndex: string | number, index?: number): Layer {
      if (typeof nameOrIndex === 'number' || index !== undefined) return super.getLayer(nameOrIndex as string, index!);
      const found = this.layers.find(({ name }) => name === nameOrIndex);
      if (found !== undefined) return found;
      const inside = this.layers.flatMap((layer) => {
        if (!isBlockLayer(layer) || (layer.path !== '' && !nameOrIndex.startsWith(`${layer.path}.`))) return [];
        return layer.findLayer(relativeTo(layer.path, nameOrIndex)) ?? [];
      })[0];
      if (inside !== undefined) return inside;
      const names = this.layers.map(({ name }) => name);
      const meant = nearest(nameOrIndex, names);
      const help = meant ? `did you mean \`${meant}\`?` : `it has ${names.map((name) => `\`${name}\``).join(', ')}`;
      throw new Error(`${ofModel(this.name, this.place)} has no layer \`${nameOrIndex}\`; ${help}`);
    }

    override summary(
      lineLength?: number,
      positions?: number[],
      print: (line: string) => void = console.log,
      expandNested = false,
    ): void {
      super.summary(lineLength, positions, expandNested ? nestedSummary(this.layers, print) : print);
    }

    #take(feeds: unknown): TfjsTensor[] {
      const inputs = this.inputs.map(({ shape, dtype }, at) => ({ name: this.inputNames[at]!, shape, dtype }));
      return takeFeeds(tf, { name: this.name, place: this.place, inputs }, feeds);
    }

    override call(
      feeds: TfjsTensor | TfjsTensor[],
      options: Parameters<LayersModel['call']>[1],
    ): TfjsTensor | TfjsTensor[] {
      return super.call(this.#take(feeds), options);
    }

    override predict(x: Fed, ...rest: Rest<'predict'>): ReturnType<LayersModel['predict']> {
      return super.predict(this.#take(x), ...rest);
    }

    override predictOnBatch(x: Fed): ReturnType<LayersModel['predictOnBatch']> {
      return tf.tidy(() => {
        const columns = this.#take(x).map((tensor) => (tensor.rank === 1 ? tf.reshape(tensor, [-1, 1]) : tensor));
        return super.predictOnBatch(columns);
      });
    }

    override evaluate(x: Fed, ...rest: Rest<'evaluate'>): ReturnType<LayersModel['evaluate']> {
      return super.evaluate(this.#take(x), ...rest);
    }

    override async fit(x: Fed, ...rest: Rest<'fit'>): ReturnType<LayersModel['fit']> {
      return super.fit(this.#take(x), ...rest);
    }

    override async trainOnBatch(x: Fed, ...rest: Rest<'trainOnBatch'>): ReturnType<LayersModel['trainOnBatch']> {
      return super.trainOnBatch(this.#take(x), ...rest);
    }

    override setWeights(weights: TfjsTensor[]): void {
      checkSet(ofModel(this.name, this.place), this.weights, weights);
      super.setWeights(weights);
    }

    override loadWeights(weights: Record<string, TfjsTensor>, strict?: boolean): void {
      checkNamed(ofModel(this.name, this.place), this.weights, weights, strict ?? true);
      super.loadWeights(weights, strict);
    }

    override getConfig(): never {
      return { ...super.getConfig(), place: { name: this.place } } as never;
    }

    static override fromConfig: typeof tfl.LayersModel.fromConfig = (cls, config, ...rest) => {
      const model = tfl.LayersModel.fromConfig(cls, config, ...rest);
      return Object.assign(model, { place: (config as { place?: { name: string } }).place?.name ?? '' });
    };
  } as unknown as SpecModelClass;
}

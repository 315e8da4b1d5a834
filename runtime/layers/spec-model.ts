/**
 * The model of a spec as tfjs knows it: a `tf.LayersModel` that finds layers inside of layers by their paths, shows them
 * in its summary, and says what does not fit in the words of the spec. A class of its own, so that what is loaded is one
 * again.
 */
import type { Tfjs, TfjsTensor } from '../engines/tfjs-backend.ts';
import { type BlockLayer, isBlockLayer, type Layer, relativeTo, type TfjsLayers } from './block-contract.ts';
import { checkFeeds, type Feeds } from './feeds.ts';
import { nestedSummary } from './nested-summary.ts';
import { checkNamed, checkSet } from './weight-values.ts';

export type LayersModel = InstanceType<TfjsLayers['LayersModel']>;
type ModelArguments = ConstructorParameters<TfjsLayers['LayersModel']>[0];
type Arguments<K extends 'fit' | 'evaluate' | 'predict' | 'predictOnBatch' | 'trainOnBatch'> = Parameters<
  LayersModel[K]
>;

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
    classes.set(tf, (made = defineModel(tfl)));
    tf.serialization.registerClass(made as unknown as Parameters<typeof tf.serialization.registerClass>[0], 'ditc');
  }
  return made;
}

function defineModel(tfl: TfjsLayers): SpecModelClass {
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
      const names = this.layers.map(({ name }) => `\`${name}\``).join(', ');
      throw new Error(`model \`${this.name}\` has no layer \`${nameOrIndex}\`; it has ${names}`);
    }

    override summary(
      lineLength?: number,
      positions?: number[],
      print: (line: string) => void = console.log,
      expandNested = false,
    ): void {
      super.summary(lineLength, positions, expandNested ? nestedSummary(this.layers, print) : print);
    }

    #check(feeds: unknown): void {
      const inputs = this.inputs.map(({ shape, dtype }, at) => ({ name: this.inputNames[at]!, shape, dtype }));
      checkFeeds(inputs, feeds as Feeds, { model: this.name, place: this.place });
    }

    override predict(...given: Arguments<'predict'>): ReturnType<LayersModel['predict']> {
      this.#check(given[0]);
      return super.predict(...given);
    }

    override predictOnBatch(...given: Arguments<'predictOnBatch'>): ReturnType<LayersModel['predictOnBatch']> {
      this.#check(given[0]);
      return super.predictOnBatch(...given);
    }

    override evaluate(...given: Arguments<'evaluate'>): ReturnType<LayersModel['evaluate']> {
      this.#check(given[0]);
      return super.evaluate(...given);
    }

    override async fit(...given: Arguments<'fit'>): ReturnType<LayersModel['fit']> {
      this.#check(given[0]);
      return super.fit(...given);
    }

    override async trainOnBatch(...given: Arguments<'trainOnBatch'>): ReturnType<LayersModel['trainOnBatch']> {
      this.#check(given[0]);
      return super.trainOnBatch(...given);
    }

    override setWeights(weights: TfjsTensor[]): void {
      checkSet(`model \`${this.name}\``, this.weights, weights);
      super.setWeights(weights);
    }

    override loadWeights(weights: Record<string, TfjsTensor>, strict?: boolean): void {
      checkNamed(`model \`${this.name}\``, this.weights, weights, strict ?? true);
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

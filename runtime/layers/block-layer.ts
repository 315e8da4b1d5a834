/**
 * A block of a spec as a layer of tfjs: a class for every name of a block, a program for every instance of it. The calls
 * inside that own weights are layers too, which can be frozen, read or called by themselves; a layer owns what its parts
 * do not, and runs all of it as one program. What is saved of a layer is the digest of its graph; loading it needs the
 * spec to be compiled in the same process before.
 */
import type { GraphInput } from '../../compiler/ir/graph.ts';
import { bindShape, isBatch, type Shape } from '../../compiler/ir/type.ts';
import { joinPath, type OwnedWeight, weightsOf } from '../../compiler/ir/weights.ts';
import { DTYPE } from '../../compiler/lower/tfjs/kernels.ts';
import type { Tfjs, TfjsTensor } from '../engines/tfjs-backend.ts';
import { initialTensor } from '../weights/initialise.ts';
import { type BlockConfig, configInside, frozenInside, programOf } from './block-config.ts';
import {
  type BlockClass,
  type BlockLayer,
  type Layer,
  type LayerVariable,
  relativeTo,
  type Start,
  type TfjsLayers,
} from './block-contract.ts';
import { partsOf } from './block-parts.ts';
import type { BlockProgram } from './block-program.ts';
import { applyBlock } from './differentiable.ts';
import { acceptOperand, batchOf, checkSymbolic, type Where } from './operand.ts';
import { checkSet } from './weight-values.ts';

const starts = new WeakMap<Layer, Start>();

/** What a layer starts from instead of the initial values of the spec. */
export const startFrom = (layer: Layer, start: Start): void => void starts.set(layer, start);

const symbolicShape = (shape: Shape): (number | null)[] => shape.map((dim) => (isBatch(dim) ? null : dim));
type SymbolicShape = (number | null)[];
const shapesOf = (given: unknown): SymbolicShape[] =>
  Array.isArray((given as SymbolicShape[])[0]) ? (given as SymbolicShape[]) : [given as SymbolicShape];
const listOf = <T>(one: T | T[]): T[] => (Array.isArray(one) ? one : [one]);

/** `classOf` gives the classes of layers inside, by the name of the block. */
export function defineBlock(
  tf: Tfjs,
  tfl: TfjsLayers,
  what: string,
  classOf: (name: string) => BlockClass,
): BlockClass {
  return class extends tfl.layers.Layer {
    // built-in layers have names such as Embedding too; loading takes the underscores out of names
    static readonly className = `ditc>${what.replace(/_+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`;
    readonly #config: BlockConfig;
    readonly #program: BlockProgram;
    readonly #inside: ReadonlyMap<string, BlockLayer>;
    #own: readonly LayerVariable[] = [];
    #variables: readonly LayerVariable[] = [];
    #disposed = false;

    constructor(config: BlockConfig) {
      super({ name: config.name, trainable: config.trainable });
      this.#config = config;
      this.#program = programOf(config, what);
      this.#program.retain();
      this.#inside = new Map(
        partsOf(this.#program.graph).calls.map(({ path, graph }) => {
          const inside = configInside(joinPath(config.prefix.name, path), graph, config);
          return [path, new (classOf(graph.name))(inside)];
        }),
      );
      for (const { name } of config.frozen ?? []) this.getLayer(name).trainable = false;
    }

    get path(): string {
      return this.#config.prefix.name;
    }

    get settings(): string {
      return this.#config.settings.name;
    }

    get layers(): readonly BlockLayer[] {
      return [...this.#inside.values()];
    }

    get variables(): readonly LayerVariable[] {
      return this.#variables;
    }

    findLayer(path: string): BlockLayer | undefined {
      const exact = this.#inside.get(path);
      if (exact !== undefined) return exact;
      for (const [inside, layer] of this.#inside) {
        const found = path.startsWith(`${inside}.`) ? layer.findLayer(relativeTo(inside, path)) : undefined;
        if (found !== undefined) return found;
      }
      return undefined;
    }

    getLayer(path: string): BlockLayer {
      const found = this.findLayer(path);
      if (found !== undefined) return found;
      const known = [...this.#inside.keys()].map((inside) => `\`${inside}\``).join(', ') || 'none';
      throw new Error(`layer \`${this.name}\` has no layer \`${path}\` inside; it has ${known}`);
    }

    #addOwn({ path, weight }: OwnedWeight, start: Start | undefined): LayerVariable {
      const full = joinPath(this.path, path);
      const initialiser = {
        apply: () => {
          const { data, shape, dtype } = start?.get(full) ?? initialTensor({ path: full, weight }, this.#config.seed);
          return tf.tensor(data.slice() as Float32Array, [...shape], DTYPE[dtype]);
        },
      };
      const { shape, dtype } = weight.type;
      const variable = this.addWeight(
        full,
        bindShape(shape, 1),
        DTYPE[dtype] as 'float32',
        initialiser as never,
        undefined,
        weight.trained,
      );
      if (!this.trainable) variable.trainable = false;
      // tfjs puts the name of the layer before it; files of weights have the path alone
      return Object.assign(variable, { originalName: full });
    }

    override build(inputShape: unknown): void {
      const start = starts.get(this);
      starts.delete(this);
      const { graph } = this.#program;
      for (const layer of this.layers) layer.hold(start);
      this.#own = partsOf(graph).weights.map((owned) => this.#addOwn(owned, start));
      const all = [...this.#own, ...this.layers.flatMap(({ variables }) => variables)];
      const byPath = new Map(all.map((variable) => [variable.originalName, variable]));
      this.#variables = weightsOf(graph).map(({ path }) => byPath.get(joinPath(this.path, path))!);
      // a model that is frozen or thawed reaches for these
      this._trainableWeights = this.#variables.filter((_, at) => weightsOf(graph)[at]!.weight.trained);
      super.build(inputShape as never);
    }

    hold(start: Start | undefined): void {
      if (start !== undefined) startFrom(this, start);
      if (!this.built) this.build([]);
      this._refCount = (this._refCount ?? 0) + 1;
    }

    override get trainable(): boolean {
      return super.trainable;
    }

    override set trainable(trainable: boolean) {
      super.trainable = trainable;
      for (const layer of this.layers) layer.trainable = trainable;
    }

    override get trainableWeights(): LayerVariable[] {
      if (!this.trainable) return [];
      const own = this.#own.filter((variable) => variable.trainable);
      const free = new Set([...own, ...this.layers.flatMap((layer) => layer.trainableWeights)]);
      return this.#variables.filter((variable) => free.has(variable));
    }

    override get nonTrainableWeights(): LayerVariable[] {
      const free = new Set(this.trainableWeights);
      return this.#variables.filter((variable) => !free.has(variable));
    }

    override setFastWeightInitDuringBuild(value: boolean): void {
      super.setFastWeightInitDuringBuild(value);
      for (const layer of this.layers) layer.setFastWeightInitDuringBuild(value);
    }

    override setWeights(weights: TfjsTensor[]): void {
      checkSet(`layer \`${this.name}\``, this.weights, weights);
      super.setWeights(weights);
    }

    get #where(): Where {
      return { layer: this.name, block: what, graph: this.#program.graph };
    }

    override computeOutputShape(given: unknown): never {
      checkSymbolic(shapesOf(given), this.#where);
      const { results, values } = this.#program.graph;
      const shapes = results.map(({ value }) => symbolicShape(values[value]!.type.shape));
      return (shapes.length === 1 ? shapes[0] : shapes) as never;
    }

    override call(given: TfjsTensor | TfjsTensor[]): TfjsTensor | TfjsTensor[] {
      return tf.tidy(() => {
        const { graph } = this.#program;
        const tensors = listOf(given);
        const typed = graph.inputs.map(({ value }: GraphInput) => graph.values[value]!.type);
        const batch = batchOf(tensors, typed);
        const inputs = typed.map((type, at) =>
          acceptOperand(tf, tensors[at], type, batch, this.#config.operands[at]!, this.#where),
        );
        const free = new Set(this.trainableWeights);
        const weights = this.#variables.map((variable) => variable.read());
        const wanted = this.#variables.map((variable) => free.has(variable));
        const results = applyBlock(tf, this.#program, {
          batch,
          inputs,
          weights,
          wanted,
          recompute: this.#config.recompute === true,
        });
        return results.length === 1 ? results[0]! : results;
      });
    }

    override getConfig(): never {
      const { block, prefix, settings, operands, seed, recompute } = this.#config;
      const frozen = [...frozenInside(this)].map((name) => ({ name: relativeTo(this.path, name) }));
      return { ...super.getConfig(), block, prefix, settings, operands, seed, recompute, frozen } as never;
    }

    protected override disposeWeights(): number {
      for (const variable of this.#own) variable.dispose();
      const inside = this.layers.map((layer) => layer.dispose().numDisposedVariables);
      return inside.reduce((sum, count) => sum + count, this.#own.length);
    }

    override dispose(): ReturnType<Layer['dispose']> {
      const found = super.dispose();
      if (found.refCountAfterDispose === 0 && !this.#disposed) {
        this.#disposed = true;
        this.#program.release();
      }
      return found;
    }
  } as unknown as BlockClass;
}

/**
 * A block of a spec as a layer of tfjs: a class for every name of a block, a program for every instance of it. What is
 * saved of a layer is the digest of its graph; loading it needs the spec to be compiled in the same process before.
 */
import type { GraphInput } from '../../compiler/ir/graph.ts';
import type { HostTensor } from '../../compiler/ir/tensor.ts';
import { bindShape, isBatch, type Shape } from '../../compiler/ir/type.ts';
import { joinPath, weightsOf } from '../../compiler/ir/weights.ts';
import { DTYPE } from '../../compiler/lower/tfjs/kernels.ts';
import type { Tfjs, TfjsTensor } from '../engines/tfjs-backend.ts';
import { initialTensor } from '../weights/initialise.ts';
import { type BlockProgram, knownProgram } from './block-program.ts';
import { applyBlock } from './differentiable.ts';
import { acceptOperand, batchOf, type OperandFacts } from './operand.ts';

export type TfjsLayers = typeof import('@tensorflow/tfjs-layers');
export type Layer = InstanceType<TfjsLayers['layers']['Layer']>;

/** Strings are values of `name`: tfjs changes the letters of all others when it saves. */
export interface BlockConfig {
  readonly name: string;
  readonly trainable?: boolean;
  /** the digest of the graph */
  readonly block: string;
  readonly prefix: { readonly name: string };
  /** compile-time parameters, for people */
  readonly settings: { readonly name: string };
  readonly operands: readonly OperandFacts[];
  readonly seed: number;
}

/** Weights of a layer that is being made, by full path. */
export type Start = ReadonlyMap<string, HostTensor>;

export interface BlockClass {
  new (config: BlockConfig): Layer;
  readonly className: string;
}

const starts = new WeakMap<Layer, Start>();

/** What a layer starts from instead of the initial values of the spec. */
export const startFrom = (layer: Layer, start: Start): void => void starts.set(layer, start);

const classes = new WeakMap<Tfjs, Map<string, BlockClass>>();

/** The class of blocks of this name, known to `tf.loadLayersModel`. */
export function blockClass(tf: Tfjs, tfl: TfjsLayers, name: string): BlockClass {
  let known = classes.get(tf);
  if (known === undefined) classes.set(tf, (known = new Map()));
  let made = known.get(name);
  if (made === undefined) {
    known.set(name, (made = defineClass(tf, tfl, name)));
    tf.serialization.registerClass(
      made as unknown as Parameters<typeof tf.serialization.registerClass>[0],
      'ditc',
      name,
    );
  }
  return made;
}

const symbolicShape = (shape: Shape): (number | null)[] => shape.map((dim) => (isBatch(dim) ? null : dim));
const listOf = <T>(one: T | T[]): T[] => (Array.isArray(one) ? one : [one]);

function programOf({ block, name, settings }: BlockConfig, what: string): BlockProgram {
  const program = knownProgram(block);
  if (program !== undefined) return program;
  const shown = settings?.name ? ` {${settings.name}}` : '';
  throw new Error(
    `layer \`${name}\` is a block ${what}${shown} that this process has not compiled; ` +
      'call `registerLayers` with the model that was saved, before loading it',
  );
}

function defineClass(tf: Tfjs, tfl: TfjsLayers, what: string): BlockClass {
  return class extends tfl.layers.Layer {
    // built-in layers have names such as Embedding too
    static readonly className = `ditc>${what}`;
    readonly #config: BlockConfig;
    readonly #program: BlockProgram;
    #variables: { read(): TfjsTensor }[] = [];
    #disposed = false;

    constructor(config: BlockConfig) {
      super({ name: config.name, trainable: config.trainable });
      this.#config = config;
      this.#program = programOf(config, what);
      this.#program.retain();
    }

    override build(inputShape: unknown): void {
      const start = starts.get(this);
      starts.delete(this);
      const { prefix, seed } = this.#config;
      for (const { path, weight } of weightsOf(this.#program.graph)) {
        const full = joinPath(prefix.name, path);
        const initialiser = {
          apply: () => {
            const { data, shape, dtype } = start?.get(full) ?? initialTensor({ path: full, weight }, seed);
            return tf.tensor(data.slice() as Float32Array, [...shape], DTYPE[dtype]);
          },
        };
        const shape = bindShape(weight.type.shape, 1);
        const dtype = DTYPE[weight.type.dtype] as 'float32';
        const variable = this.addWeight(full, shape, dtype, initialiser as never, undefined, weight.trained);
        // tfjs puts the name of the layer before it; files of weights have the path alone
        Object.assign(variable, { originalName: full });
        this.#variables.push(variable);
      }
      super.build(inputShape as never);
    }

    override computeOutputShape(): never {
      const { results, values } = this.#program.graph;
      const shapes = results.map(({ value }) => symbolicShape(values[value]!.type.shape));
      return (shapes.length === 1 ? shapes[0] : shapes) as never;
    }

    override call(given: TfjsTensor | TfjsTensor[]): TfjsTensor | TfjsTensor[] {
      return tf.tidy(() => {
        const { graph } = this.#program;
        const tensors = listOf(given);
        const where = { layer: this.name, block: what, graph };
        const typed = graph.inputs.map(({ value }: GraphInput) => graph.values[value]!.type);
        const batch = batchOf(tensors, typed);
        const inputs = typed.map((type, at) =>
          acceptOperand(tf, tensors[at], type, batch, this.#config.operands[at]!, where),
        );
        const weights = this.#variables.map((variable) => variable.read());
        const trainable = this.trainableWeights.length > 0;
        const results = applyBlock(tf, this.#program, { batch, inputs, weights, trainable });
        return results.length === 1 ? results[0]! : results;
      });
    }

    override getConfig(): never {
      const { block, prefix, settings, operands, seed } = this.#config;
      return { ...super.getConfig(), block, prefix, settings, operands, seed } as never;
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

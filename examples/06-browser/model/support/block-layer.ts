/** A block as a layer of TensorFlow.js: it owns the weights under its path, and its gradient is the compiled one. */

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { type Block, differentiable } from './differentiable.js';
import { initialWeight, type WeightFacts } from './initial-values.js';
import { accept, type InputFacts } from './inputs.js';
import { weightsIn } from './weights.js';

/** Strings are values of `name`: TensorFlow.js changes the letters of all others when it saves. */
export interface BlockConfig {
  readonly name: string;
  /** before the paths of its weights; its name unless said */
  readonly path?: { readonly name: string };
  readonly trainable?: boolean;
  /** of initial values; 0 unless said */
  readonly seed?: number;
}

export interface BlockFacts {
  readonly block: Block;
  /** the weights of the model that it comes from, by full path */
  readonly weights: Readonly<Record<string, WeightFacts>>;
  /** where it is in that model: its own weights are those under this path */
  readonly path: string;
  readonly inputs: readonly InputFacts[];
  /** null is the batch */
  readonly outputs: readonly (readonly (number | null)[])[];
  /** compile-time parameters, for people */
  readonly settings: string;
}

const listOf = <T>(one: T | T[]): T[] => (Array.isArray(one) ? one : [one]);
const joined = (prefix: string, path: string): string => (prefix === '' ? path : `${prefix}.${path}`);

export abstract class CompiledLayer extends tfl.layers.Layer {
  readonly #facts: BlockFacts;
  readonly #path: string;
  readonly #seed: number;
  #variables = new Map<string, { read(): Tensor }>();

  constructor(config: BlockConfig, facts: BlockFacts) {
    super(config.trainable === undefined ? { name: config.name } : { name: config.name, trainable: config.trainable });
    this.#facts = facts;
    this.#path = config.path?.name ?? config.name;
    this.#seed = config.seed ?? 0;
  }

  override build(inputShape: tfl.Shape | tfl.Shape[]): void {
    const { block, weights, path: place } = this.#facts;
    for (const path of block.weights) {
      const full = joined(this.#path, path);
      const facts = weights[full] ?? weights[joined(place, path)]!;
      const initialiser = { apply: () => initialWeight(full, facts, this.#seed) };
      const dtype = facts.dtype as 'float32';
      const made = this.addWeight(full, [...facts.shape], dtype, initialiser as never, undefined, facts.trained);
      // tfjs puts the name of the layer before it; files of weights have the path alone
      Object.assign(made, { originalName: full });
      this.#variables.set(path, made);
    }
    super.build(inputShape);
  }

  override computeOutputShape(): tfl.Shape | tfl.Shape[] {
    const shapes = this.#facts.outputs.map((shape) => [...shape]);
    return shapes.length === 1 ? shapes[0]! : shapes;
  }

  override call(given: Tensor | Tensor[]): Tensor | Tensor[] {
    return tf.tidy(() => {
      const { block, inputs } = this.#facts;
      const tensors = accept(`layer \`${this.name}\``, inputs, listOf(given).slice(0, inputs.length));
      const read = new Map([...this.#variables].map(([path, variable]) => [path, variable.read()]));
      const results = differentiable(block, tensors, weightsIn(read));
      return results.length === 1 ? results[0]! : results;
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    const own = { path: { name: this.#path }, settings: { name: this.#facts.settings }, seed: this.#seed };
    return { ...super.getConfig(), ...own };
  }
}

/** Makes a class known to `loadLayersModel`. */
export function register<T extends CompiledLayer>(layer: tf.serialization.SerializableConstructor<T>): void {
  tf.serialization.registerClass(layer, 'ditc', layer.className.replace('ditc>', ''));
}

/** The output of a layer in a model that is being built. */
export function apply(layer: CompiledLayer, ...inputs: readonly tfl.SymbolicTensor[]): tfl.SymbolicTensor {
  return applyAll(layer, ...inputs)[0]!;
}

/** All of them. */
export function applyAll(layer: CompiledLayer, ...inputs: readonly tfl.SymbolicTensor[]): tfl.SymbolicTensor[] {
  return listOf(
    layer.apply(inputs.length === 1 ? inputs[0]! : [...inputs]) as tfl.SymbolicTensor | tfl.SymbolicTensor[],
  );
}

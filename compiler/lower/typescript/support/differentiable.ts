/**
 * A block as a function that TensorFlow.js differentiates by the compiled gradient: one entry on its tape, whatever
 * happens inside. Every weight is an argument of `customGrad`, and gets a gradient.
 */

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type Weights, weightsIn } from './weights.ts';

export interface Gradients {
  /** by place among the inputs; ints have none */
  readonly inputs: Readonly<Record<number, Tensor>>;
  /** in the order of `trained` */
  readonly weights: readonly Tensor[];
}

export interface Block {
  /** paths of its weights */
  readonly weights: readonly string[];
  /** of those that have a gradient; all of them unless said */
  readonly trained?: readonly string[];
  /** results, and what the gradient needs of what was computed */
  run(inputs: readonly Tensor[], weights: Weights): { results: Tensor[]; kept: tf.TensorContainer };
  /** `cotangents`: those of the results */
  pullBack(
    inputs: readonly Tensor[],
    kept: tf.TensorContainer,
    cotangents: readonly Tensor[],
    weights: Weights,
  ): Gradients;
}

/** Puts tensors of a list where those of a container are, in their order. */
function refill(container: tf.TensorContainer, next: () => Tensor): tf.TensorContainer {
  if (container instanceof tf.Tensor) return next();
  if (Array.isArray(container)) return container.map((item: tf.TensorContainer) => refill(item, next));
  if (typeof container !== 'object' || container === null) return container;
  return Object.fromEntries(Object.entries(container).map(([key, item]) => [key, refill(item, next)]));
}

function tensorsOf(container: tf.TensorContainer): Tensor[] {
  const found: Tensor[] = [];
  if (container instanceof tf.Tensor) found.push(container);
  else if (typeof container === 'object' && container !== null)
    for (const item of Object.values(container) as tf.TensorContainer[]) found.push(...tensorsOf(item));
  return found;
}

/** Several results travel as one flat tensor, since such a function has one, and come apart after it. */
const pack = (tensors: readonly Tensor[]): Tensor =>
  tf.concat(tensors.map((tensor) => tf.reshape(tf.cast(tensor, 'float32'), [-1])));

function unpack(packed: Tensor, like: readonly Pick<Tensor, 'size' | 'shape' | 'dtype'>[]): Tensor[] {
  const parts = tf.split(
    packed,
    like.map(({ size }) => size),
  );
  return like.map(({ shape, dtype }, at) => tf.cast(tf.reshape(parts[at]!, shape), dtype));
}

/** The results of a block, differentiable in its inputs and weights. */
export function differentiable(block: Block, inputs: readonly Tensor[], weights: Weights): Tensor[] {
  const named = (tensors: readonly Tensor[]): Weights =>
    weightsIn(new Map(block.weights.map((path, at) => [path, tensors[at]!])));
  let like: Pick<Tensor, 'size' | 'shape' | 'dtype'>[] = [];
  const isOne = (): boolean => like.length === 1 && like[0]!.dtype === 'float32';
  const run = tf.customGrad((...all) => {
    const save = all.pop() as (tensors: Tensor[]) => void;
    const args = all as Tensor[];
    const given = args.slice(0, inputs.length);
    const { results, kept } = block.run(given, named(args.slice(inputs.length)));
    like = results.map(({ size, shape, dtype }) => ({ size, shape, dtype }));
    save([...args, ...tensorsOf(kept)]);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] => {
      const rest = saved.slice(args.length).values();
      const again = refill(kept, () => rest.next().value as Tensor);
      const cotangents = isOne() ? [dy] : unpack(dy, like);
      const found = block.pullBack(saved.slice(0, inputs.length), again, cotangents, named(saved.slice(inputs.length)));
      const trained = block.trained ?? block.weights;
      // what has none is an int, or not trained: nobody asks for it, and tfjs wants a tensor for it
      return args.map(
        (arg, at) =>
          (at < inputs.length
            ? found.inputs[at]
            : found.weights[trained.indexOf(block.weights[at - inputs.length]!)]) ?? tf.zerosLike(arg),
      );
    };
    const only = results[0]!;
    // a result that was given is let go by whoever gets it
    const value = isOne() ? (args.includes(only) ? tf.clone(only) : only) : pack(results);
    return { value, gradFunc };
  });
  const value = run(...inputs, ...block.weights.map((path) => weights(path)));
  return isOne() ? [value] : unpack(value, like);
}

/** Weights by their paths, which are the keys of the reference code's state_dict. */
import type { Tensor } from '@tensorflow/tfjs-core';

/** Finds a weight by its path from the block that asks. */
export type Weights = (path: string) => Tensor;

/** The weights of what is called under `prefix`. */
export const within =
  (weights: Weights, prefix: string): Weights =>
  (path) =>
    weights(`${prefix}.${path}`);

/** Weights that are kept in an object, or in a Map. */
export function weightsIn(tensors: ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>): Weights {
  const all = tensors instanceof Map ? tensors : new Map(Object.entries(tensors));
  return (path) => {
    const tensor: Tensor | undefined = all.get(path);
    if (tensor === undefined) throw new Error(`the weight \`${path}\` is missing`);
    return tensor;
  };
}

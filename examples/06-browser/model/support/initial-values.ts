/** How weights start. The numbers are drawn by TensorFlow.js. */

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

export type Init = (shape: number[], seed: number) => Tensor;

export interface WeightFacts {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32' | 'bool';
  /** a frozen weight is stored with the model and not trained */
  readonly trained: boolean;
  readonly init: Init;
}

type Dtype = WeightFacts['dtype'];

export const trained = (shape: readonly number[], init: Init, dtype: Dtype = 'float32'): WeightFacts => {
  return { shape, dtype, trained: true, init };
};

export const frozen = (shape: readonly number[], init: Init, dtype: Dtype = 'float32'): WeightFacts => {
  return { shape, dtype, trained: false, init };
};

export const filled =
  (value: number): Init =>
  (shape) =>
    tf.fill(shape, value);

export const normal =
  (std: number): Init =>
  (shape, seed) =>
    tf.randomNormal(shape, 0, std, 'float32', seed);

export const uniform =
  (bound: number): Init =>
  (shape, seed) =>
    tf.randomUniform(shape, -bound, bound, 'float32', seed);

/** U(±√(6 / (fanIn + fanOut))), Glorot & Bengio 2010 */
export const xavierUniform = (fanIn: number, fanOut: number): Init => uniform(Math.sqrt(6 / (fanIn + fanOut)));

/** A number for a weight, from the seed of all and its path. */
export function seedOf(path: string, seed: number): number {
  let hash = seed >>> 0;
  for (const letter of path) hash = (Math.imul(hash, 31) + letter.codePointAt(0)!) >>> 0;
  return hash;
}

export const initialWeight = (path: string, { shape, dtype, init }: WeightFacts, seed: number): Tensor =>
  tf.cast(init([...shape], seedOf(path, seed)), dtype);

export const initialValues = (table: Readonly<Record<string, WeightFacts>>, seed: number): Map<string, Tensor> =>
  new Map(Object.entries(table).map(([path, facts]) => [path, tf.tidy(() => initialWeight(path, facts, seed))]));

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { unpatchify } from '../blocks/unpatchify.js';
import type { Block } from '../support/differentiable.js';

/** dY: [N, 28, 28, 1] → [N, 16, 49] */
export function unpatchifyBackward(dY: Tensor): Tensor {
  const n = dY.shape[0]!;
  return tf.reshape(tf.transpose(tf.reshape(dY, [4 * n, 7, 4, 7]), [0, 2, 1, 3]), [n, 16, 49]);
}

/** `unpatchify` as `differentiable` takes it */
export const unpatchifyBlock: Block = {
  weights: [],
  run: ([x]) => {
    const y = unpatchify(x!);
    return { results: [y], kept: [] };
  },
  pullBack: (_inputs, _kept, [dY]) => {
    const dX = unpatchifyBackward(dY!);
    return { inputs: { 0: dX }, weights: [] };
  },
};

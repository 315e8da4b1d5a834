import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Tokens back to an image of h by w patches
 *
 * x: [N, 16, 49] → [N, 28, 28, 1]
 */
export function unpatchify(x: Tensor): Tensor {
  const n = x.shape[0]!;
  return tf.reshape(tf.transpose(tf.reshape(x, [4 * n, 4, 7, 7]), [0, 2, 1, 3]), [n, 28, 28, 1]);
}

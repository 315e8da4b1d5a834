import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * x (1 + scale) + shift, with one vector a sample ([N, 1, D]) or one a token ([N, T, D])
 *
 * x: [N, 16, 60], shift: [N, 1, 60], scale: [N, 1, 60] → [N, 16, 60]
 */
export function modulate(x: Tensor, shift: Tensor, scale: Tensor): Tensor {
  return tf.add(tf.mul(x, tf.add(1, scale)), shift);
}

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** x: [N, 16, 60], scale: [N, 1, 60], dY: [N, 16, 60] → [N, 16, 60], [N, 1, 60], [N, 1, 60] */
export function modulateBackward(x: Tensor, scale: Tensor, dY: Tensor): [dX: Tensor, dShift: Tensor, dScale: Tensor] {
  return [tf.mul(dY, tf.add(1, scale)), tf.sum(dY, [1], true), tf.sum(tf.mul(dY, x), [1], true)];
}

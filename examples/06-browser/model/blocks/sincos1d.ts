import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * [sin | cos] of a position at width / 2 frequencies from 1 down to 1 / 10000
 *
 * pos: int[16] → [16, 30]
 */
export function sincos1d(pos: Tensor): Tensor {
  const freq = tf.pow(10000, tf.div(tf.cast(tf.neg(tf.range(0, 15, 1, 'int32')), 'float32'), 15)); // [15]
  const angle = tf.mul(tf.cast(tf.reshape(pos, [16, 1]), 'float32'), tf.reshape(freq, [1, 15])); // [16, 15]
  return tf.concat([tf.sin(angle), tf.cos(angle)], 1);
}

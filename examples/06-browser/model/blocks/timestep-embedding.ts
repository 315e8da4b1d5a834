import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { freqValues } from '../constant-values.js';

/**
 * [cos | sin] of the timestep at width / 2 frequencies from 1 down to 1 / period; an odd width ends in a zero
 *
 * t: [N] → [N, 256]
 */
export function timestepEmbedding(t: Tensor): Tensor {
  const n = t.shape[0]!;
  const angle = tf.mul(tf.reshape(t, [n, 1]), freqValues()); // [N, 128]
  return tf.concat([tf.cos(angle), tf.sin(angle)], 1);
}

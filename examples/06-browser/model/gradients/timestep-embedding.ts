import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { freqValues } from '../constant-values.js';
import { slice } from '../support/ops.js';

/** t: [N], dY: [N, 256] → [N] */
export function timestepEmbeddingBackward(t: Tensor, dY: Tensor): Tensor {
  const n = t.shape[0]!;
  const angle = tf.mul(tf.reshape(t, [n, 1]), freqValues()); // [N, 128]
  const dAngle = tf.mul(slice(dY, 1, 128, 256), tf.cos(angle)); // [N, 128]
  const dAngle2 = tf.add(dAngle, tf.neg(tf.mul(slice(dY, 1, 0, 128), tf.sin(angle)))); // [N, 128]
  return tf.sum(tf.mul(dAngle2, freqValues()), [1]);
}

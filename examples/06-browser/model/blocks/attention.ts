import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { contract } from '../support/ops.js';

/**
 * softmax(q k^T / sqrt(width of a head) + bias) v; the heads lie side by side in the result
 *
 * q: [N, 4, 16, 15], k: [N, 4, 16, 15], v: [N, 4, 16, 15] → [N, 16, 60]
 */
export function attention(q: Tensor, k: Tensor, v: Tensor): Tensor {
  const n = q.shape[0]!;
  const scores = tf.div(contract(q, k, { batch: 2, turnB: true }), 3.872983346207417); // [N, 4, 16, 16]
  return tf.reshape(tf.transpose(contract(tf.softmax(scores), v, { batch: 2 }), [0, 2, 1, 3]), [n, 16, 60]); // [N, 16, 60]
}

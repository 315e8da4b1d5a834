import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { slice, transpose } from '../support/ops.js';
import { type Weights, within } from '../support/weights.js';
import { attention } from './attention.js';
import { linear } from './linear.js';

/** x: [N, 16, 60] → [N, 16, 60] */
export function selfAttention(x: Tensor, w: Weights): Tensor {
  const n = x.shape[0]!;
  const qkv = linear(x, within(w, 'qkv')); // [N, 16, 180]
  const arranged = transpose(tf.reshape(qkv, [n, 16, 3, 4, 15]), [2, 0, 3, 1, 4]); // [3, N, 4, 16, 15]
  const q = tf.reshape(slice(arranged, 0, 0, 1), [n, 4, 16, 15]); // [N, 4, 16, 15]
  const k = tf.reshape(slice(arranged, 0, 1, 2), [n, 4, 16, 15]); // [N, 4, 16, 15]
  const v = tf.reshape(slice(arranged, 0, 2, 3), [n, 4, 16, 15]); // [N, 4, 16, 15]
  return linear(attention(q, k, v), within(w, 'proj')); // [N, 16, 60]
}

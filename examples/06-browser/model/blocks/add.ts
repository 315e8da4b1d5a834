import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Weights } from '../support/weights.js';

/** x0: [N, 16, 60] → [N, 16, 60] */
export function add(x0: Tensor, w: Weights): Tensor {
  return tf.add(w('pos_embed'), x0);
}

/** x0: [N, 60], x1: [N, 60] → [N, 60] */
export function add2(x0: Tensor, x1: Tensor): Tensor {
  return tf.add(x0, x1);
}

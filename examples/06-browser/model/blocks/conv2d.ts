import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { conv2d } from '../support/ops.js';
import type { Weights } from '../support/weights.js';

/**
 * A square kernel
 *
 * x: [N, 28, 28, 1] → [N, 4, 4, 60]
 */
export function conv2dBlock(x: Tensor, w: Weights): Tensor {
  return tf.add(conv2d(x, w('weight'), 7, 0), w('bias'));
}

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { conv2dInput, conv2dWeight } from '../support/ops.js';
import type { Weights } from '../support/weights.js';

/** x: [N, 28, 28, 1], dY: [N, 4, 4, 60] → [N, 28, 28, 1], weights */
export function conv2dBackward(x: Tensor, dY: Tensor, w: Weights): [dX: Tensor, ...weights: Tensor[]] {
  const dBias = tf.sum(dY, [0, 1, 2]); // [60]
  const dWeight = conv2dWeight(x, dY, 7, 0, 7, 7); // [60, 1, 7, 7]
  return [conv2dInput(dY, w('weight'), 7, 0, 28, 28), dWeight, dBias];
}

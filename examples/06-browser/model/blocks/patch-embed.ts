import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type Weights, within } from '../support/weights.js';
import { conv2dBlock } from './conv2d.js';

/**
 * An image as tokens, row by row: every patch through one linear map
 *
 * x: [N, 28, 28, 1] → [N, 16, 60]
 */
export function patchEmbed(x: Tensor, w: Weights): Tensor {
  const n = x.shape[0]!;
  const proj = conv2dBlock(x, within(w, 'proj')); // [N, 4, 4, 60]
  return tf.reshape(proj, [n, 16, 60]);
}

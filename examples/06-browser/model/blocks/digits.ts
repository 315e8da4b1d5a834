import type { Tensor } from '@tensorflow/tfjs-core';
import type { Weights } from '../support/weights.js';
import { backbone } from './backbone.js';

/**
 * A DiT that predicts the image itself: in pixels, with few steps of training, that shows digits long before eps does
 *
 * x: [N, 28, 28, 1], t: [N], y: int[N] → [N, 28, 28, 1]
 */
export function digits(x: Tensor, t: Tensor, y: Tensor, w: Weights): Tensor {
  return backbone(x, t, y, w); // [N, 28, 28, 1]
}

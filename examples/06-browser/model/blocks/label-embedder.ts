import type { Tensor } from '@tensorflow/tfjs-core';
import { type Weights, within } from '../support/weights.js';
import { embedding } from './embedding.js';

/**
 * One row a class, and one more for "no class"
 *
 * y: int[N] → [N, 60]
 */
export function labelEmbedder(y: Tensor, w: Weights): Tensor {
  return embedding(y, within(w, 'embedding_table')); // [N, 60]
}

import type { Tensor } from '@tensorflow/tfjs-core';
import { silu } from '../support/ops.js';
import { type Weights, within } from '../support/weights.js';
import { linear } from './linear.js';
import { timestepEmbedding } from './timestep-embedding.js';

/** t: [N] → [N, 60] */
export function timestepEmbedder(t: Tensor, w: Weights): Tensor {
  const mlp = linear(timestepEmbedding(t), within(w, 'mlp.0')); // [N, 60]
  return linear(silu(mlp), within(w, 'mlp.2')); // [N, 60]
}

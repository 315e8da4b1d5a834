import type { Tensor } from '@tensorflow/tfjs-core';
import { gather } from '../support/ops.js';
import type { Weights } from '../support/weights.js';

/** y: int[N] → [N, 60] */
export function embedding(y: Tensor, w: Weights): Tensor {
  return gather(w('weight'), y, 0, 0);
}

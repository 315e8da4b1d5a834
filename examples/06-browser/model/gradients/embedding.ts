import type { Tensor } from '@tensorflow/tfjs-core';
import { scatter } from '../support/ops.js';

/** y: int[N], dY: [N, 60] → weights */
export function embeddingBackward(y: Tensor, dY: Tensor): Tensor[] {
  const dWeight = scatter(dY, y, 0, 0, 11); // [11, 60]
  return [dWeight];
}

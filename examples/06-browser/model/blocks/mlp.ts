import type { Tensor } from '@tensorflow/tfjs-core';
import { geluTanh } from '../support/ops.js';
import { type Weights, within } from '../support/weights.js';
import { linear } from './linear.js';

/** x: [N, 16, 60] → [N, 16, 60] */
export function mlp(x: Tensor, w: Weights): Tensor {
  const fc = linear(x, within(w, 'fc1')); // [N, 16, 240]
  return linear(geluTanh(fc), within(w, 'fc2')); // [N, 16, 60]
}

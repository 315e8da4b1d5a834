import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { layernorm, silu, slice } from '../support/ops.js';
import { type Weights, within } from '../support/weights.js';
import { linear } from './linear.js';
import { modulate } from './modulate.js';

/**
 * The last norm, adaptive where the blocks are, and the linear decoder
 *
 * x: [N, 16, 60], c: [N, 60] → [N, 16, 49]
 */
export function finalLayer(x: Tensor, c: Tensor, w: Weights): Tensor {
  const n = x.shape[0]!;
  const mod = linear(silu(c), within(w, 'adaLN_modulation.1')); // [N, 120]
  const arranged = tf.reshape(mod, [n, 1, 120]); // [N, 1, 120]
  const shift = slice(arranged, 2, 0, 60); // [N, 1, 60]
  const scale = slice(arranged, 2, 60, 120); // [N, 1, 60]
  const x2 = modulate(layernorm(x, 1e-6), shift, scale); // [N, 16, 60]
  return linear(x2, within(w, 'linear')); // [N, 16, 49]
}

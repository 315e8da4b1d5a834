import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { layernorm, silu, slice } from '../support/ops.js';
import { type Weights, within } from '../support/weights.js';
import { linear } from './linear.js';
import { mlp } from './mlp.js';
import { modulate } from './modulate.js';
import { selfAttention } from './self-attention.js';

/**
 * adaLN-Zero: a gate before each residual sum too, and all six start at zero: the block starts as the identity
 *
 * x: [N, 16, 60], c: [N, 60] → [N, 16, 60]
 */
export function adaLNZeroBlock(x: Tensor, c: Tensor, w: Weights): Tensor {
  const n = x.shape[0]!;
  const mod = linear(silu(c), within(w, 'adaLN_modulation.1')); // [N, 360]
  const arranged = tf.reshape(mod, [n, 1, 360]); // [N, 1, 360]
  const shift1 = slice(arranged, 2, 0, 60); // [N, 1, 60]
  const scale1 = slice(arranged, 2, 60, 120); // [N, 1, 60]
  const gate1 = slice(arranged, 2, 120, 180); // [N, 1, 60]
  const shift2 = slice(arranged, 2, 180, 240); // [N, 1, 60]
  const scale2 = slice(arranged, 2, 240, 300); // [N, 1, 60]
  const gate2 = slice(arranged, 2, 300, 360); // [N, 1, 60]
  const attn = selfAttention(modulate(layernorm(x, 1e-6), shift1, scale1), within(w, 'attn')); // [N, 16, 60]
  const x2 = tf.add(x, tf.mul(gate1, attn)); // [N, 16, 60]
  const mlpOut = mlp(modulate(layernorm(x2, 1e-6), shift2, scale2), within(w, 'mlp')); // [N, 16, 60]
  return tf.add(x2, tf.mul(gate2, mlpOut)); // [N, 16, 60]
}

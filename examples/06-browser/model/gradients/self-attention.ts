import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { linear } from '../blocks/linear.js';
import { slice, transpose } from '../support/ops.js';
import { type Weights, within } from '../support/weights.js';
import { type AttentionKept, attentionBackward, attentionForward } from './attention.js';
import { linearBackward } from './linear.js';

/** What is kept for the gradient */
export type SelfAttentionKept = {
  q: Tensor; // [N, 4, 16, 15]
  k: Tensor; // [N, 4, 16, 15]
  v: Tensor; // [N, 4, 16, 15]
  attentionOut: Tensor; // [N, 16, 60]
  attention: AttentionKept;
};

/** x: [N, 16, 60] → [N, 16, 60], kept */
export function selfAttentionForward(x: Tensor, w: Weights): [y1: Tensor, kept: SelfAttentionKept] {
  const n = x.shape[0]!;
  const qkv = linear(x, within(w, 'qkv')); // [N, 16, 180]
  const arranged = transpose(tf.reshape(qkv, [n, 16, 3, 4, 15]), [2, 0, 3, 1, 4]); // [3, N, 4, 16, 15]
  const q = tf.reshape(slice(arranged, 0, 0, 1), [n, 4, 16, 15]); // [N, 4, 16, 15]
  const k = tf.reshape(slice(arranged, 0, 1, 2), [n, 4, 16, 15]); // [N, 4, 16, 15]
  const v = tf.reshape(slice(arranged, 0, 2, 3), [n, 4, 16, 15]); // [N, 4, 16, 15]
  const [attention, attentionKept] = attentionForward(q, k, v); // [N, 16, 60]
  const proj = linear(attention, within(w, 'proj')); // [N, 16, 60]
  return [proj, { q, k, v, attentionOut: attention, attention: attentionKept }];
}

/** x: [N, 16, 60], kept, dY: [N, 16, 60] → [N, 16, 60], weights */
export function selfAttentionBackward(
  x: Tensor,
  kept: SelfAttentionKept,
  dY: Tensor,
  w: Weights,
): [dX: Tensor, ...weights: Tensor[]] {
  const n = x.shape[0]!;
  const [dProj, ...dProjWeights] = linearBackward(kept.attentionOut, dY, within(w, 'proj')); // [N, 16, 60]
  const [dQ, dK, dV] = attentionBackward(kept.q, kept.k, kept.v, kept.attention, dProj); // [N, 4, 16, 15], [N, 4, 16, 15], [N, 4, 16, 15]
  const joined = tf.concat(
    [tf.reshape(dQ, [1, n, 4, 16, 15]), tf.reshape(dK, [1, n, 4, 16, 15]), tf.reshape(dV, [1, n, 4, 16, 15])],
    0,
  ); // [3, N, 4, 16, 15]
  const dQkv = tf.reshape(transpose(joined, [1, 3, 0, 2, 4]), [n, 16, 180]); // [N, 16, 180]
  const [dQkv2, ...dQkvWeights] = linearBackward(x, dQkv, within(w, 'qkv')); // [N, 16, 60]
  return [dQkv2, ...dQkvWeights, ...dProjWeights];
}

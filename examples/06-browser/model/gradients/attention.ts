import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { contract } from '../support/ops.js';

/** What is kept for the gradient */
export type AttentionKept = {
  shares: Tensor; // [N, 4, 16, 16]
};

/** q: [N, 4, 16, 15], k: [N, 4, 16, 15], v: [N, 4, 16, 15] → [N, 16, 60], kept */
export function attentionForward(q: Tensor, k: Tensor, v: Tensor): [y1: Tensor, kept: AttentionKept] {
  const n = q.shape[0]!;
  const scores = tf.div(contract(q, k, { batch: 2, turnB: true }), 3.872983346207417); // [N, 4, 16, 16]
  const shares = tf.softmax(scores); // [N, 4, 16, 16]
  return [tf.reshape(tf.transpose(contract(shares, v, { batch: 2 }), [0, 2, 1, 3]), [n, 16, 60]), { shares }];
}

/**
 * q: [N, 4, 16, 15], k: [N, 4, 16, 15], v: [N, 4, 16, 15], kept, dY: [N, 16, 60] → [N, 4, 16, 15], [N, 4, 16, 15], [N, 4, 16, 15]
 */
export function attentionBackward(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  kept: AttentionKept,
  dY: Tensor,
): [dQ: Tensor, dK: Tensor, dV: Tensor] {
  const n = q.shape[0]!;
  const arranged = tf.transpose(tf.reshape(dY, [n, 16, 4, 15]), [0, 2, 1, 3]); // [N, 4, 16, 15]
  const product = contract(arranged, v, { batch: 2, turnB: true }); // [N, 4, 16, 16]
  const dScores = tf.mul(kept.shares, tf.sub(product, tf.sum(tf.mul(product, kept.shares), [3], true))); // [N, 4, 16, 16]
  const ratio = tf.div(dScores, 3.872983346207417); // [N, 4, 16, 16]
  return [
    contract(ratio, k, { batch: 2 }),
    contract(ratio, q, { batch: 2, turnA: true }),
    contract(kept.shares, arranged, { batch: 2, turnA: true }),
  ];
}

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { linear } from '../blocks/linear.js';
import { timestepEmbedding } from '../blocks/timestep-embedding.js';
import type { Block } from '../support/differentiable.js';
import { silu } from '../support/ops.js';
import { type Weights, within } from '../support/weights.js';
import { linearBackward2 } from './linear.js';
import { timestepEmbeddingBackward } from './timestep-embedding.js';

/** What is kept for the gradient */
export type TimestepEmbedderKept = {
  _0Out: Tensor; // [N, 60]
};

/** t: [N] → [N, 60], kept */
export function timestepEmbedderForward(t: Tensor, w: Weights): [y1: Tensor, kept: TimestepEmbedderKept] {
  const mlp = linear(timestepEmbedding(t), within(w, 'mlp.0')); // [N, 60]
  const mlp2 = linear(silu(mlp), within(w, 'mlp.2')); // [N, 60]
  return [mlp2, { _0Out: mlp }];
}

/** t: [N], kept, dY: [N, 60] → [N], weights */
export function timestepEmbedderBackward(
  t: Tensor,
  kept: TimestepEmbedderKept,
  dY: Tensor,
  w: Weights,
): [dT: Tensor, ...weights: Tensor[]] {
  const [dMlp, ...dMlpWeights] = linearBackward2(silu(kept._0Out), dY, within(w, 'mlp.2')); // [N, 60]
  const sigmoid = tf.sigmoid(kept._0Out); // [N, 60]
  const [dMlp2, ...dMlpWeights2] = linearBackward2(
    timestepEmbedding(t),
    tf.mul(dMlp, tf.mul(sigmoid, tf.add(1, tf.mul(kept._0Out, tf.sub(1, sigmoid))))),
    within(w, 'mlp.0'),
  ); // [N, 256]
  return [timestepEmbeddingBackward(t, dMlp2), ...dMlpWeights2, ...dMlpWeights];
}

/** `TimestepEmbedder` as `differentiable` takes it */
export const timestepEmbedderBlock: Block = {
  weights: ['mlp.0.weight', 'mlp.0.bias', 'mlp.2.weight', 'mlp.2.bias'],
  run: ([t], w) => {
    const [y, kept] = timestepEmbedderForward(t!, w);
    return { results: [y], kept };
  },
  pullBack: ([t], kept, [dY], w) => {
    const [dT, ...weights] = timestepEmbedderBackward(t!, kept as TimestepEmbedderKept, dY!, w);
    return { inputs: { 0: dT }, weights };
  },
};

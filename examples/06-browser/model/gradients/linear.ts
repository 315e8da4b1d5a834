import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { contract } from '../support/ops.js';
import type { Weights } from '../support/weights.js';

/** x: [N, 16, …], dY: [N, 16, …] → [N, 16, …], weights */
export function linearBackward(x: Tensor, dY: Tensor, w: Weights): [dX: Tensor, ...weights: Tensor[]] {
  const dB = tf.sum(dY, [0, 1]); // […]
  const dWeight = contract(dY, x, { over: 2, turnA: true }); // […, …]
  return [contract(dY, w('weight')), dWeight, dB];
}

/** x: [N, …], dY: [N, …] → [N, …], weights */
export function linearBackward2(x: Tensor, dY: Tensor, w: Weights): [dX: Tensor, ...weights: Tensor[]] {
  const dB = tf.sum(dY, [0]); // […]
  const dWeight = contract(dY, x, { turnA: true }); // […, …]
  return [contract(dY, w('weight')), dWeight, dB];
}

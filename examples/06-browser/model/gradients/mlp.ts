import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { linear } from '../blocks/linear.js';
import { geluTanh } from '../support/ops.js';
import { type Weights, within } from '../support/weights.js';
import { linearBackward } from './linear.js';

/** What is kept for the gradient */
export type MlpKept = {
  fc1Out: Tensor; // [N, 16, 240]
};

/** x: [N, 16, 60] → [N, 16, 60], kept */
export function mlpForward(x: Tensor, w: Weights): [y1: Tensor, kept: MlpKept] {
  const fc = linear(x, within(w, 'fc1')); // [N, 16, 240]
  const fc2 = linear(geluTanh(fc), within(w, 'fc2')); // [N, 16, 60]
  return [fc2, { fc1Out: fc }];
}

/** x: [N, 16, 60], kept, dY: [N, 16, 60] → [N, 16, 60], weights */
export function mlpBackward(x: Tensor, kept: MlpKept, dY: Tensor, w: Weights): [dX: Tensor, ...weights: Tensor[]] {
  const [dFc, ...dFcWeights] = linearBackward(geluTanh(kept.fc1Out), dY, within(w, 'fc2')); // [N, 16, 240]
  const scaled = tf.mul(kept.fc1Out, kept.fc1Out); // [N, 16, 240]
  const tanh = tf.tanh(tf.mul(kept.fc1Out, tf.add(0.7978845608028654, tf.mul(0.035677408136300125, scaled)))); // [N, 16, 240]
  const scaled2 = tf.mul(
    tf.mul(kept.fc1Out, tf.sub(1, tanh)),
    tf.add(0.7978845608028654, tf.mul(0.10703222440890038, scaled)),
  ); // [N, 16, 240]
  const [dFc2, ...dFcWeights2] = linearBackward(
    x,
    tf.mul(dFc, tf.mul(tf.mul(0.5, tf.add(1, tanh)), tf.add(1, scaled2))),
    within(w, 'fc1'),
  ); // [N, 16, 60]
  return [dFc2, ...dFcWeights2, ...dFcWeights];
}

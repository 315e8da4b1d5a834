import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { contract } from '../support/ops.js';
import type { Weights } from '../support/weights.js';

/** x W^T + b, on the last axis */
export function linear(x: Tensor, w: Weights): Tensor {
  const y = contract(x, w('weight'), { turnB: true });
  return tf.add(y, w('bias'));
}

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expand } from '../support/ops.js';

/** → int[16] */
export function columns(): Tensor {
  return tf.reshape(expand(tf.reshape(tf.range(0, 4, 1, 'int32'), [1, 4]), [4, 4]), [16]);
}

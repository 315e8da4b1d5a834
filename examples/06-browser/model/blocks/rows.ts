import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expand } from '../support/ops.js';

/**
 * The row, and the column, of every cell of an h by w grid, row by row
 *
 * → int[16]
 */
export function rows(): Tensor {
  return tf.reshape(expand(tf.reshape(tf.range(0, 4, 1, 'int32'), [4, 1]), [4, 4]), [16]);
}

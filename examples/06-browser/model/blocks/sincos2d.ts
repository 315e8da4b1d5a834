import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { columns } from './columns.js';
import { rows } from './rows.js';
import { sincos1d } from './sincos1d.js';

/**
 * Fixed positions on a grid: the first half of the width encodes the column, the second half the row
 *
 * → [16, 60]
 */
export function sincos2d(): Tensor {
  return tf.concat(
    [sincos1d(tf.mul(columns(), tf.scalar(1, 'int32'))), sincos1d(tf.mul(rows(), tf.scalar(1, 'int32')))],
    1,
  ); // [16, 60]
}

/** → [1, 16, 60] */
export function sincos2d2(): Tensor {
  return tf.reshape(sincos2d(), [1, 16, 60]);
}

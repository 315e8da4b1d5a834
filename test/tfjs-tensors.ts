/** Tensors of tfjs from and to those of the host. */
import * as tf from '@tensorflow/tfjs-core';
import type { HostTensor } from '../compiler/ir/tensor.ts';
import { DTYPE } from '../compiler/lower/tfjs/kernels.ts';

export const upload = ({ data, shape, dtype }: HostTensor): tf.Tensor =>
  tf.tensor(data as Float32Array, [...shape], DTYPE[dtype]);

export const listOf = <T>(one: T | T[]): T[] => (Array.isArray(one) ? one : [one]);

export const host = (tensor: tf.Tensor): HostTensor => ({
  dtype: 'f32',
  shape: tensor.shape,
  data: tensor.dataSync() as Float32Array,
});

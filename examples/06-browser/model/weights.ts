import type { Tensor } from '@tensorflow/tfjs-core';
import { sincos2d2 } from './blocks/sincos2d.js';
import { filled, initialValues, normal, type WeightFacts, xavierUniform } from './support/initial-values.js';
import { readSafetensors } from './support/safetensors.js';

/** By path, which is the key of the state_dict of the reference code; in the order of the spec */
export const WEIGHTS: Readonly<Record<string, WeightFacts>> = {
  pos_embed: { shape: [1, 16, 60], dtype: 'float32', trained: false, init: sincos2d2 },
  'x_embedder.proj.weight': { shape: [60, 1, 7, 7], dtype: 'float32', trained: true, init: xavierUniform(49, 60) },
  'x_embedder.proj.bias': { shape: [60], dtype: 'float32', trained: true, init: filled(0) },
  't_embedder.mlp.0.weight': { shape: [60, 256], dtype: 'float32', trained: true, init: normal(0.02) },
  't_embedder.mlp.0.bias': { shape: [60], dtype: 'float32', trained: true, init: filled(0) },
  't_embedder.mlp.2.weight': { shape: [60, 60], dtype: 'float32', trained: true, init: normal(0.02) },
  't_embedder.mlp.2.bias': { shape: [60], dtype: 'float32', trained: true, init: filled(0) },
  'y_embedder.embedding_table.weight': { shape: [11, 60], dtype: 'float32', trained: true, init: normal(0.02) },
  'blocks.0.adaLN_modulation.1.weight': { shape: [360, 60], dtype: 'float32', trained: true, init: filled(0) },
  'blocks.0.adaLN_modulation.1.bias': { shape: [360], dtype: 'float32', trained: true, init: filled(0) },
  'blocks.0.attn.qkv.weight': { shape: [180, 60], dtype: 'float32', trained: true, init: xavierUniform(60, 180) },
  'blocks.0.attn.qkv.bias': { shape: [180], dtype: 'float32', trained: true, init: filled(0) },
  'blocks.0.attn.proj.weight': { shape: [60, 60], dtype: 'float32', trained: true, init: xavierUniform(60, 60) },
  'blocks.0.attn.proj.bias': { shape: [60], dtype: 'float32', trained: true, init: filled(0) },
  'blocks.0.mlp.fc1.weight': { shape: [240, 60], dtype: 'float32', trained: true, init: xavierUniform(60, 240) },
  'blocks.0.mlp.fc1.bias': { shape: [240], dtype: 'float32', trained: true, init: filled(0) },
  'blocks.0.mlp.fc2.weight': { shape: [60, 240], dtype: 'float32', trained: true, init: xavierUniform(240, 60) },
  'blocks.0.mlp.fc2.bias': { shape: [60], dtype: 'float32', trained: true, init: filled(0) },
  'blocks.1.adaLN_modulation.1.weight': { shape: [360, 60], dtype: 'float32', trained: true, init: filled(0) },
  'blocks.1.adaLN_modulation.1.bias': { shape: [360], dtype: 'float32', trained: true, init: filled(0) },
  'blocks.1.attn.qkv.weight': { shape: [180, 60], dtype: 'float32', trained: true, init: xavierUniform(60, 180) },
  'blocks.1.attn.qkv.bias': { shape: [180], dtype: 'float32', trained: true, init: filled(0) },
  'blocks.1.attn.proj.weight': { shape: [60, 60], dtype: 'float32', trained: true, init: xavierUniform(60, 60) },
  'blocks.1.attn.proj.bias': { shape: [60], dtype: 'float32', trained: true, init: filled(0) },
  'blocks.1.mlp.fc1.weight': { shape: [240, 60], dtype: 'float32', trained: true, init: xavierUniform(60, 240) },
  'blocks.1.mlp.fc1.bias': { shape: [240], dtype: 'float32', trained: true, init: filled(0) },
  'blocks.1.mlp.fc2.weight': { shape: [60, 240], dtype: 'float32', trained: true, init: xavierUniform(240, 60) },
  'blocks.1.mlp.fc2.bias': { shape: [60], dtype: 'float32', trained: true, init: filled(0) },
  'blocks.2.adaLN_modulation.1.weight': { shape: [360, 60], dtype: 'float32', trained: true, init: filled(0) },
  'blocks.2.adaLN_modulation.1.bias': { shape: [360], dtype: 'float32', trained: true, init: filled(0) },
  'blocks.2.attn.qkv.weight': { shape: [180, 60], dtype: 'float32', trained: true, init: xavierUniform(60, 180) },
  'blocks.2.attn.qkv.bias': { shape: [180], dtype: 'float32', trained: true, init: filled(0) },
  'blocks.2.attn.proj.weight': { shape: [60, 60], dtype: 'float32', trained: true, init: xavierUniform(60, 60) },
  'blocks.2.attn.proj.bias': { shape: [60], dtype: 'float32', trained: true, init: filled(0) },
  'blocks.2.mlp.fc1.weight': { shape: [240, 60], dtype: 'float32', trained: true, init: xavierUniform(60, 240) },
  'blocks.2.mlp.fc1.bias': { shape: [240], dtype: 'float32', trained: true, init: filled(0) },
  'blocks.2.mlp.fc2.weight': { shape: [60, 240], dtype: 'float32', trained: true, init: xavierUniform(240, 60) },
  'blocks.2.mlp.fc2.bias': { shape: [60], dtype: 'float32', trained: true, init: filled(0) },
  'final_layer.adaLN_modulation.1.weight': { shape: [120, 60], dtype: 'float32', trained: true, init: filled(0) },
  'final_layer.adaLN_modulation.1.bias': { shape: [120], dtype: 'float32', trained: true, init: filled(0) },
  'final_layer.linear.weight': { shape: [49, 60], dtype: 'float32', trained: true, init: filled(0) },
  'final_layer.linear.bias': { shape: [49], dtype: 'float32', trained: true, init: filled(0) },
};

/** Weights to start training from. */
export const initialWeights = (seed = 0): Map<string, Tensor> => initialValues(WEIGHTS, seed);

/** Weights out of a file of safetensors, as `ditc train` and `ditc weights convert` write it. */
export const readWeights = (file: ArrayBuffer): Map<string, Tensor> => readSafetensors(file, WEIGHTS);

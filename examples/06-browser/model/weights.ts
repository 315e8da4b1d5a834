import type { Tensor } from '@tensorflow/tfjs-core';
import { sincos2d2 } from './blocks/sincos2d.js';
import {
  filled,
  frozen,
  initialValues,
  normal,
  trained,
  type WeightFacts,
  xavierUniform,
} from './support/initial-values.js';
import { readSafetensors } from './support/safetensors.js';

/** By path, which is the key of the state_dict of the reference code; in the order of the spec */
export const WEIGHTS: Readonly<Record<string, WeightFacts>> = {
  pos_embed: frozen([1, 16, 60], sincos2d2),
  'x_embedder.proj.weight': trained([60, 1, 7, 7], xavierUniform(49, 60)),
  'x_embedder.proj.bias': trained([60], filled(0)),
  't_embedder.mlp.0.weight': trained([60, 256], normal(0.02)),
  't_embedder.mlp.0.bias': trained([60], filled(0)),
  't_embedder.mlp.2.weight': trained([60, 60], normal(0.02)),
  't_embedder.mlp.2.bias': trained([60], filled(0)),
  'y_embedder.embedding_table.weight': trained([11, 60], normal(0.02)),
  'blocks.0.adaLN_modulation.1.weight': trained([360, 60], filled(0)),
  'blocks.0.adaLN_modulation.1.bias': trained([360], filled(0)),
  'blocks.0.attn.qkv.weight': trained([180, 60], xavierUniform(60, 180)),
  'blocks.0.attn.qkv.bias': trained([180], filled(0)),
  'blocks.0.attn.proj.weight': trained([60, 60], xavierUniform(60, 60)),
  'blocks.0.attn.proj.bias': trained([60], filled(0)),
  'blocks.0.mlp.fc1.weight': trained([240, 60], xavierUniform(60, 240)),
  'blocks.0.mlp.fc1.bias': trained([240], filled(0)),
  'blocks.0.mlp.fc2.weight': trained([60, 240], xavierUniform(240, 60)),
  'blocks.0.mlp.fc2.bias': trained([60], filled(0)),
  'blocks.1.adaLN_modulation.1.weight': trained([360, 60], filled(0)),
  'blocks.1.adaLN_modulation.1.bias': trained([360], filled(0)),
  'blocks.1.attn.qkv.weight': trained([180, 60], xavierUniform(60, 180)),
  'blocks.1.attn.qkv.bias': trained([180], filled(0)),
  'blocks.1.attn.proj.weight': trained([60, 60], xavierUniform(60, 60)),
  'blocks.1.attn.proj.bias': trained([60], filled(0)),
  'blocks.1.mlp.fc1.weight': trained([240, 60], xavierUniform(60, 240)),
  'blocks.1.mlp.fc1.bias': trained([240], filled(0)),
  'blocks.1.mlp.fc2.weight': trained([60, 240], xavierUniform(240, 60)),
  'blocks.1.mlp.fc2.bias': trained([60], filled(0)),
  'blocks.2.adaLN_modulation.1.weight': trained([360, 60], filled(0)),
  'blocks.2.adaLN_modulation.1.bias': trained([360], filled(0)),
  'blocks.2.attn.qkv.weight': trained([180, 60], xavierUniform(60, 180)),
  'blocks.2.attn.qkv.bias': trained([180], filled(0)),
  'blocks.2.attn.proj.weight': trained([60, 60], xavierUniform(60, 60)),
  'blocks.2.attn.proj.bias': trained([60], filled(0)),
  'blocks.2.mlp.fc1.weight': trained([240, 60], xavierUniform(60, 240)),
  'blocks.2.mlp.fc1.bias': trained([240], filled(0)),
  'blocks.2.mlp.fc2.weight': trained([60, 240], xavierUniform(240, 60)),
  'blocks.2.mlp.fc2.bias': trained([60], filled(0)),
  'final_layer.adaLN_modulation.1.weight': trained([120, 60], filled(0)),
  'final_layer.adaLN_modulation.1.bias': trained([120], filled(0)),
  'final_layer.linear.weight': trained([49, 60], filled(0)),
  'final_layer.linear.bias': trained([49], filled(0)),
};

/** Weights to start training from. */
export const initialWeights = (seed = 0): Map<string, Tensor> => initialValues(WEIGHTS, seed);

/** Weights out of a file of safetensors, as `ditc train` and `ditc weights convert` write it. */
export const readWeights = (file: ArrayBuffer): Map<string, Tensor> => readSafetensors(file, WEIGHTS);

import type { Tensor } from '@tensorflow/tfjs-core';
import type { Block } from '../support/differentiable.js';
import type { Weights } from '../support/weights.js';
import { type BackboneKept, backboneBackward, backboneForward } from './backbone.js';

/** What is kept for the gradient */
export type DigitsKept = {
  backbone: BackboneKept;
};

/** x: [N, 28, 28, 1], t: [N], y: int[N] → [N, 28, 28, 1], kept */
export function digitsForward(x: Tensor, t: Tensor, y: Tensor, w: Weights): [x0: Tensor, kept: DigitsKept] {
  const [x0, backboneKept] = backboneForward(x, t, y, w); // [N, 28, 28, 1]
  return [x0, { backbone: backboneKept }];
}

/** x: [N, 28, 28, 1], t: [N], y: int[N], kept, dX0: [N, 28, 28, 1] → [N, 28, 28, 1], [N], weights */
export function digitsBackward(
  x: Tensor,
  t: Tensor,
  y: Tensor,
  kept: DigitsKept,
  dX0: Tensor,
  w: Weights,
): [dX: Tensor, dT: Tensor, ...weights: Tensor[]] {
  const [dX, dT, ...dBackboneWeights] = backboneBackward(x, t, y, kept.backbone, dX0, w); // [N, 28, 28, 1], [N]
  return [dX, dT, ...dBackboneWeights];
}

/** `Digits` as `differentiable` takes it */
export const digitsBlock: Block = {
  weights: [
    'pos_embed',
    'x_embedder.proj.weight',
    'x_embedder.proj.bias',
    't_embedder.mlp.0.weight',
    't_embedder.mlp.0.bias',
    't_embedder.mlp.2.weight',
    't_embedder.mlp.2.bias',
    'y_embedder.embedding_table.weight',
    'blocks.0.adaLN_modulation.1.weight',
    'blocks.0.adaLN_modulation.1.bias',
    'blocks.0.attn.qkv.weight',
    'blocks.0.attn.qkv.bias',
    'blocks.0.attn.proj.weight',
    'blocks.0.attn.proj.bias',
    'blocks.0.mlp.fc1.weight',
    'blocks.0.mlp.fc1.bias',
    'blocks.0.mlp.fc2.weight',
    'blocks.0.mlp.fc2.bias',
    'blocks.1.adaLN_modulation.1.weight',
    'blocks.1.adaLN_modulation.1.bias',
    'blocks.1.attn.qkv.weight',
    'blocks.1.attn.qkv.bias',
    'blocks.1.attn.proj.weight',
    'blocks.1.attn.proj.bias',
    'blocks.1.mlp.fc1.weight',
    'blocks.1.mlp.fc1.bias',
    'blocks.1.mlp.fc2.weight',
    'blocks.1.mlp.fc2.bias',
    'blocks.2.adaLN_modulation.1.weight',
    'blocks.2.adaLN_modulation.1.bias',
    'blocks.2.attn.qkv.weight',
    'blocks.2.attn.qkv.bias',
    'blocks.2.attn.proj.weight',
    'blocks.2.attn.proj.bias',
    'blocks.2.mlp.fc1.weight',
    'blocks.2.mlp.fc1.bias',
    'blocks.2.mlp.fc2.weight',
    'blocks.2.mlp.fc2.bias',
    'final_layer.adaLN_modulation.1.weight',
    'final_layer.adaLN_modulation.1.bias',
    'final_layer.linear.weight',
    'final_layer.linear.bias',
  ],
  trained: [
    'x_embedder.proj.weight',
    'x_embedder.proj.bias',
    't_embedder.mlp.0.weight',
    't_embedder.mlp.0.bias',
    't_embedder.mlp.2.weight',
    't_embedder.mlp.2.bias',
    'y_embedder.embedding_table.weight',
    'blocks.0.adaLN_modulation.1.weight',
    'blocks.0.adaLN_modulation.1.bias',
    'blocks.0.attn.qkv.weight',
    'blocks.0.attn.qkv.bias',
    'blocks.0.attn.proj.weight',
    'blocks.0.attn.proj.bias',
    'blocks.0.mlp.fc1.weight',
    'blocks.0.mlp.fc1.bias',
    'blocks.0.mlp.fc2.weight',
    'blocks.0.mlp.fc2.bias',
    'blocks.1.adaLN_modulation.1.weight',
    'blocks.1.adaLN_modulation.1.bias',
    'blocks.1.attn.qkv.weight',
    'blocks.1.attn.qkv.bias',
    'blocks.1.attn.proj.weight',
    'blocks.1.attn.proj.bias',
    'blocks.1.mlp.fc1.weight',
    'blocks.1.mlp.fc1.bias',
    'blocks.1.mlp.fc2.weight',
    'blocks.1.mlp.fc2.bias',
    'blocks.2.adaLN_modulation.1.weight',
    'blocks.2.adaLN_modulation.1.bias',
    'blocks.2.attn.qkv.weight',
    'blocks.2.attn.qkv.bias',
    'blocks.2.attn.proj.weight',
    'blocks.2.attn.proj.bias',
    'blocks.2.mlp.fc1.weight',
    'blocks.2.mlp.fc1.bias',
    'blocks.2.mlp.fc2.weight',
    'blocks.2.mlp.fc2.bias',
    'final_layer.adaLN_modulation.1.weight',
    'final_layer.adaLN_modulation.1.bias',
    'final_layer.linear.weight',
    'final_layer.linear.bias',
  ],
  run: ([x, t, y], w) => {
    const [x0, kept] = digitsForward(x!, t!, y!, w);
    return { results: [x0], kept };
  },
  pullBack: ([x, t, y], kept, [dX0], w) => {
    const [dX, dT, ...weights] = digitsBackward(x!, t!, y!, kept as DigitsKept, dX0!, w);
    return { inputs: { 0: dX, 1: dT }, weights };
  },
};

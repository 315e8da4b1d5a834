import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { labelEmbedder } from '../blocks/label-embedder.js';
import { patchEmbed } from '../blocks/patch-embed.js';
import { unpatchify } from '../blocks/unpatchify.js';
import { type Weights, within } from '../support/weights.js';
import { type AdaLNZeroBlockKept, adaLNZeroBlockBackward, adaLNZeroBlockForward } from './adaln-zero-block.js';
import { type FinalLayerKept, finalLayerBackward, finalLayerForward } from './final-layer.js';
import { labelEmbedderBackward } from './label-embedder.js';
import { patchEmbedBackward } from './patch-embed.js';
import { type TimestepEmbedderKept, timestepEmbedderBackward, timestepEmbedderForward } from './timestep-embedder.js';
import { unpatchifyBackward } from './unpatchify.js';

/** What is kept for the gradient */
export type BackboneKept = {
  x: Tensor[]; // [N, 16, 60]
  c: Tensor; // [N, 60]
  tEmbedder: TimestepEmbedderKept;
  blocks: AdaLNZeroBlockKept[];
  finalLayer: FinalLayerKept;
};

/** x: [N, 28, 28, 1], t: [N], y: int[N] → [N, 28, 28, 1], kept */
export function backboneForward(x: Tensor, t: Tensor, y: Tensor, w: Weights): [y1: Tensor, kept: BackboneKept] {
  const xEmbedder = patchEmbed(x, within(w, 'x_embedder')); // [N, 16, 60]
  const x2 = tf.add(w('pos_embed'), xEmbedder); // [N, 16, 60]
  const [t2, tEmbedderKept] = timestepEmbedderForward(t, within(w, 't_embedder')); // [N, 60]
  const y2 = labelEmbedder(y, within(w, 'y_embedder')); // [N, 60]
  const c = tf.add(t2, y2); // [N, 60]
  const [x3, blocksKept] = adaLNZeroBlockForward(x2, c, within(w, 'blocks.0')); // [N, 16, 60]
  const [x4, blocksKept2] = adaLNZeroBlockForward(x3, c, within(w, 'blocks.1')); // [N, 16, 60]
  const [x5, blocksKept3] = adaLNZeroBlockForward(x4, c, within(w, 'blocks.2')); // [N, 16, 60]
  const [x6, finalLayerKept] = finalLayerForward(x5, c, within(w, 'final_layer')); // [N, 16, 49]
  return [
    unpatchify(x6),
    {
      x: [x2, x3, x4, x5],
      c,
      tEmbedder: tEmbedderKept,
      blocks: [blocksKept, blocksKept2, blocksKept3],
      finalLayer: finalLayerKept,
    },
  ];
}

/** x: [N, 28, 28, 1], t: [N], y: int[N], kept, dY: [N, 28, 28, 1] → [N, 28, 28, 1], [N], weights */
export function backboneBackward(
  x: Tensor,
  t: Tensor,
  y: Tensor,
  kept: BackboneKept,
  dY: Tensor,
  w: Weights,
): [dX: Tensor, dT: Tensor, ...weights: Tensor[]] {
  const dX = unpatchifyBackward(dY); // [N, 16, 49]
  const [dX2, dC, ...dFinalLayerWeights] = finalLayerBackward(
    kept.x[3]!,
    kept.c,
    kept.finalLayer,
    dX,
    within(w, 'final_layer'),
  ); // [N, 16, 60], [N, 60]
  const [dX3, dBlocks, ...dBlocksWeights] = adaLNZeroBlockBackward(
    kept.x[2]!,
    kept.c,
    kept.blocks[2]!,
    dX2,
    within(w, 'blocks.2'),
  ); // [N, 16, 60], [N, 60]
  const dC2 = tf.add(dC, dBlocks); // [N, 60]
  const [dX4, dBlocks2, ...dBlocksWeights2] = adaLNZeroBlockBackward(
    kept.x[1]!,
    kept.c,
    kept.blocks[1]!,
    dX3,
    within(w, 'blocks.1'),
  ); // [N, 16, 60], [N, 60]
  const dC3 = tf.add(dC2, dBlocks2); // [N, 60]
  const [dX5, dBlocks3, ...dBlocksWeights3] = adaLNZeroBlockBackward(
    kept.x[0]!,
    kept.c,
    kept.blocks[0]!,
    dX4,
    within(w, 'blocks.0'),
  ); // [N, 16, 60], [N, 60]
  const dC4 = tf.add(dC3, dBlocks3); // [N, 60]
  const dLabelEmbedderWeights = labelEmbedderBackward(y, dC4);
  const [dTEmbedder, ...dTEmbedderWeights] = timestepEmbedderBackward(t, kept.tEmbedder, dC4, within(w, 't_embedder')); // [N]
  const [dXEmbedder, ...dXEmbedderWeights] = patchEmbedBackward(x, dX5, within(w, 'x_embedder')); // [N, 28, 28, 1]
  return [
    dXEmbedder,
    dTEmbedder,
    ...dXEmbedderWeights,
    ...dTEmbedderWeights,
    ...dLabelEmbedderWeights,
    ...dBlocksWeights3,
    ...dBlocksWeights2,
    ...dBlocksWeights,
    ...dFinalLayerWeights,
  ];
}

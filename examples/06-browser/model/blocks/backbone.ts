import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type Weights, within } from '../support/weights.js';
import { adaLNZeroBlock } from './adaln-zero-block.js';
import { finalLayer } from './final-layer.js';
import { labelEmbedder } from './label-embedder.js';
import { patchEmbed } from './patch-embed.js';
import { timestepEmbedder } from './timestep-embedder.js';
import { unpatchify } from './unpatchify.js';

/**
 * From the noisy latent to `out` channels a pixel
 *
 * x: [N, 28, 28, 1], t: [N], y: int[N] → [N, 28, 28, 1]
 */
export function backbone(x: Tensor, t: Tensor, y: Tensor, w: Weights): Tensor {
  const xEmbedder = patchEmbed(x, within(w, 'x_embedder')); // [N, 16, 60]
  const x2 = tf.add(w('pos_embed'), xEmbedder); // [N, 16, 60]
  const t2 = timestepEmbedder(t, within(w, 't_embedder')); // [N, 60]
  const y2 = labelEmbedder(y, within(w, 'y_embedder')); // [N, 60]
  const c = tf.add(t2, y2); // [N, 60]
  const x3 = adaLNZeroBlock(x2, c, within(w, 'blocks.0')); // [N, 16, 60]
  const x4 = adaLNZeroBlock(x3, c, within(w, 'blocks.1')); // [N, 16, 60]
  const x5 = adaLNZeroBlock(x4, c, within(w, 'blocks.2')); // [N, 16, 60]
  const x6 = finalLayer(x5, c, within(w, 'final_layer')); // [N, 16, 49]
  return unpatchify(x6);
}

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { patchEmbed } from '../blocks/patch-embed.js';
import type { Block } from '../support/differentiable.js';
import { type Weights, within } from '../support/weights.js';
import { conv2dBackward } from './conv2d.js';

/** x: [N, 28, 28, 1], dY: [N, 16, 60] → [N, 28, 28, 1], weights */
export function patchEmbedBackward(x: Tensor, dY: Tensor, w: Weights): [dX: Tensor, ...weights: Tensor[]] {
  const n = x.shape[0]!;
  const [dProj, ...dProjWeights] = conv2dBackward(x, tf.reshape(dY, [n, 4, 4, 60]), within(w, 'proj')); // [N, 28, 28, 1]
  return [dProj, ...dProjWeights];
}

/** `PatchEmbed` as `differentiable` takes it */
export const patchEmbedBlock: Block = {
  weights: ['proj.weight', 'proj.bias'],
  run: ([x], w) => {
    const y = patchEmbed(x!, w);
    return { results: [y], kept: [] };
  },
  pullBack: ([x], _kept, [dY], w) => {
    const [dX, ...weights] = patchEmbedBackward(x!, dY!, w);
    return { inputs: { 0: dX }, weights };
  },
};

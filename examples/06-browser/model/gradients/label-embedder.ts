import type { Tensor } from '@tensorflow/tfjs-core';
import { labelEmbedder } from '../blocks/label-embedder.js';
import type { Block } from '../support/differentiable.js';
import { embeddingBackward } from './embedding.js';

/** y: int[N], dY: [N, 60] → weights */
export function labelEmbedderBackward(y: Tensor, dY: Tensor): Tensor[] {
  const dEmbeddingWeights = embeddingBackward(y, dY);
  return dEmbeddingWeights;
}

/** `LabelEmbedder` as `differentiable` takes it */
export const labelEmbedderBlock: Block = {
  weights: ['embedding_table.weight'],
  run: ([y], w) => {
    const y2 = labelEmbedder(y!, w);
    return { results: [y2], kept: [] };
  },
  pullBack: ([y], _kept, [dY2]) => {
    const weights = labelEmbedderBackward(y!, dY2!);
    return { inputs: {}, weights };
  },
};

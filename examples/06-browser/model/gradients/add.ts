import type { Tensor } from '@tensorflow/tfjs-core';
import { add, add2 } from '../blocks/add.js';
import type { Block } from '../support/differentiable.js';

/** dY: [N, 16, 60] → [N, 16, 60] */
export function addBackward(dY: Tensor): Tensor {
  return dY;
}

/** dY: [N, 60] → [N, 60], [N, 60] */
export function addBackward2(dY: Tensor): [dX0: Tensor, dX1: Tensor] {
  return [dY, dY];
}

/** `add` as `differentiable` takes it */
export const addBlock: Block = {
  weights: ['pos_embed'],
  trained: [],
  run: ([x0], w) => {
    const y = add(x0!, w);
    return { results: [y], kept: [] };
  },
  pullBack: (_inputs, _kept, [dY]) => {
    const dX0 = addBackward(dY!);
    return { inputs: { 0: dX0 }, weights: [] };
  },
};

/** `add` as `differentiable` takes it */
export const add2Block: Block = {
  weights: [],
  run: ([x0, x1]) => {
    const y = add2(x0!, x1!);
    return { results: [y], kept: [] };
  },
  pullBack: (_inputs, _kept, [dY]) => {
    const [dX0, dX1] = addBackward2(dY!);
    return { inputs: { 0: dX0, 1: dX1 }, weights: [] };
  },
};

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { linear } from '../blocks/linear.js';
import { modulate } from '../blocks/modulate.js';
import type { Block } from '../support/differentiable.js';
import { layernorm, silu, slice } from '../support/ops.js';
import { type Weights, within } from '../support/weights.js';
import { linearBackward, linearBackward2 } from './linear.js';
import { modulateBackward } from './modulate.js';

/** What is kept for the gradient */
export type FinalLayerKept = {
  shift: Tensor; // [N, 1, 60]
  scale: Tensor; // [N, 1, 60]
};

/** x: [N, 16, 60], c: [N, 60] → [N, 16, 49], kept */
export function finalLayerForward(x: Tensor, c: Tensor, w: Weights): [y: Tensor, kept: FinalLayerKept] {
  const n = x.shape[0]!;
  const mod = linear(silu(c), within(w, 'adaLN_modulation.1')); // [N, 120]
  const arranged = tf.reshape(mod, [n, 1, 120]); // [N, 1, 120]
  const shift = slice(arranged, 2, 0, 60); // [N, 1, 60]
  const scale = slice(arranged, 2, 60, 120); // [N, 1, 60]
  const x2 = modulate(layernorm(x, 1e-6), shift, scale); // [N, 16, 60]
  const linearOut = linear(x2, within(w, 'linear')); // [N, 16, 49]
  return [linearOut, { shift, scale }];
}

/** x: [N, 16, 60], c: [N, 60], kept, dY: [N, 16, 49] → [N, 16, 60], [N, 60], weights */
export function finalLayerBackward(
  x: Tensor,
  c: Tensor,
  kept: FinalLayerKept,
  dY: Tensor,
  w: Weights,
): [dX: Tensor, dC: Tensor, ...weights: Tensor[]] {
  const n = x.shape[0]!;
  const normed = layernorm(x, 1e-6); // [N, 16, 60]
  const x2 = modulate(normed, kept.shift, kept.scale); // [N, 16, 60]
  const [dX, ...dLinearWeights] = linearBackward(x2, dY, within(w, 'linear')); // [N, 16, 60]
  const [dModulate, dShift, dScale] = modulateBackward(normed, kept.scale, dX); // [N, 16, 60], [N, 1, 60], [N, 1, 60]
  const difference = tf.sub(x, tf.mean(x, [2], true)); // [N, 16, 60]
  const ratio = tf.div(
    tf.sub(
      tf.sub(dModulate, tf.mean(dModulate, [2], true)),
      tf.mul(normed, tf.mean(tf.mul(dModulate, normed), [2], true)),
    ),
    tf.sqrt(tf.add(tf.mean(tf.mul(difference, difference), [2], true), 1e-6)),
  ); // [N, 16, 60]
  const dMod = tf.reshape(tf.concat([dShift, dScale], 2), [n, 120]); // [N, 120]
  const [dAdaLNModulation, ...dAdaLNModulationWeights] = linearBackward2(
    silu(c),
    dMod,
    within(w, 'adaLN_modulation.1'),
  ); // [N, 60]
  const sigmoid = tf.sigmoid(c); // [N, 60]
  return [
    ratio,
    tf.mul(dAdaLNModulation, tf.mul(sigmoid, tf.add(1, tf.mul(c, tf.sub(1, sigmoid))))),
    ...dAdaLNModulationWeights,
    ...dLinearWeights,
  ];
}

/** `FinalLayer` as `differentiable` takes it */
export const finalLayerBlock: Block = {
  weights: ['adaLN_modulation.1.weight', 'adaLN_modulation.1.bias', 'linear.weight', 'linear.bias'],
  run: ([x, c], w) => {
    const [y, kept] = finalLayerForward(x!, c!, w);
    return { results: [y], kept };
  },
  pullBack: ([x, c], kept, [dY], w) => {
    const [dX, dC, ...weights] = finalLayerBackward(x!, c!, kept as FinalLayerKept, dY!, w);
    return { inputs: { 0: dX, 1: dC }, weights };
  },
};

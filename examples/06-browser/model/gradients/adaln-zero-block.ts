import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { linear } from '../blocks/linear.js';
import { modulate } from '../blocks/modulate.js';
import type { Block } from '../support/differentiable.js';
import { layernorm, silu, slice } from '../support/ops.js';
import { type Weights, within } from '../support/weights.js';
import { linearBackward2 } from './linear.js';
import { type MlpKept, mlpBackward, mlpForward } from './mlp.js';
import { modulateBackward } from './modulate.js';
import { type SelfAttentionKept, selfAttentionBackward, selfAttentionForward } from './self-attention.js';

/** What is kept for the gradient */
export type AdaLNZeroBlockKept = {
  shift1: Tensor; // [N, 1, 60]
  scale1: Tensor; // [N, 1, 60]
  gate1: Tensor; // [N, 1, 60]
  shift2: Tensor; // [N, 1, 60]
  scale2: Tensor; // [N, 1, 60]
  gate2: Tensor; // [N, 1, 60]
  attnOut: Tensor; // [N, 16, 60]
  mlpOut: Tensor; // [N, 16, 60]
  attn: SelfAttentionKept;
  mlp: MlpKept;
};

/** x: [N, 16, 60], c: [N, 60] → [N, 16, 60], kept */
export function adaLNZeroBlockForward(x: Tensor, c: Tensor, w: Weights): [x: Tensor, kept: AdaLNZeroBlockKept] {
  const n = x.shape[0]!;
  const mod = linear(silu(c), within(w, 'adaLN_modulation.1')); // [N, 360]
  const arranged = tf.reshape(mod, [n, 1, 360]); // [N, 1, 360]
  const shift1 = slice(arranged, 2, 0, 60); // [N, 1, 60]
  const scale1 = slice(arranged, 2, 60, 120); // [N, 1, 60]
  const gate1 = slice(arranged, 2, 120, 180); // [N, 1, 60]
  const shift2 = slice(arranged, 2, 180, 240); // [N, 1, 60]
  const scale2 = slice(arranged, 2, 240, 300); // [N, 1, 60]
  const gate2 = slice(arranged, 2, 300, 360); // [N, 1, 60]
  const [attn, attnKept] = selfAttentionForward(modulate(layernorm(x, 1e-6), shift1, scale1), within(w, 'attn')); // [N, 16, 60]
  const x2 = tf.add(x, tf.mul(gate1, attn)); // [N, 16, 60]
  const [mlp, mlpKept] = mlpForward(modulate(layernorm(x2, 1e-6), shift2, scale2), within(w, 'mlp')); // [N, 16, 60]
  const x3 = tf.add(x2, tf.mul(gate2, mlp)); // [N, 16, 60]
  return [
    x3,
    { shift1, scale1, gate1, shift2, scale2, gate2, attnOut: attn, mlpOut: mlp, attn: attnKept, mlp: mlpKept },
  ];
}

/** x: [N, 16, 60], c: [N, 60], kept, dX: [N, 16, 60] → [N, 16, 60], [N, 60], weights */
export function adaLNZeroBlockBackward(
  x: Tensor,
  c: Tensor,
  kept: AdaLNZeroBlockKept,
  dX: Tensor,
  w: Weights,
): [dX: Tensor, dC: Tensor, ...weights: Tensor[]] {
  const n = x.shape[0]!;
  const dGate2 = tf.sum(tf.mul(dX, kept.mlpOut), [1], true); // [N, 1, 60]
  const x2 = tf.add(x, tf.mul(kept.gate1, kept.attnOut)); // [N, 16, 60]
  const normed = layernorm(x2, 1e-6); // [N, 16, 60]
  const [dMlp, ...dMlpWeights] = mlpBackward(
    modulate(normed, kept.shift2, kept.scale2),
    kept.mlp,
    tf.mul(dX, kept.gate2),
    within(w, 'mlp'),
  ); // [N, 16, 60]
  const [dModulate, dShift2, dScale2] = modulateBackward(normed, kept.scale2, dMlp); // [N, 16, 60], [N, 1, 60], [N, 1, 60]
  const difference = tf.sub(x2, tf.mean(x2, [2], true)); // [N, 16, 60]
  const ratio = tf.div(
    tf.sub(
      tf.sub(dModulate, tf.mean(dModulate, [2], true)),
      tf.mul(normed, tf.mean(tf.mul(dModulate, normed), [2], true)),
    ),
    tf.sqrt(tf.add(tf.mean(tf.mul(difference, difference), [2], true), 1e-6)),
  ); // [N, 16, 60]
  const dX2 = tf.add(dX, ratio); // [N, 16, 60]
  const dGate1 = tf.sum(tf.mul(dX2, kept.attnOut), [1], true); // [N, 1, 60]
  const normed2 = layernorm(x, 1e-6); // [N, 16, 60]
  const [dAttn, ...dAttnWeights] = selfAttentionBackward(
    modulate(normed2, kept.shift1, kept.scale1),
    kept.attn,
    tf.mul(dX2, kept.gate1),
    within(w, 'attn'),
  ); // [N, 16, 60]
  const [dModulate2, dShift1, dScale1] = modulateBackward(normed2, kept.scale1, dAttn); // [N, 16, 60], [N, 1, 60], [N, 1, 60]
  const difference2 = tf.sub(x, tf.mean(x, [2], true)); // [N, 16, 60]
  const ratio2 = tf.div(
    tf.sub(
      tf.sub(dModulate2, tf.mean(dModulate2, [2], true)),
      tf.mul(normed2, tf.mean(tf.mul(dModulate2, normed2), [2], true)),
    ),
    tf.sqrt(tf.add(tf.mean(tf.mul(difference2, difference2), [2], true), 1e-6)),
  ); // [N, 16, 60]
  const dMod = tf.reshape(tf.concat([dShift1, dScale1, dGate1, dShift2, dScale2, dGate2], 2), [n, 360]); // [N, 360]
  const [dAdaLNModulation, ...dAdaLNModulationWeights] = linearBackward2(
    silu(c),
    dMod,
    within(w, 'adaLN_modulation.1'),
  ); // [N, 60]
  const sigmoid = tf.sigmoid(c); // [N, 60]
  return [
    tf.add(dX2, ratio2),
    tf.mul(dAdaLNModulation, tf.mul(sigmoid, tf.add(1, tf.mul(c, tf.sub(1, sigmoid))))),
    ...dAdaLNModulationWeights,
    ...dAttnWeights,
    ...dMlpWeights,
  ];
}

/** `AdaLNZeroBlock` as `differentiable` takes it */
export const adaLNZeroBlockBlock: Block = {
  weights: [
    'adaLN_modulation.1.weight',
    'adaLN_modulation.1.bias',
    'attn.qkv.weight',
    'attn.qkv.bias',
    'attn.proj.weight',
    'attn.proj.bias',
    'mlp.fc1.weight',
    'mlp.fc1.bias',
    'mlp.fc2.weight',
    'mlp.fc2.bias',
  ],
  run: ([x, c], w) => {
    const [x2, kept] = adaLNZeroBlockForward(x!, c!, w);
    return { results: [x2], kept };
  },
  pullBack: ([x, c], kept, [dX2], w) => {
    const [dX, dC, ...weights] = adaLNZeroBlockBackward(x!, c!, kept as AdaLNZeroBlockKept, dX2!, w);
    return { inputs: { 0: dX, 1: dC }, weights };
  },
};

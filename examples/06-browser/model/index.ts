/**
 * preset "digits"
 *
 * The paper's question, small enough for a few minutes on two cores: which conditioning is best when all four may cost
 * the same? Pixels of MNIST, in patches of 7 by 7.
 * ditc run specs/digits.dit#conditioning --out runs/conditioning
 *
 * Written by ditc from digits.dit.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import { digitsBlock } from './gradients/digits.js';
import { differentiable } from './support/differentiable.js';
import { accept, type InputFacts } from './support/inputs.js';
import { weightsIn } from './support/weights.js';

export { initialWeights, readWeights, WEIGHTS } from './weights.js';

export interface Inputs {
  readonly x: Tensor;
  readonly t: Tensor;
  readonly y: Tensor;
}

export interface Outputs {
  readonly x0: Tensor;
}

export const INPUTS: readonly InputFacts[] = [
  { name: 'x', dtype: 'float32', shape: [{ n: 1 }, 28, 28, 1] },
  { name: 't', dtype: 'float32', shape: [{ n: 1 }] },
  { name: 'y', dtype: 'int32', shape: [{ n: 1 }], least: 0, most: 10 },
];

/** The model as a function of its inputs and weights, differentiable in both. */
export function forward(inputs: Inputs, weights: ReadonlyMap<string, Tensor>): Outputs {
  const given = accept('Digits', INPUTS, [inputs.x, inputs.t, inputs.y]);
  const [x0] = differentiable(digitsBlock, given, weightsIn(weights));
  return { x0: x0! };
}

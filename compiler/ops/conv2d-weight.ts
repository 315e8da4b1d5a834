import { sameDim, showDim } from '../ir/type.ts';
import { takesGradient } from './algebra.ts';
import { adjointAttributes, CONVOLUTION_COST, checkConvolved, checkRanks, convolutionWork } from './conv2d-shape.ts';
import { defineOp } from './define-op.ts';
import { misfit } from './op.ts';

export const conv2dWeight = defineOp({
  name: 'conv2d_weight',
  operands: ['x', 'gradient'],
  doc: 'The gradient of `conv2d` with respect to the kernel, which is `height` by `width`.',
  formula: 'w̄[o, c, i, j] = Σ x[n, s · u + i − p, s · v + j − p, c] · ȳ[n, u, v, o]',
  attributes: adjointAttributes,
  shapeDoc:
    "from [N, H, W, I] and [N, H', W', O] to [O, I, height, width]; conv2d of x with that must have sides H' and W'; f32",
  shape(operands, { stride, padding, height, width }) {
    const fault = checkRanks('conv2d_weight', operands, ['image', 'image']);
    if (fault) return fault;
    const [x, g] = operands.map((type) => type.shape) as [readonly number[], readonly number[]];
    if (!sameDim(x[0]!, g[0]!))
      return misfit(`the image has ${showDim(x[0]!)} samples, the gradient ${showDim(g[0]!)}`, 1);
    return (
      checkConvolved(g.slice(1, 3), x.slice(1, 3), [height, width], stride, padding) ?? {
        dtype: 'f32',
        shape: [g[3]!, x[3]!, height, width],
      }
    );
  },
  work: ([, gradient], result) => convolutionWork(gradient!.shape, result.shape),
  costDoc: CONVOLUTION_COST,
  gradientDoc: 'x̄ = conv2d_input(ȳ, g), of ȳ: conv2d(x, g), g being the gradient of the result',
  gradient({ build, operands: [x, y], gradient: g, attributes: { stride, padding } }) {
    const [, height, width] = build.typeOf(x!).shape as [unknown, number, number];
    return [
      takesGradient(build, x!) ? build.op('conv2d_input', [y!, g], { stride, padding, height, width }) : undefined,
      takesGradient(build, y!) ? build.op('conv2d', [x!, g], { stride, padding }) : undefined,
    ];
  },
});
